package dev.portcullis.wire.process;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Options of a JVM that let somebody else look into it, or write its memory down. */
public final class JvmInspection {

  private static final Pattern OPENS =
      Pattern.compile(
          "-agentlib:|-agentpath:|-javaagent:|-Xrun|-Xdebug|-Dcom\\.sun\\.management\\."
              + "|-XX:\\+HeapDump|-XX:(\\+FlightRecorder|StartFlightRecording)"
              + "|-XX:(-DisableAttachMechanism|\\+StartAttachListener|\\+CreateCoredumpOnCrash)"
              + "|-XX:(OnError|OnOutOfMemoryError)=",
          Pattern.CASE_INSENSITIVE);

  private JvmInspection() {}

  /**
   * The first such option.
   *
   * @param arguments the JVM's own, those that came by {@code JAVA_TOOL_OPTIONS} too
   * @return its beginning, without a value
   */
  public static Optional<String> first(List<String> arguments) {
    return arguments.stream()
        .filter(JvmInspection::opens)
        .findFirst()
        .map(argument -> argument.split("=", 2)[0]);
  }

  /** Whether there is one anywhere in a text. */
  public static boolean opens(String text) {
    return OPENS.matcher(text).find();
  }
}
