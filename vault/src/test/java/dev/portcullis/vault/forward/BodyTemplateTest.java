package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.vault.http.InternalException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BodyTemplateTest {

  private static final Map<String, SlotRule> RULES =
      Map.of("/card/number", new SlotRule(Slot.CARD_NUMBER, false));
  private static final String NUMBER = Slot.CARD_NUMBER.placeholder();

  @Test
  void aSlotStandsWhereThePolicySays() {
    assertThat(BodyTemplate.check(Map.of("card", Map.of("number", NUMBER)), RULES))
        .containsExactly(Slot.CARD_NUMBER);
  }

  @Test
  void aNameWithASlashIsNoPath() {
    assertThatThrownBy(() -> BodyTemplate.check(Map.of("card/number", NUMBER), RULES))
        .isInstanceOf(InternalException.class);
    assertThatThrownBy(() -> BodyTemplate.check(Map.of("card~1number", NUMBER), RULES))
        .isInstanceOf(InternalException.class);
  }

  @Test
  void aNameIsNoListsElement() {
    Map<String, SlotRule> rules = Map.of("/cards/-", new SlotRule(Slot.CARD_NUMBER, false));
    assertThat(BodyTemplate.check(Map.of("cards", List.of(NUMBER)), rules)).hasSize(1);
    assertThatThrownBy(() -> BodyTemplate.check(Map.of("cards", Map.of("-", NUMBER)), rules))
        .isInstanceOf(InternalException.class);
  }
}
