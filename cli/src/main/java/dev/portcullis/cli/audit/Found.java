package dev.portcullis.cli.audit;

import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailFault;
import java.util.OptionalLong;

/**
 * What a check of a trail found.
 *
 * @param entries how many entries follow from one another, from the first on
 * @param root the hash of the last of them, in hexadecimal
 * @param signed how many of them a signed head vouches for; empty where heads are not signed
 * @param fault what is wrong, in words; empty for nothing
 * @param broken the number of the first entry that is concerned
 */
public record Found(
    long entries, String root, OptionalLong signed, String fault, OptionalLong broken) {

  static Found of(TrailCheck check) {
    return new Found(
        check.entries(),
        check.root(),
        OptionalLong.of(check.vouched()),
        check.fault().map(TrailFault::text).orElse(""),
        check.fault().map(fault -> OptionalLong.of(fault.entry())).orElse(OptionalLong.empty()));
  }

  Found with(TrailFault found) {
    return new Found(entries, root, signed, found.text(), OptionalLong.of(found.entry()));
  }

  /** Whether nothing is wrong. */
  public boolean isWhole() {
    return broken.isEmpty();
  }

  /**
   * In words.
   *
   * @param trail for instance "The vault's audit trail"
   */
  public String sentence(String trail) {
    if (isWhole()) {
      return "%s is whole: %d entries%s, head sha256:%s."
          .formatted(
              trail,
              entries,
              signed.isPresent() ? ", " + signed.getAsLong() + " of them signed" : "",
              root);
    }
    return "%s is broken at entry %d%s. The %d entries that follow from one another end in sha256:%s."
        .formatted(trail, broken.getAsLong(), fault.isEmpty() ? "" : ": " + fault, entries, root);
  }
}
