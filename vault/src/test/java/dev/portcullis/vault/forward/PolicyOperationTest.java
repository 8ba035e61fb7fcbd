package dev.portcullis.vault.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.vault.http.InternalException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operation may say of headers, query and body. */
class PolicyOperationTest {

  private static final URI ORIGIN = URI.create("https://api.acme.test");

  private static final String POLICY =
      """
      {"provider":"acme","mode":"test","origin":"https://api.acme.test",
       "credential":{"header":"X-Own","format":"{{secret}}","secret":"provider.acme.key"},
       "headers":{"Acme-Version":"2026-01-01"},
       "operations":{"pay":{"method":"POST","path":"/v1/{shop}/pay","idempotency_header":"Request-Key",
         "headers":{"Prefer":"return=representation"},
         "query":{"query":"metadata['operation']:'{id}'","limit":"1"},
         "encoding":"form","envelope":"order","fixed":{"/type":"auth","/options/capture":false,"/version":3},
         "slots":{"/card/number":"card.number","/card/expiry":"card.exp as mm/yy","/card/cvc":"card.cvc?"},
         "answer":["/id"],"definite":[{"pointer":"/list/-/status","values":["done"]}]}}}
      """;

  private static Policy read(String json) {
    return PolicyReader.read("acme.json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static Operation pay(String json) {
    return Objects.requireNonNull(read(json).operations().get("pay"));
  }

  private static void refused(String json, String where) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOfSatisfying(
            PolicyException.class,
            e ->
                assertThat(e.faults())
                    .as(e.getMessage())
                    .extracting(PolicyException.Fault::where)
                    .containsExactly(where));
  }

  @Test
  void saysAllOfIt() {
    Operation pay = pay(POLICY);
    assertThat(pay.request().headers())
        .containsOnly(
            Map.entry("Acme-Version", "2026-01-01"), Map.entry("Prefer", "return=representation"));
    assertThat(pay.request().query().keySet()).containsExactly("query", "limit");
    assertThat(pay.body().encoding()).isEqualTo(Policy.Encoding.FORM);
    assertThat(pay.body().fixed())
        .containsExactly(
            Map.entry("/type", "auth"),
            Map.entry("/options/capture", false),
            Map.entry("/version", 3L));
    assertThat(pay.body().slots().get("/card/expiry"))
        .isEqualTo(new Policy.SlotRule(Slot.CARD_EXP, SlotForm.MONTH_SLASH_SHORT_YEAR, false));
    assertThat(
            pay.isEndedBy(Map.of("list", List.of(Map.of("status", "x"), Map.of("status", "done")))))
        .isTrue();
    assertThat(pay.isEndedBy(Map.of("list", List.of(Map.of("status", "x"))))).isFalse();
    assertThat(pay.isEndedBy(Map.of("list", Map.of("status", "done")))).isFalse();
  }

  @Test
  void whatSaysNothingMayStand() {
    Operation list =
        Objects.requireNonNull(
            read(POLICY.replace(
                    "\"operations\":{",
                    "\"operations\":{\"list\":{\"method\":\"GET\",\"path\":\"/list\",\"slots\":{},"
                        + "\"fixed\":{},\"query\":{},\"headers\":{},\"encoding\":\"json\",\"answer\":[]},"))
                .operations()
                .get("list"));
    assertThat(list.body().isThere()).isFalse();
    assertThat(list.request().hasPlaces()).isFalse();
    assertThat(list.request().headers()).containsOnlyKeys("Acme-Version");
  }

