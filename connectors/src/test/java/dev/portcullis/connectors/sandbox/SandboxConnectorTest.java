package dev.portcullis.connectors.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderOperation.Authorize;
import dev.portcullis.connectors.spi.ProviderOperation.Cancel;
import dev.portcullis.connectors.spi.ProviderOperation.Capture;
import dev.portcullis.connectors.spi.ProviderOperation.Lookup;
import dev.portcullis.connectors.spi.ProviderOperation.Refund;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Approved;
import dev.portcullis.connectors.spi.ProviderResult.Check;
import dev.portcullis.connectors.spi.ProviderResult.Checks;
import dev.portcullis.connectors.spi.ProviderResult.Declined;
import dev.portcullis.connectors.spi.ProviderResult.NotFound;
import dev.portcullis.connectors.spi.ProviderResult.Pending;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import dev.portcullis.connectors.spi.ProviderResult.RequiresAction;
import dev.portcullis.connectors.spi.ProviderResult.ThreeDSecure;
import dev.portcullis.connectors.spi.ProviderResult.Unknown;
import dev.portcullis.connectors.spi.ProviderWords;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxConnectorTest {
  private static final Connector CONNECTOR = Connectors.find("sandbox").orElseThrow();
  private static final Money AMOUNT = Money.of(1_999, "usd");
  private static final Authorize AUTHORIZE =
      new Authorize(
          "op_1",
          AMOUNT,
          true,
          CardUse.ONCE,
          Shopper.UNKNOWN,
          Challenge.ifNeeded("https://shop.example/r"));
  private static final Lookup LOOKUP =
      new Lookup("op_1", OperationKind.AUTHORIZE, null, null, null);
  private static final List<ProviderOperation> OPERATIONS =
      List.of(
          AUTHORIZE,
          new Capture("op_1", "auth_1", AMOUNT),
          new Cancel("op_1", "auth_1", null),
          new Refund("op_1", "auth_1", AMOUNT),
          new ProviderOperation.SubmitEvidence(
              "op_1", "dsp_1", false, Map.of("customer_name", "Ada")),
          new ProviderOperation.AcceptDispute("op_1", "dsp_1"),
          LOOKUP);

  @Test
  void asksForTheCardByItsSlotsAlone() {
    ForwardRequest request = CONNECTOR.request(AUTHORIZE);
    assertThat(request.operation()).isEqualTo("sandbox.authorize");
    assertThat(request.path()).isEmpty();
    assertThat(request.body())
        .containsEntry("reference", "op_1")
        .containsEntry("amount", 1_999L)
        .containsEntry("currency", "usd")
        .containsEntry("initiator", "customer")
        .doesNotContainKey("network_transaction_id")
        .containsEntry(
            "card",
            Map.of(
                "number", "{{card.number}}",
                "exp_month", "{{card.exp_month}}",
                "exp_year", "{{card.exp_year}}",
                "cvc", "{{card.cvc}}"));
  }

  @Test
  void passesTheProofOfASetUpOn() {
    ForwardRequest request =
        CONNECTOR.request(
            new Authorize(
                "op_1",
                AMOUNT,
                true,
                new CardUse(Initiator.MERCHANT, false, "ntx_1"),
                Shopper.UNKNOWN,
                Challenge.ifNeeded("https://a.example")));
    assertThat(request.body())
        .containsEntry("network_transaction_id", "ntx_1")
        .containsEntry("initiator", "merchant");
  }

  @Test
  void namesWhatItActsOnInThePath() {
    assertThat(CONNECTOR.request(new Capture("op_2", "auth_1", AMOUNT)))
        .isEqualTo(
            new ForwardRequest(
                "sandbox.capture",
                Map.of("id", "auth_1"),
                Map.of("reference", "op_2", "amount", 1_999L, "currency", "usd")));
    assertThat(CONNECTOR.request(new Cancel("op_2", "auth_1", null)))
        .isEqualTo(
            new ForwardRequest(
                "sandbox.void", Map.of("id", "auth_1"), Map.of("reference", "op_2")));
    assertThat(CONNECTOR.request(LOOKUP))
        .isEqualTo(new ForwardRequest("sandbox.lookup", Map.of("reference", "op_1"), null));
  }

  @Test
  void aResendIsByteIdentical() {
    for (ProviderOperation operation : OPERATIONS) {
      assertThat(String.valueOf(CONNECTOR.request(operation)))
          .isEqualTo(String.valueOf(CONNECTOR.request(operation)));
    }
  }

  @Test
  void readsAnApprovalWithAllItsDetails() {
    Map<String, @Nullable Object> body = answer("approved");
    body.put(
        "checks", Map.of("cvc", "pass", "address_line1", "fail", "postal_code", "unavailable"));
    body.put("network_transaction_id", "ntx_9");
    body.put("authorization_code", "123456");
    body.put("funds_available", true);
    body.put("three_d_secure", Map.of("version", "2.2.0", "result", "authenticated"));
    ProviderResult result = interpret(AUTHORIZE, 200, body);
    assertThat(result)
        .isEqualTo(
            new Approved(
                "auth_1",
                new ProviderResult.Details(
                    new Checks(Check.PASS, Check.FAIL, Check.UNAVAILABLE),
                    "ntx_9",
                    "123456",
                    new ThreeDSecure("2.2.0", "authenticated"),
                    null,
                    true,
                    ProviderWords.NONE)));
  }

  @Test
  void anApprovalOfSomethingElseIsNoApproval() {
    assertThat(interpret(AUTHORIZE, 200, with("reference", "op_2"))).isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 200, with("reference", null))).isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 200, with("amount", 1_998L))).isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 200, with("amount", new BigDecimal("1999"))))
        .isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 200, with("currency", "eur"))).isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 200, with("id", null))).isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 200, with("status", "Approved")))
        .isInstanceOfSatisfying(Pending.class, p -> assertThat(p.alert()).isNotNull());
    assertThat(interpret(AUTHORIZE, 201, answer("approved"))).isInstanceOf(Unknown.class);
  }

  @Test
  void readsADeclineEvenOneWhoseReasonIsNew() {
    Map<String, @Nullable Object> body = answer("declined");
    body.put("decline_code", "insufficient_funds");
    assertThat(interpret(AUTHORIZE, 200, body))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.code()).isEqualTo(DeclineCode.INSUFFICIENT_FUNDS));
    body.put("decline_code", "invented_yesterday");
    assertThat(interpret(AUTHORIZE, 200, body))
        .isInstanceOfSatisfying(
            Declined.class, d -> assertThat(d.code()).isEqualTo(DeclineCode.GENERIC_DECLINE));
  }

  @Test
  void sendsTheShopperOnlyToAWebAddress() {
    Map<String, @Nullable Object> body = answer("requires_action");
    body.put("redirect_url", "http://127.0.0.1:4244/challenge/auth_1?token=t");
    assertThat(interpret(AUTHORIZE, 200, body))
        .isEqualTo(new RequiresAction("auth_1", "http://127.0.0.1:4244/challenge/auth_1?token=t"));
    assertThat(interpret(LOOKUP, 200, body)).isInstanceOf(RequiresAction.class);
    assertThat(interpret(new Capture("op_1", "auth_1", AMOUNT), 200, body))
        .isInstanceOf(Unknown.class);
    for (String bad : List.of("javascript:alert(1)", "/relative", "http://", "no address at all")) {
      body.put("redirect_url", bad);
      assertThat(interpret(AUTHORIZE, 200, body)).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void pendingIsPending() {
    assertThat(interpret(new Refund("op_1", "auth_1", AMOUNT), 200, answer("pending")))
        .isEqualTo(new Pending("auth_1"));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 415, 422})
  void aRefusalOfTheRequestIsNoDeclineAndNoCharge(int status) {
    for (ProviderOperation operation : OPERATIONS.subList(0, 4)) {
      assertThat(interpret(operation, status, error("unauthorized")))
          .isEqualTo(
              new Rejected(
                  ((Rejected) interpret(operation, status, null)).kind(),
                  "the provider refused the request with " + status,
                  new ProviderWords("unauthorized", null)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 202, 204, 301, 302, 408, 409, 425, 429, 500, 502, 503, 504})
  void whatProvesNothingIsUnknown(int status) {
    for (ProviderOperation operation : OPERATIONS) {
      assertThat(interpret(operation, status, error("x"))).isInstanceOf(Unknown.class);
      assertThat(interpret(operation, status, null)).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void onlyTheProvidersOwnWordMeansNotFound() {
    assertThat(interpret(LOOKUP, 404, error("not_found"))).isEqualTo(new NotFound());
    assertThat(interpret(LOOKUP, 404, error("other"))).isInstanceOf(Unknown.class);
    assertThat(interpret(LOOKUP, 404, null)).isInstanceOf(Unknown.class);
    assertThat(interpret(LOOKUP, 401, error("unauthorized"))).isInstanceOf(Unknown.class);
    assertThat(interpret(AUTHORIZE, 404, error("not_found"))).isInstanceOf(Rejected.class);
  }

  @Test
  void aProvidersFreeTextDoesNotReachTheLog() {
    Rejected rejected =
        (Rejected) interpret(AUTHORIZE, 400, error("Card 4242 4242 4242 4242 is bad"));
    assertThat(rejected.reason() + rejected.said()).doesNotContain("4242");
  }

  /** Whatever comes, nothing is thrown, and only an exact answer approves or declines. */
  @Property(tries = 1_000)
  void neverTakesNonsenseForAnAnswer(
      @ForAll("bodies") Map<String, Object> changes,
      @ForAll @IntRange(min = 100, max = 599) int status) {
    Map<String, @Nullable Object> body = answer("approved");
    body.putAll(changes);
    for (ProviderOperation operation : OPERATIONS) {
      ProviderResult result = interpret(operation, status % 5 == 0 ? 200 : status, body);
      if (result instanceof Approved || result instanceof Declined) {
        assertThat(status % 5 == 0 || status == 200).isTrue();
        assertThat(body).containsEntry("reference", "op_1");
        assertThat(body.get("id")).isInstanceOf(String.class);
        assertThat(body.get("status"))
            .isEqualTo(result instanceof Approved ? "approved" : "declined");
      }
      if (result instanceof Approved && operation == AUTHORIZE) {
        assertThat(body).containsEntry("amount", 1_999L).containsEntry("currency", "usd");
      }
      if (result instanceof NotFound) {
        assertThat(operation).isEqualTo(LOOKUP);
        assertThat(status).isEqualTo(404);
      }
    }
  }

  @Provide
  Arbitrary<Map<String, Object>> bodies() {
    Arbitrary<String> names =
        Arbitraries.of(
            "id",
            "reference",
            "status",
            "amount",
            "currency",
            "redirect_url",
            "checks",
            "error",
            "decline_code",
            "three_d_secure");
    Arbitrary<Object> values =
        Arbitraries.of(
            "op_1",
            "approved",
            "declined",
            "pending",
            "requires_action",
            "usd",
            "",
            1_999L,
            -1L,
            true,
            new BigDecimal("1.5"),
            List.of("approved"),
            Map.of("code", "not_found"),
            Map.of("cvc", 7L),
            "http://x.example/");
    return Arbitraries.maps(names, values).ofMaxSize(4);
  }

  @Test
  void anOperationThatMakesNoSenseCannotBeMade() {
    assertThatThrownBy(() -> new Capture("op_1", "auth_1", Money.of(0, "usd")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Refund("op_1", "auth_1", Money.of(-1, "usd")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Cancel("op_1", " ", null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new Authorize(
                    "op_1",
                    Money.of(-1, "usd"),
                    true,
                    CardUse.ONCE,
                    Shopper.UNKNOWN,
                    Challenge.ifNeeded("https://a")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static ProviderResult interpret(
      ProviderOperation operation, int status, @Nullable Map<String, @Nullable Object> body) {
    return CONNECTOR.interpret(operation, new ForwardAnswer(status, body));
  }

  private static Map<String, @Nullable Object> answer(String status) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("id", "auth_1");
    body.put("reference", "op_1");
    body.put("status", status);
    body.put("amount", 1_999L);
    body.put("currency", "usd");
    return body;
  }

  private static Map<String, @Nullable Object> with(String name, @Nullable Object value) {
    Map<String, @Nullable Object> body = answer("approved");
    body.put(name, value);
    return body;
  }

  private static Map<String, @Nullable Object> error(String code) {
    Map<String, @Nullable Object> body = new HashMap<>();
    body.put("error", Map.of("code", code, "message", "m"));
    return body;
  }
}
