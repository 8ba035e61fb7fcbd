package dev.portcullis.vault.forward;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a request may ask the vault to fill in. A slot is always a whole value. */
enum Slot {
  CARD_NUMBER("card.number"),
  CARD_EXP_MONTH("card.exp_month"),
  CARD_EXP_YEAR("card.exp_year"),
  CARD_EXP("card.exp"),
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

  /**
   * The form of that name, if this slot is written in it.
   *
   * @param name empty where the policy names none
   */
  Optional<SlotForm> form(String name) {
    return forms().stream().filter(form -> form.wireName().equals(name)).findFirst();
  }

  private Set<SlotForm> forms() {
    return switch (this) {
      case CARD_NUMBER, CARD_CVC -> EnumSet.of(SlotForm.PLAIN);
      case CARD_EXP_MONTH, CARD_EXP_YEAR -> EnumSet.of(SlotForm.PLAIN, SlotForm.NUMBER);
      case CARD_EXP ->
          EnumSet.of(
              SlotForm.YEAR_MONTH,
              SlotForm.MONTH_SLASH_YEAR,
              SlotForm.MONTH_SLASH_SHORT_YEAR,
              SlotForm.MONTH_SHORT_YEAR);
    };
  }
}
