package dev.portcullis.vault.custody;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;

/**
 * New shares that are asked for. Custodians are named first, and whoever gives an old share names
 * the rekey that they give it for: nobody else's can take it.
 *
 * @param about what it is
 * @param gathering the old shares so far
 */
record Rekey(About about, Gathering gathering) {

  /**
   * What everybody is shown before they give or take a share.
   *
   * @param custodians who gets a new share
   * @param threshold how many of those open the key
   * @param by who asked
   */
  record About(String id, List<String> custodians, int threshold, String by, Instant begun) {
    About {
      custodians = List.copyOf(custodians);
    }
  }

  /** How many old shares are missing. */
  int missing() {
    return gathering.key().threshold() - gathering.indices().size();
  }

  /** The new shares; the array stays the caller's, who clears it. */
  HandingOut handOut(byte[] master, SecureRandom random, Instant now) {
    SealedKey old = gathering.key();
    return new HandingOut(
        SealedKey.seal(old.name(), master, about.custodians().size(), about.threshold(), random),
        old.set(),
        about,
        now);
  }
}
