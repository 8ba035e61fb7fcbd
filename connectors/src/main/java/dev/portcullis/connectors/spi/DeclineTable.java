package dev.portcullis.connectors.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A provider's codes for refused cards, and what each stands for. */
public final class DeclineTable {

  private final Map<String, DeclineCode> byCode;

  private DeclineTable(Map<String, DeclineCode> byCode) {
    this.byCode = Map.copyOf(byCode);
  }

  /**
   * @param lines each the name of a {@link DeclineCode}, a colon and the provider's codes, parted
   *     by single spaces; a name may have several lines
   * @throws IllegalArgumentException if a name is none, or a code stands twice
   */
  public static DeclineTable of(String lines) {
    Map<String, DeclineCode> codes = new HashMap<>();
    for (String line : lines.lines().toList()) {
      int colon = line.indexOf(": ");
      DeclineCode ours = DeclineCode.valueOf(line.substring(0, colon));
      for (String theirs : line.substring(colon + 2).split(" ", -1)) {
        if (codes.put(theirs, ours) != null) {
          throw new IllegalArgumentException(theirs + " stands twice");
        }
      }
    }
    return new DeclineTable(codes);
  }

  /** Whether the table has the code. */
  public boolean has(@Nullable String code) {
    return code != null && byCode.containsKey(code);
  }

  /** Why it was refused. A reason that is new to us, or none, is a refusal all the same. */
  public DeclineCode decline(@Nullable String code) {
    return code == null
        ? DeclineCode.GENERIC_DECLINE
        : Objects.requireNonNullElse(byCode.get(code), DeclineCode.GENERIC_DECLINE);
  }
}
