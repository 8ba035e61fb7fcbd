package dev.portcullis.vault.card;

import dev.portcullis.vault.crypto.Fingerprints;
import dev.portcullis.vault.crypto.Owner;
import java.util.List;

/**
 * What a card is known by: its fingerprints under every key that is not destroyed, the newest key's
 * first. It is compared and never shown.
 */
record CardPrint(List<Integer> versions, List<String> macs) {

  static CardPrint of(List<Fingerprints> keys, Owner owner, byte[] digits) {
    return new CardPrint(
        keys.stream().map(Fingerprints::version).toList(),
        keys.stream().map(key -> key.ofCard(owner, digits)).toList());
  }

  /** The newest key's. */
  String newest() {
    return macs.getFirst();
  }
}
