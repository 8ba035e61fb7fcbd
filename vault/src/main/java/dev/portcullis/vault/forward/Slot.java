package dev.portcullis.vault.forward;

import java.util.Optional;

/** What a request may ask the vault to fill in. A slot is always a whole text value. */
enum Slot {
  CARD_NUMBER("card.number"),
  CARD_EXP_MONTH("card.exp_month"),
  CARD_EXP_YEAR("card.exp_year"),
  CARD_CVC("card.cvc");

  static final String OPEN = "{{";

  /** What begins a text that is sent as it is, whatever looks like a slot in it. */
  static final String LITERAL = "{{literal}}";

  private static final String CLOSE = "}}";

  private final String wireName;

  Slot(String wireName) {
    this.wireName = wireName;
  }

  /** How the slot stands in a body. */
  String placeholder() {
    return OPEN + wireName + CLOSE;
  }

  static Optional<Slot> ofWireName(String name) {
    for (Slot slot : values()) {
      if (slot.wireName.equals(name)) {
        return Optional.of(slot);
      }
    }
    return Optional.empty();
  }
}
