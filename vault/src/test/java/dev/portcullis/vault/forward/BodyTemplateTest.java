package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

  private static final SlotRule NUMBER_RULE = new SlotRule(Slot.CARD_NUMBER, SlotForm.PLAIN, false);
  private static final Map<String, SlotRule> RULES = Map.of("/card/number", NUMBER_RULE);
  private static final String NUMBER = Slot.CARD_NUMBER.placeholder();

  private static BodyTemplate read(Map<String, ?> body, Map<String, SlotRule> rules) {
    return BodyTemplate.read(
        new Policy.Body(Policy.Encoding.JSON, null, Map.of(), rules),
        new Policy.Credential.Basic("a", "b"),
        body);
  }

  @Test
  void aSlotStandsWhereThePolicySays() {
    assertThat(read(Map.of("card", Map.of("number", NUMBER)), RULES).slots())
        .containsExactly(NUMBER_RULE);
  }

  @Test
  void aNameWithASlashIsNoPath() {
    assertThatThrownBy(() -> read(Map.of("card/number", NUMBER), RULES))
        .isInstanceOf(InternalException.class);
    assertThatThrownBy(() -> read(Map.of("card~1number", NUMBER), RULES))
        .isInstanceOf(InternalException.class);
  }

  @Test
  void aNameIsNoListsElement() {
    Map<String, SlotRule> rules = Map.of("/cards/-", NUMBER_RULE);
    assertThat(read(Map.of("cards", List.of(NUMBER)), rules).slots()).hasSize(1);
    assertThatThrownBy(() -> read(Map.of("cards", Map.of("-", NUMBER)), rules))
        .isInstanceOf(InternalException.class);
  }

  private static String filled(Map<String, ?> body) {
    BodyTemplate template = read(body, RULES);
    assertThat(template.slots()).isSubsetOf(NUMBER_RULE);
    byte[] number = "4242424242424242".getBytes(StandardCharsets.US_ASCII);
    return new String(template.fill(Map.of(NUMBER_RULE, number), Map.of()), StandardCharsets.UTF_8);
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
      assertThatThrownBy(() -> read(Map.of("text", tried), RULES))
          .as("%s", tried)
          .isInstanceOf(InternalException.class);
    }
    Map<String, ?> atTheSlotsPlace = Map.of("card", Map.of("number", "{{literal}}" + NUMBER));
    assertThat(read(atTheSlotsPlace, RULES).slots()).isEmpty();
    assertThat(filled(atTheSlotsPlace)).contains(NUMBER).doesNotContain("4242");
  }

  @Test
  void aSlotWithoutAValueIsLeftOutAndNothingElseIs() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("a", null);
    body.put("cvc", Slot.CARD_CVC.placeholder());
    body.put("card", Map.of("number", NUMBER));
    body.put("list", Arrays.asList(1L, null, true, Map.of(), List.of()));
    body.put("l", List.of(Slot.CARD_CVC.placeholder()));
    SlotRule cvc = new SlotRule(Slot.CARD_CVC, SlotForm.PLAIN, true);
    BodyTemplate template =
        read(body, Map.of("/card/number", NUMBER_RULE, "/cvc", cvc, "/l/-", cvc));
    assertThat(template.slots()).containsExactlyInAnyOrder(NUMBER_RULE, cvc);
    byte[] number = "1".getBytes(StandardCharsets.US_ASCII);
    assertThat(
            new String(
                template.fill(Map.of(NUMBER_RULE, number), Map.of()), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"a\":null,\"card\":{\"number\":\"1\"},\"list\":[1,null,true,{},[]],\"l\":[]}");
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
