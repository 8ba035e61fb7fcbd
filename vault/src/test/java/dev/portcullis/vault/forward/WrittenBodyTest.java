package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.forward.Policy.Body;
import dev.portcullis.vault.forward.Policy.Credential;
import dev.portcullis.vault.forward.Policy.Encoding;
import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.FormDecoder;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How bodies are written, and what of them the policy itself writes. */
class WrittenBodyTest {

  private static final SlotRule NUMBER = new SlotRule(Slot.CARD_NUMBER, SlotForm.PLAIN, false);
  private static final SlotRule EXPIRY =
      new SlotRule(Slot.CARD_EXP, SlotForm.MONTH_SLASH_YEAR, false);
  private static final SlotRule MONTH = new SlotRule(Slot.CARD_EXP_MONTH, SlotForm.NUMBER, false);
  private static final SlotRule CVC = new SlotRule(Slot.CARD_CVC, SlotForm.PLAIN, true);
  private static final Map<SlotRule, byte[]> VALUES =
      Map.of(NUMBER, ascii("4242424242424242"), EXPIRY, ascii("02/2030"), MONTH, ascii("2"));
  private static final Map<String, SlotRule> SLOTS =
      Map.of(
          "/data/card/number",
          NUMBER,
          "/data/card/expiry",
          EXPIRY,
          "/data/card/month",
          MONTH,
          "/data/card/cvc",
          CVC);
  private static final Credential ELSEWHERE = new Credential.Basic("a", "b");
  private static final Credential IN_BODY =
      new Credential.Body(List.of("/auth/name", "/auth/key"), List.of("name", "key"));
  private static final Map<String, String> SECRETS =
      ordered("/auth/name", "me", "/auth/key", "{{k\"}}");

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static <T> Map<String, T> ordered(String name, T value, Object... more) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(name, value);
    for (int at = 0; at < more.length; at += 2) {
      map.put((String) more[at], more[at + 1]);
    }
    @SuppressWarnings("unchecked") // the test's own values
    Map<String, T> typed = (Map<String, T>) map;
    return typed;
  }

  private static String form(Map<String, ?> sent) {
    return written(new Body(Encoding.FORM, null, Map.of(), SLOTS), ELSEWHERE, sent, Map.of());
  }

  private static String written(
      Body rules,
      Credential credential,
      @Nullable Map<String, ?> sent,
      Map<String, String> secrets) {
    return new String(
        BodyTemplate.read(rules, credential, sent).fill(VALUES, secrets), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> card() {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("number", "{{card.number}}");
    card.put("expiry", "{{card.exp}}");
    card.put("month", "{{card.exp_month}}");
    card.put("cvc", "{{card.cvc}}");
    return card;
  }

  @Test
  void aFormHasItsNamesInBracketsAndItsValuesEncoded() {
    Map<String, @Nullable Object> sent = new LinkedHashMap<>();
    sent.put("amount", 1999L);
    sent.put("confirm", true);
    sent.put("nothing", null);
    sent.put("data", Map.of("card", card()));
    sent.put("list", Arrays.asList("a", null, Map.of("b", "c d"), List.of()));
    sent.put("text", "{{literal}}{{card.number}} & 1+1=2 ü€");
    sent.put("empty", "");
    sent.put("rate", new BigDecimal("1E+3"));
    sent.put("big", new BigInteger("123456789012345678901234567890"));
    assertThat(form(sent))
        .isEqualTo(
            "amount=1999&confirm=true"
                + "&data[card][number]=4242424242424242&data[card][expiry]=02%2F2030"
                + "&data[card][month]=2"
                + "&list[0]=a&list[1][b]=c%20d"
                + "&text=%7B%7Bcard.number%7D%7D%20%26%201%2B1%3D2%20%C3%BC%E2%82%AC"
                + "&empty=&rate=1000&big=123456789012345678901234567890");
  }

  /** Whoever reads a form undoes the encoding first, so such a name would be another's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data[card][number]",
        "data]",
        "card][number",
        "[",
        "",
        "a\u0000",
        "a\nb",
        "a.b",
        "a b",
        "ä",
        "{{card.number}}",
        "x{{card.number}}"
      })
  void aFormsNameIsOneNameAlone(String name) {
    for (Map<String, ?> sent :
        List.of(
            Map.of(name, "x"),
            Map.of("data", Map.of(name, "x")),
            Map.of("l", List.of(Map.of(name, 1L))))) {
      assertThatThrownBy(() -> form(sent)).isInstanceOf(InternalException.class);
    }
  }

  /** Each value has its whole name before it: a short body could be a form of gigabytes. */
  @Test
  void aFormHasAnEnd() {
    Map<String, Object> deep = Map.of("n".repeat(64), Collections.nCopies(100_000, 0L));
    for (int depth = 0; depth < 12; depth++) {
      deep = Map.of("n".repeat(64), deep);
    }
    Map<String, Object> sent = deep;
    assertThatThrownBy(() -> form(sent))
        .isInstanceOf(InternalException.class)
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> form(Map.of("n".repeat(65), 1L)))
        .isInstanceOf(InternalException.class);
    assertThat(form(Map.of("list", Collections.nCopies(1_000, 0L)))).hasSizeGreaterThan(9_000);
  }

  @Test
  void aFormsSlotIsAtItsPlaceAlone() {
    assertThatThrownBy(() -> form(Map.of("number", "{{card.number}}")))
        .isInstanceOf(InternalException.class);
    assertThatThrownBy(() -> form(Map.of("data", Map.of("card", List.of("{{card.number}}")))))
        .isInstanceOf(InternalException.class);
    assertThat(form(Map.of("data", Map.of("card", Map.of("number", "{{literal}}{{card.number}}")))))
        .isEqualTo("data[card][number]=%7B%7Bcard.number%7D%7D");
  }

  /** What Stripe's own rules read of it is what was sent. */
  @Property
  void aFormIsReadAsItWasSent(@ForAll @StringLength(max = 12) String text, @ForAll long number) {
    String clean =
        text.codePoints()
            .filter(c -> !Character.isISOControl(c) && (c < 0xd800 || c >= 0xe000))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    Map<String, Object> data =
        Map.of("text", Slot.LITERAL + clean, "list", List.of(number, Slot.LITERAL + clean));
    Map<String, String> read = new LinkedHashMap<>();
    FormDecoder.decode(ascii(form(Map.of("data", data)))).forEachText(read::put);
    assertThat(read)
        .isEqualTo(
            Map.of("data[text]", clean, "data[list][0]", "" + number, "data[list][1]", clean));
  }

  @ParameterizedTest
  @CsvSource({
    "YEAR_MONTH,2030-02",
    "MONTH_SLASH_YEAR,02/2030",
    "MONTH_SLASH_SHORT_YEAR,02/30",
    "MONTH_SHORT_YEAR,0230"
  })
  void anExpiryIsWrittenInItsForm(SlotForm form, String expected) {
    assertThat(form.expiry(2, 2030)).isEqualTo(expected);
  }

  @Test
  void monthsAndYearsAreDigitsOrNumbers() {
    assertThat(SlotForm.PLAIN.month(2)).isEqualTo("02");
    assertThat(SlotForm.NUMBER.month(2)).isEqualTo("2");
    assertThat(SlotForm.PLAIN.year(2030)).isEqualTo("2030");
    assertThat(SlotForm.NUMBER.year(2030)).isEqualTo("2030");
    Body rules = new Body(Encoding.JSON, null, Map.of(), SLOTS);
    assertThat(written(rules, ELSEWHERE, Map.of("data", Map.of("card", card())), Map.of()))
        .isEqualTo(
            "{\"data\":{\"card\":{\"number\":\"4242424242424242\",\"expiry\":\"02/2030\",\"month\":2}}}");
  }

  @Test
  void whatThePolicyWritesComesFirstInItsObject() {
    Map<String, Object> fixed =
        ordered("/request/type", "auth", "/version", 3L, "/request/x/y", true);
    Body rules = new Body(Encoding.JSON, "createRequest", fixed, Map.of());
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("refId", "op_1");
    sent.put("request", ordered("amount", "5.00"));
    assertThat(written(rules, IN_BODY, sent, SECRETS))
        .isEqualTo(
            "{\"createRequest\":{\"auth\":{\"name\":\"me\",\"key\":\"{{k\\\"}}\"},\"version\":3,"
                + "\"refId\":\"op_1\","
                + "\"request\":{\"type\":\"auth\",\"x\":{\"y\":true},\"amount\":\"5.00\"}}}");
    assertThat(written(rules, IN_BODY, null, SECRETS))
        .isEqualTo(
            "{\"createRequest\":{\"auth\":{\"name\":\"me\",\"key\":\"{{k\\\"}}\"},"
                + "\"request\":{\"type\":\"auth\",\"x\":{\"y\":true}},\"version\":3}}");
    Body asForm = new Body(Encoding.FORM, null, fixed, Map.of());
    assertThat(written(asForm, IN_BODY, sent, SECRETS))
        .isEqualTo(
            "auth[name]=me&auth[key]=%7B%7Bk%22%7D%7D&version=3&refId=op_1"
                + "&request[type]=auth&request[x][y]=true&request[amount]=5.00");
  }

  @Test
  void nothingIsWrittenWhereNothingIsSaid() {
    Body none = new Body(Encoding.JSON, null, Map.of(), Map.of());
    assertThat(written(none, ELSEWHERE, null, Map.of())).isEmpty();
    assertThat(written(none, ELSEWHERE, Map.of(), Map.of())).isEqualTo("{}");
    Body envelope = new Body(Encoding.JSON, "request", Map.of(), Map.of());
    assertThat(written(envelope, ELSEWHERE, null, Map.of())).isEqualTo("{\"request\":{}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"auth\":{\"name\":\"x\"}}",
        "{\"auth\":{\"session\":\"x\"}}",
        "{\"auth\":{}}",
        "{\"auth\":null}",
        "{\"auth\":\"x\"}",
        "{\"auth\":[{\"name\":\"x\"}]}",
        "{\"AUTH\":{\"name\":\"x\"}}",
        "{\"request\":{\"type\":\"refund\"}}",
        "{\"request\":{\"type\":null}}",
        "{\"request\":{\"Type\":\"refund\"}}",
        "{\"Request\":{\"type\":\"refund\"}}",
        "{\"request\":{\"amount\":1},\"REQUEST\":{}}",
        "{\"request\":[]}",
        "{\"request\":\"x\"}",
        "{\"request\":null}",
        "{\"version\":1}",
        "{\"version\":{\"x\":1}}"
      })
  void nothingOfACallersStandsWhereThePolicyWrites(String sent) {
    Body rules =
        new Body(Encoding.JSON, null, ordered("/request/type", "auth", "/version", 3L), Map.of());
    assertThatThrownBy(() -> BodyTemplate.read(rules, IN_BODY, Json.readObject(ascii(sent))))
        .isInstanceOf(InternalException.class);
    assertThat(BodyTemplate.read(rules, IN_BODY, Json.readObject(ascii("{\"request\":{}}"))))
        .isNotNull();
  }

  /** Most providers' readers take the last of two; in an envelope there is no other beside it. */
  @Test
  void aCallerCannotLeaveTheEnvelope() {
    Body rules = new Body(Encoding.JSON, "lookUp", Map.of(), Map.of());
    assertThat(
            Json.readObject(
                written(rules, IN_BODY, Map.of("create", Map.of("lookUp", 1L)), SECRETS)))
        .containsOnlyKeys("lookUp");
  }
}
