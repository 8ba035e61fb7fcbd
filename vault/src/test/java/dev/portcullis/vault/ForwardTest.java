package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The way out: what may leave, what may come back, and what is said of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardTest {

  private static final Map<String, Object> CARD =
      Map.of(
          "number",
          "{{card.number}}",
          "exp_month",
          "{{card.exp_month}}",
          "exp_year",
          "{{card.exp_year}}",
          "cvc",
          "{{card.cvc}}");

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  @BeforeEach
  void approve() {
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "approved")));
  }

  private Map<String, Object> command(String token) {
    Map<String, Object> command = vault.authorization(token);
    command.put("timeout_ms", 5_000);
    command.put("body", Map.of("amount", 1999, "card", CARD));
    return command;
  }

  private Got forward(Map<String, Object> command) {
    return vault.call("/internal/v1/forward", command);
  }

  private void refused(Map<String, Object> command, int status, String code) {
    Got got = forward(command);
    assertThat(got.status()).as(got.json().toString()).isEqualTo(status);
    assertThat(got.text("error.code")).isEqualTo(code);
    assertThat(vault.provider.received).isEmpty();
  }

  @Test
  void sendsALiteralAsItWasTypedAndFillsNothingInIt() {
    String typed = "they wrote {{card.number}} and {{card.cvc}}";
    Map<String, Object> command = command(vault.paymentMethod(VISA));
    command.put("body", Map.of("description", "{{literal}}" + typed, "card", CARD));
    assertThat(forward(command).status()).isEqualTo(200);
    String sent = vault.provider.received.getLast().body();
    assertThat(Json.readObject(sent)).containsEntry("description", typed);
    assertThat(sent.split(VISA, -1)).as("the number stands in its slot alone").hasSize(2);
  }

  @Test
  void refusesWhatThePolicyDoesNotAllow() {
    String token = vault.paymentMethod(VISA);
    List<Map<String, Object>> bodies =
        List.of(
            Map.of("description", "{{card.number}}"),
            Map.of("card", Map.of("number", "x{{card.number}}")),
            Map.of("card", Map.of("number", "{{card.cvc}}")),
            Map.of("card", Map.of("number", "{{secret}}")),
            Map.of("card", List.of(Map.of("number", "{{card.number}}"))),
            Map.of("{{card.number}}", "x"),
            Map.of("Authorization", "Bearer x"),
            Map.of("deep", Map.of("api_key", "x")));
    for (Map<String, Object> body : bodies) {
      Map<String, Object> command = command(token);
      command.put("body", body);
      refused(command, 403, "policy_violation");
    }
    Map<String, Object> path = command(token);
    path.put("path", Map.of("id", "x"));
    refused(path, 403, "policy_violation");
    for (String name : List.of("Id", "i{d", "id}/../{x", "", "x".repeat(33))) {
      Map<String, Object> place = command(token);
      place.put("operation", "sandbox.capture");
      place.put("path", Map.of(name, "x"));
      place.put("body", Map.of("amount", 1));
      refused(place, 403, "policy_violation");
      assertThat(forward(place).text("error.message")).contains("a name of letters");
    }
    Map<String, Object> unfilled = command(token);
    unfilled.put("operation", "sandbox.capture");
    unfilled.put("body", Map.of("amount", 1));
    refused(unfilled, 403, "policy_violation");
    Map<String, Object> noKey = command(token);
    noKey.put("idempotency_key", null);
    refused(noKey, 403, "policy_violation");
    Map<String, Object> noToken = command(token);
    noToken.put("token", null);
    refused(noToken, 403, "policy_violation");
  }

  @Test
  void refusesUnknownOperationsTokensModesAndMembers() {
    String token = vault.paymentMethod(VISA);
    Map<String, Object> unknown = command(token);
    unknown.put("operation", "sandbox.steal");
    refused(unknown, 404, "unknown_operation");
    Map<String, Object> elsewhere = command(token);
    elsewhere.put("provider_account", "other");
    refused(elsewhere, 404, "unknown_provider");
    refused(command("pm_nothing"), 404, "no_such_token");
    Map<String, Object> foreign = command(token);
    foreign.put("account", "acct_other");
    refused(foreign, 403, "account_mismatch");
    String others =
        vault
            .call(
                "/internal/v1/test_payment_methods",
                Map.of("account", "acct_other", "livemode", false, "name", "pm_card_visa"))
            .text("id");
    refused(command(others), 404, "no_such_token");
    Map<String, Object> live = command(token);
    live.put("livemode", true);
    refused(live, 403, "mode_mismatch");
    Map<String, Object> host = command(token);
    host.put("origin", "https://evil.test");
    refused(host, 400, "invalid_request");
    Map<String, Object> traversal = command(token);
    traversal.put("operation", "sandbox.capture");
    traversal.put("path", Map.of("id", "../../x"));
    refused(traversal, 400, "invalid_request");
  }

  @Test
  void aLiveCardIsNoTestToken() {
    String live =
        vault.post("/v1/payment_methods", vault.liveKey, RunningVault.card(VISA)).text("id");
    refused(command(live), 404, "no_such_token");
  }

  @Test
  void fillsInThePathAndSendsNoBodyWhereThereIsNone() {
    Map<String, Object> lookup = command("x");
    lookup.remove("token");
    lookup.remove("body");
    lookup.put("operation", "sandbox.lookup");
    lookup.put("path", Map.of("reference", "op_9"));
    assertThat(forward(lookup).json()).containsEntry("outcome", "answered");
    var received = vault.provider.received.getFirst();
    assertThat(received.path()).isEqualTo("/sandbox/v1/operations/op_9");
    assertThat(received.body()).isEmpty();
    assertThat(received.headers()).doesNotContainKey("Idempotency-Key");
  }

  @Test
  void letsOutOnlyNamedFieldsAndNoSecretInThem() {
    String token = vault.paymentMethod(VISA);
    byte[] number = VISA.getBytes(StandardCharsets.US_ASCII);
    List<String> leaks =
        List.of(
            VISA,
            "4242-4242-4242-4242",
            "4242 4242 4242 4242",
            HexFormat.of().formatHex(number),
            HexFormat.of().withUpperCase().formatHex(number),
            Base64.getEncoder().encodeToString(number),
            Base64.getEncoder()
                .encodeToString(("a" + VISA + "zz").getBytes(StandardCharsets.US_ASCII)),
            Base64.getEncoder().encodeToString(("ab" + VISA).getBytes(StandardCharsets.US_ASCII)),
            "token=" + RunningVault.PROVIDER_KEY,
            Base64.getEncoder()
                .encodeToString(RunningVault.PROVIDER_KEY.getBytes(StandardCharsets.US_ASCII)),
            "the cvc 123 was wrong");
    for (String leak : leaks) {
      vault.provider.behave(
          e ->
              FakeProvider.answer(
                  e,
                  200,
                  Map.of(
                      "id", "auth_1", "status", "pending", "note", leak, "card", VISA, "x", "y")));
      Got got = forward(command(token));
      assertThat(got.json()).containsEntry("status", 200L);
      assertThat(got.text("body.id")).isEqualTo("auth_1");
      assertThat(got.at("body"))
          .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
          .containsOnlyKeys("id", "status", "note");
      assertThat(got.text("body.note")).as(leak).contains("[REDACTED]").isNotEqualTo(leak);
    }
  }

  @Test
  void leavesReferencesThatLookLikeACvcAlone() {
    String token = vault.paymentMethod(VISA);
    vault.provider.behave(
        e -> FakeProvider.answer(e, 200, Map.of("id", "auth_123456", "status", "pending")));
    assertThat(forward(command(token)).text("body.id")).isEqualTo("auth_123456");
  }

  @Test
  void forgetsTheCvcAfterADefiniteAnswerAndNotBefore() {
    String token = vault.paymentMethod(VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "requires_action")));
    forward(command(token));
    assertThat(vault.provider.received.getFirst().body()).contains("\"cvc\":\"123\"");
    assertThat(cvcPresent(token)).isTrue();
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "declined")));
    forward(command(token));
    assertThat(vault.provider.received.getFirst().body()).contains("\"cvc\":\"123\"");
    assertThat(cvcPresent(token)).isFalse();
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "approved")));
    forward(command(token));
    assertThat(vault.provider.received.getFirst().body()).contains(VISA).doesNotContain("cvc");
    Map<String, Object> strict = command(token);
    strict.put("operation", "sandbox.strict");
    strict.put("body", Map.of("number", "{{card.number}}", "cvc", "{{card.cvc}}"));
    vault.provider.received.clear();
    refused(strict, 409, "cvc_unavailable");
  }

  @Test
  void forgetsTheCvcWhenALookUpBringsTheDefiniteAnswer() {
    for (String end : List.of("approved", "declined")) {
      String token = vault.paymentMethod(VISA);
      vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "requires_action")));
      forward(command(token));
      forward(lookUp(token));
      assertThat(cvcPresent(token)).isTrue();
      vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", end)));
      assertThat(forward(lookUp(token)).text("body.status")).isEqualTo(end);
      assertThat(vault.provider.received.getFirst().body()).isEmpty();
      assertThat(cvcPresent(token)).isFalse();
    }
  }

  @Test
  void anAbandonedChallengeKeepsTheCvcForFifteenMinutesAtMost() {
    String token = vault.paymentMethod(VISA);
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "requires_action")));
    forward(command(token));
    vault.clock.advance(Duration.ofMinutes(15));
    assertThat(cvcPresent(token)).isFalse();
    forward(command(token));
    assertThat(vault.provider.received.getLast().body()).contains(VISA).doesNotContain("cvc");
  }

  private Map<String, Object> lookUp(String token) {
    Map<String, Object> lookUp = command(token);
    lookUp.remove("body");
    lookUp.put("operation", "sandbox.lookup");
    lookUp.put("path", Map.of("reference", "op_9"));
    return lookUp;
  }

  private boolean cvcPresent(String token) {
    return Boolean.TRUE.equals(lookup(token).at("card.cvc_present"));
  }

  private Got lookup(String token) {
    return vault.call(
        "/internal/v1/payment_methods/lookup",
        Map.of("account", vault.account, "livemode", false, "id", token));
  }

  @Test
  void theCvcIsGoneAfterFifteenMinutesAndAfterARestart() {
    String token = vault.paymentMethod(VISA);
    vault.clock.advance(Duration.ofMinutes(13));
    assertThat(cvcPresent(token)).isTrue();
    vault.clock.advance(Duration.ofMinutes(2));
    assertThat(cvcPresent(token)).isFalse();
    String second = vault.paymentMethod(VISA);
    assertThat(cvcPresent(second)).isTrue();
    vault.restart();
    assertThat(cvcPresent(second)).isFalse();
    assertThat(forward(command(second)).json()).containsEntry("outcome", "answered");
    assertThat(vault.provider.received.getFirst().body()).contains(VISA).doesNotContain("cvc");
  }

  @Test
  void anAnswerThatDoesNotComeInTimeIsNoAnswer() {
    String token = vault.paymentMethod(VISA);
    CountDownLatch release = new CountDownLatch(1);
    vault.provider.behave(e -> release.await());
    Map<String, Object> command = command(token);
    command.put("timeout_ms", 400);
    Got got = forward(command);
    release.countDown();
    assertThat(got.json()).containsEntry("outcome", "no_answer");
    assertThat(vault.provider.received).hasSize(1);
  }

  @Test
  void aCutConnectionIsNoAnswerAndIsNotTriedAgain() {
    String token = vault.paymentMethod(VISA);
    vault.provider.behave(e -> e.close());
    assertThat(forward(command(token)).json()).containsEntry("outcome", "no_answer");
    assertThat(vault.provider.received).hasSize(1);
  }

  @Test
  void garbageIsAnAnswerWithoutABody() {
    String token = vault.paymentMethod(VISA);
    vault.provider.behave(
        e -> {
          byte[] garbage = ("<html>" + VISA + "</html>").getBytes(StandardCharsets.US_ASCII);
          e.sendResponseHeaders(502, garbage.length);
          e.getResponseBody().write(garbage);
        });
    Got got = forward(command(token));
    assertThat(got.json()).containsEntry("outcome", "answered").containsEntry("status", 502L);
    assertThat(got.at("body")).isNull();
    assertThat(cvcPresent(token)).isTrue();
  }

  @Test
  void oneOperationIsNeverUnderWayTwice() throws Exception {
    String token = vault.paymentMethod(VISA);
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    vault.provider.behave(
        e -> {
          arrived.countDown();
          release.await();
          FakeProvider.answer(e, 200, Map.of("status", "approved"));
        });
    Map<String, Object> command = command(token);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> forward(command));
      arrived.await();
      Got second = forward(command);
      assertThat(second.status()).isEqualTo(409);
      assertThat(second.text("error.code")).isEqualTo("in_flight");
      release.countDown();
      assertThat(first.get().json()).containsEntry("outcome", "answered");
    }
    assertThat(vault.provider.received).hasSize(1);
    assertThat(forward(command).json()).containsEntry("outcome", "answered");
  }

  @Test
  void whatIsUnderWayFinishesWhenTheVaultStops() throws Exception {
    String token = vault.paymentMethod(VISA);
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    vault.provider.behave(
        e -> {
          arrived.countDown();
          release.await();
          FakeProvider.answer(e, 200, Map.of("status", "approved"));
        });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var forwarded = threads.submit(() -> forward(command(token)));
      arrived.await();
      var restarted = threads.submit(vault::restart);
      assertThatThrownBy(() -> restarted.get(700, TimeUnit.MILLISECONDS))
          .as("the stop waits")
          .isInstanceOf(TimeoutException.class);
      release.countDown();
      assertThat(forwarded.get().json()).containsEntry("outcome", "answered");
      restarted.get();
    }
  }

  @Test
  void aRowThatWasMovedDoesNotOpen() {
    String mine = vault.paymentMethod(VISA);
    String other = vault.paymentMethod("5555555555554444");
    vault.database.execute(
        "update card set sealed = (select sealed from card where id = '"
            + other
            + "') where id = '"
            + mine
            + "'");
    Got got = forward(command(mine));
    assertThat(got.status()).isEqualTo(500);
    assertThat(got.text("error.code")).isEqualTo("tampered");
    assertThat(vault.provider.received).isEmpty();
  }

  @Test
  void billingDetailsAreThereUntilTheyAreReleased() {
    String token =
        vault
            .post(
                "/v1/payment_methods",
                vault.secretKey,
                RunningVault.card(VISA, "billing_details[name]", "Ada", "metadata[a]", "b"))
            .text("id");
    assertThat(lookup(token).text("billing_details.name")).isEqualTo("Ada");
    assertThat(lookup(token).text("metadata.a")).isEqualTo("b");
    for (int time = 0; time < 2; time++) {
      assertThat(
              vault
                  .call(
                      "/internal/v1/payment_methods/release",
                      Map.of("account", vault.account, "livemode", false, "id", token))
                  .status())
          .isEqualTo(200);
      assertThat(lookup(token).at("billing_details")).isNull();
    }
    assertThat(vault.database.query("select details is null from card where id = '" + token + "'"))
        .isEqualTo("true");
  }

  @Test
  void mintsTestPaymentMethodsByNameAndTokensOnce() {
    Map<String, Object> call =
        new LinkedHashMap<>(
            Map.of("account", vault.account, "livemode", false, "name", "pm_card_visa"));
    Got one = vault.call("/internal/v1/test_payment_methods", call);
    Got two = vault.call("/internal/v1/test_payment_methods", call);
    assertThat(one.text("card.last4")).isEqualTo("4242");
    assertThat(one.at("card.cvc_present")).isEqualTo(true);
    assertThat(one.text("id")).isNotEqualTo(two.text("id"));
    assertThat(two.text("card.fingerprint")).isEqualTo(one.text("card.fingerprint"));
    call.put("name", "pm_card_nothing");
    assertThat(vault.call("/internal/v1/test_payment_methods", call).status()).isEqualTo(404);
    call.put("livemode", true);
    assertThat(vault.call("/internal/v1/test_payment_methods", call).status()).isEqualTo(403);
    Map<String, String> form = RunningVault.card(VISA);
    form.remove("type");
    String token = vault.post("/v1/tokens", vault.secretKey, form).text("id");
    Map<String, Object> exchange =
        Map.of("account", vault.account, "livemode", false, "token", token);
    Got made = vault.call("/internal/v1/payment_methods/from_token", exchange);
    assertThat(made.at("card.cvc_present")).isEqualTo(true);
    Got again = vault.call("/internal/v1/payment_methods/from_token", exchange);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("error.code")).isEqualTo("token_already_used");
  }

  @Test
  void aTokenIsShownToItsAccountUsedOrNot() {
    Map<String, String> form = RunningVault.card(VISA);
    form.remove("type");
    Got made = vault.post("/v1/tokens", vault.secretKey, form);
    Map<String, Object> ask =
        new LinkedHashMap<>(
            Map.of("account", vault.account, "livemode", false, "id", made.text("id")));
    Got shown = vault.call("/internal/v1/tokens/lookup", ask);
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.at("card")).isEqualTo(made.at("card"));
    assertThat(shown.at("used")).isEqualTo(false);
    vault.call(
        "/internal/v1/payment_methods/from_token",
        Map.of("account", vault.account, "livemode", false, "token", made.text("id")));
    assertThat(vault.call("/internal/v1/tokens/lookup", ask).at("used")).isEqualTo(true);
    ask.put("livemode", true);
    assertThat(vault.call("/internal/v1/tokens/lookup", ask).status()).isEqualTo(404);
    String method =
        vault.post("/v1/payment_methods", vault.secretKey, RunningVault.card(VISA)).text("id");
    ask.putAll(Map.of("livemode", false, "id", method));
    assertThat(vault.call("/internal/v1/tokens/lookup", ask).status()).isEqualTo(404);
  }
}