  /** Those of HTTP, those that carry credentials, those that would name every request alike. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "Proxy-Authorization",
        "x-own",
        "X-Api-Key",
        "Cookie",
        "PayPal-Auth-Assertion",
        "X-Secret",
        "Access-Token",
        "X-Signature",
        "Host",
        "Content-Type",
        "content-length",
        "Content-Encoding",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Accept",
        "Accept-Encoding",
        "User-Agent",
        "X-HTTP-Method-Override",
        "X-Forwarded-For",
        "Idempotency-Key",
        "PayPal-Request-Id"
      })
  void noSuchHeaderIsConstant(String name) {
    refused(POLICY.replace("\"Prefer\"", '"' + name + '"'), "/operations/pay/headers/" + name);
    refused(POLICY.replace("\"Acme-Version\"", '"' + name + '"'), "/headers/" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a:", "\u00e4", "a_b", ""})
  void aHeaderHasAName(String name) {
    refused(POLICY.replace("\"Prefer\"", '"' + name + '"'), "/operations/pay/headers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\\r\\nHost: evil",
        "a\\nb",
        "",
        " a",
        "a ",
        "\u00e4",
        "{{secret}}",
        "a{{card.number}}"
      })
  void aHeadersValueIsOneLine(String value) {
    refused(POLICY.replace("return=representation", value), "/operations/pay/headers/Prefer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host", "Content-Length", "content-type", "X-Own", "Authorization", "TE"})
  void theIdempotencyKeyGoesUnderNoHeaderOfTheVaults(String name) {
    refused(POLICY.replace("Request-Key", name), "/operations/pay/idempotency_header");
  }

  @Test
  void noHeaderStandsTwice() {
    refused(POLICY.replace("Prefer", "acme-version"), "/operations/pay/headers");
    refused(POLICY.replace("Prefer", "Acme-Version"), "/operations/pay/headers");
    refused(
        POLICY.replace("\"Prefer\":", "\"prefer\":\"x\",\"Prefer\":"), "/operations/pay/headers");
    refused(POLICY.replace("Request-Key", "prefer"), "/operations/pay/headers");
    refused(POLICY.replace("X-Own", "Content-Length"), "/credential/header");
  }

  @Test
  void theQueryIsFilledInAsThePathIs() {
    Policy.Request request = pay(POLICY).request();
    assertThat(OutgoingRequest.uri(ORIGIN, request, Map.of("shop", "s-1", "id", "op_9")))
        .isEqualTo(
            URI.create(
                "https://api.acme.test/v1/s-1/pay?query=metadata%5B%27operation%27%5D%3A%27op_9%27&limit=1"));
    for (Map<String, String> values :
        List.of(
            Map.<String, String>of(),
            Map.of("shop", "s"),
            Map.of("id", "i"),
            Map.of("shop", "s", "id", "i", "more", "m"),
            Map.of("shop", "s", "Id", "i"))) {
      assertThatThrownBy(() -> OutgoingRequest.uri(ORIGIN, request, values))
          .isInstanceOf(InternalException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{card.number}}",
        "{{secret}}",
        "{",
        "}",
        "{id",
        "id}",
        "{Id}",
        "{}",
        "{id}}",
        "a\\nb",
        "\u00e4",
        ""
      })
  void aQueryHasPlacesAndNoSlots(String value) {
    refused(POLICY.replace("metadata['operation']:'{id}'", value), "/operations/pay/query/query");
  }

  @ParameterizedTest
  @CsvSource({"api_key", "apikey", "access_token", "password"})
  void aCredentialIsInNoUrl(String name) {
    refused(POLICY.replace("\"limit\"", '"' + name + '"'), "/operations/pay/query");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a&b", "a=b", "a b", "", "{id}"})
  void aParameterHasAName(String name) {
    refused(POLICY.replace("\"limit\"", '"' + name + '"'), "/operations/pay/query");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "card.exp",
        "card.exp as yy",
        "card.exp as ",
        "card.exp as MM/YY",
        "card.exp  as mm/yy",
        "card.exp as mm/yy ",
        "card.number as number",
        "card.cvc as number",
        "card.exp_month as yyyy-mm",
        "card.name",
        "",
        "card.exp_year as plain",
        "card.exp as mm/yy??"
      })
  void aSlotHasItsForms(String slot) {
    refused(POLICY.replace("card.exp as mm/yy", slot), "/operations/pay/slots//card/expiry");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"encoding\":\"form\";\"encoding\":\"xml\";/operations/pay/encoding",
        "\"envelope\":\"order\";\"envelope\":\"a b\";/operations/pay/envelope",
        "\"method\":\"POST\";\"method\":\"GET\";/operations/pay/method",
        "\"/type\":\"auth\";\"/type\":null;/operations/pay/fixed//type",
        "\"/type\":\"auth\";\"/type\":1.5;/operations/pay/fixed//type",
        "\"/type\":\"auth\";\"/type\":{};/operations/pay/fixed//type",
        "\"/type\":\"auth\";\"/-/type\":\"auth\";/operations/pay/fixed",
        "\"/type\":\"auth\";\"type\":\"auth\";/operations/pay/fixed",
        "\"/type\":\"auth\";\"/options\":\"auth\";/operations/pay/fixed",
        "\"/type\":\"auth\";\"/Version\":\"auth\";/operations/pay/fixed",
        "\"/type\":\"auth\";\"/card/number\":\"auth\";/operations/pay/slots",
        "\"/type\":\"auth\";\"/card\":\"auth\";/operations/pay/slots",
        "\"values\":[\"done\"];\"values\":[\"done\"],\"more\":1;/operations/pay/definite/0/more",
        "[{\"pointer\":\"/list/-/status\",\"values\":[\"done\"]}];[];/operations/pay/definite",
        "\"limit\":\"1\";\"limit\":1;/operations/pay/query/limit",
      })
  void whatIsWrongIsNamed(String right, String wrong, String where) {
    refused(POLICY.replace(right, wrong), where);
  }

  private static final String IN_BODY =
      """
      {"provider":"acme","mode":"test","origin":"https://api.acme.test",
       "credential":{"kind":"body","members":{"/auth/name":"secret://a","/auth/key":"secret://b"}},
       "probe":"ping",
       "operations":{
        "ping":{"method":"POST","path":"/api","envelope":"pingRequest","answer":[]},
        "pay":{"method":"POST","path":"/api","envelope":"payRequest","fixed":{"/kind":"x"},
         "slots":{"/card/number":"card.number"},"answer":["/id"]}}}
      """;

  @Test
  void aCredentialIsInTheBody() {
    assertThat(read(IN_BODY).credential())
        .isEqualTo(
            new Policy.Credential.Body(
                List.of("/auth/name", "/auth/key"), List.of("secret://a", "secret://b")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"/auth/name\":\"secret://a\",\"/auth/key\":\"secret://b\"};{};/credential/members",
        "/auth/key;/auth/name/x;/credential/members",
        "/auth/key;/auth/Name;/credential/members",
        "/auth/key;/-/key;/credential/members",
        "/kind;/auth/kind;/operations/pay/fixed",
        "/kind;/auth;/operations/pay/fixed",
        "/card/number;/auth/number;/operations/pay/slots",
        "/card/number;/Auth/number;/operations/pay/slots",
        "\"envelope\":\"payRequest\",;\"idempotency_header\":\"Host\",;/operations/pay/idempotency_header",
        "\"method\":\"POST\",\"path\":\"/api\",\"envelope\":\"payRequest\",\"fixed\":{\"/kind\":\"x\"},\"slots\":{\"/card/number\":\"card.number\"};\"method\":\"GET\",\"path\":\"/api\";/operations/pay/method",
      })
  void nothingElseIsWhereACredentialIs(String right, String wrong, String where) {
    String compact = IN_BODY.replaceAll("\n *", "");
    assertThat(compact).contains(right);
    refused(compact.replace(right, wrong), where);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"envelope\":\"pingRequest\";\"encoding\":\"json\"",
        "\"envelope\":\"pingRequest\";\"envelope\":\"pingRequest\",\"slots\":{\"/number\":\"card.number\"}",
        "\"envelope\":\"pingRequest\";\"envelope\":\"pingRequest\",\"idempotency_header\":\"Key\"",
        "\"envelope\":\"pingRequest\";\"envelope\":\"pingRequest\",\"query\":{\"a\":\"{id}\"}",
        "\"probe\":\"ping\";\"probe\":\"pay\"",
      })
  void aProbeIsWhollyThePolicys(String right, String wrong) {
    refused(IN_BODY.replace(right, wrong), "/probe");
  }
}
