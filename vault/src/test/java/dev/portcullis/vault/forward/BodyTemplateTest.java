package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
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

  private static String filled(Map<String, ?> body) {
    assertThat(BodyTemplate.check(body, RULES)).isSubsetOf(Slot.CARD_NUMBER);
    EnumMap<Slot, byte[]> values = new EnumMap<>(Slot.class);
    values.put(Slot.CARD_NUMBER, "4242424242424242".getBytes(StandardCharsets.US_ASCII));
    return new String(BodyTemplate.fill(body, values), StandardCharsets.UTF_8);
  }

  @Test
  void whatLooksLikeASlotInALiteralIsText() {
    for (String typed :
        List.of(
            NUMBER,
            "see " + NUMBER + " and {{more}}",
            "{{literal}}" + NUMBER,
            "{{{{",
            "{{",
            "\\u007b\\u007bcard.number}}",
            "\"{{card.number}}\"",
            "quote \" backslash \\ line\n{{card.number}} ü ✓",
            "")) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("card", Map.of("number", NUMBER));
      body.put("text", "{{literal}}" + typed);
      body.put("texts", List.of("{{literal}}" + typed));
      Map<String, @Nullable Object> sent = Json.readObject(filled(body));
      assertThat(sent.get("text")).isEqualTo(typed);
      assertThat(sent.get("texts")).isEqualTo(List.of(typed));
      assertThat(sent.get("card")).isEqualTo(Map.of("number", "4242424242424242"));
    }
  }

  /** Nothing but the exact slot at its exact place is filled, whatever a caller tries. */
  @Test
  void noLiteralSmugglesASlot() {
    for (Object tried :
        List.of(
            "see {{literal}}" + NUMBER,
            " {{literal}}" + NUMBER,
            "{{Literal}}" + NUMBER,
            "{{literal}" + NUMBER,
            "{{literal }}" + NUMBER,
            NUMBER,
            Map.of("{{literal}}" + NUMBER, "x"),
            Map.of("{{literal}}", NUMBER),
            List.of("{{literal}}ok", NUMBER))) {
      assertThatThrownBy(() -> BodyTemplate.check(Map.of("text", tried), RULES))
          .as("%s", tried)
          .isInstanceOf(InternalException.class);
    }
    Map<String, ?> atTheSlotsPlace = Map.of("card", Map.of("number", "{{literal}}" + NUMBER));
    assertThat(BodyTemplate.check(atTheSlotsPlace, RULES)).isEmpty();
    assertThat(filled(atTheSlotsPlace)).contains(NUMBER).doesNotContain("4242");
  }

  @Test
  void aSlotWithoutAValueIsLeftOutAndNothingElseIs() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("a", null);
    body.put("cvc", Slot.CARD_CVC.placeholder());
    body.put("card", Map.of("number", NUMBER));
    body.put("list", Arrays.asList(1L, null, true, Map.of(), List.of()));
    Map<String, SlotRule> rules =
        Map.of(
            "/card/number",
            new SlotRule(Slot.CARD_NUMBER, false),
            "/cvc",
            new SlotRule(Slot.CARD_CVC, true));
    assertThat(BodyTemplate.check(body, rules)).hasSize(2);
    EnumMap<Slot, byte[]> values = new EnumMap<>(Slot.class);
    values.put(Slot.CARD_NUMBER, "1".getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(BodyTemplate.fill(body, values), StandardCharsets.UTF_8))
        .isEqualTo("{\"a\":null,\"card\":{\"number\":\"1\"},\"list\":[1,null,true,{},[]]}");
  }

  /** Whatever is typed comes out as it was typed, and is neither refused nor filled in. */
  @Property
  void aLiteralIsSentAsItWasTyped(
      @ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 30) String before,
      @ForAll @Chars({'{', '}', '"', '\\', '\u0000', 'ü'}) @StringLength(max = 12) String after) {
    String typed = before + after + NUMBER;
    assertThat(Json.readObject(filled(Map.of("text", Slot.LITERAL + typed))))
        .isEqualTo(Map.of("text", typed));
  }
}
