package dev.portcullis.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** How each zone's JVM is set: small, quick to start, and gone at once when its memory is. */
final class JvmOptions {
  private static final List<String> COMMON =
      List.of(
          "-XX:+UseSerialGC",
          // All of the heap from the start, and so a third of all for what requests leave behind:
          // the payments under way wait for each collection. As a share, so that whoever sets
          // another -Xmx may.
          "-XX:InitialRAMPercentage=100",
          "-Xshare:auto",
          "-Xss512k",
          // No file of ours in a folder that every account can list.
          "-XX:-UsePerfData",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-CreateCoredumpOnCrash",
          "-Dfile.encoding=UTF-8",
          "-Djava.awt.headless=true",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private JvmOptions() {}

  static List<String> vault() {
    // A debugger or a heap dump by attaching would read card numbers.
    return options(
        "PORTCULLIS_VAULT_JAVA_OPTIONS",
        "-Xmx112m",
        "-XX:ReservedCodeCacheSize=48m",
        "-XX:MaxMetaspaceSize=64m",
        "-XX:+DisableAttachMechanism",
        // What the JVM writes when it crashes has pieces of its stacks and registers in it.
        "-XX:ErrorFile=/dev/null");
  }

  static List<String> gateway() {
    return options(
        "PORTCULLIS_GATEWAY_JAVA_OPTIONS",
        "-Xmx192m",
        "-XX:ReservedCodeCacheSize=80m",
        "-XX:MaxMetaspaceSize=128m");
  }

  static List<String> simulator() {
    return options("PORTCULLIS_SIMULATOR_JAVA_OPTIONS", "-Xmx96m");
  }

  /** What the environment adds for one zone stands last and so wins. */
  private static List<String> options(String variable, String... own) {
    List<String> options = new ArrayList<>(COMMON);
    options.addAll(List.of(own));
    String more = System.getenv(variable);
    if (more != null) {
      Stream.of(more.split(" ")).filter(option -> !option.isBlank()).forEach(options::add);
    }
    return options;
  }
}
