package dev.portcullis.vault.custody;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/**
 * New shares that are asked for. Custodians are named first, so that whoever gives an old share can
 * see for whom.
 *
 * @param gathering the old shares so far
 * @param custodians who gets a new one
 * @param threshold how many of those open the key
 * @param by who asked
 */
record Rekey(
    Gathering gathering, List<String> custodians, int threshold, String by, Instant begun) {

  Rekey {
    custodians = List.copyOf(custodians);
  }

  /** How many old shares are missing. */
  int missing() {
    return gathering.key().threshold() - gathering.indices().size();
  }

  /** The new shares; the array stays the caller's, who clears it. */
  HandingOut handOut(byte[] master, SecureRandom random, Instant now) {
    SealedKey old = gathering.key();
    return new HandingOut(
        SealedKey.seal(old.name(), master, custodians.size(), threshold, random),
        old.set(),
        custodians,
        by,
        begun,
        now);
  }
}
