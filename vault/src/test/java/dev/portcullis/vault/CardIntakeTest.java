package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.json.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cards origin, as an SDK and as a browser see it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CardIntakeTest {

  private static final int CUT_OFF = 0;
  private static final String METHODS = "/v1/payment_methods";
  private static final String TOKENS = "/v1/tokens";

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  private static Map<String, String> tokenForm(String number) {
    Map<String, String> form = card(number);
    form.remove("type");
    return form;
  }

  @Test
  void answersAPaymentMethodWithEveryField() {
    Got got =
        vault.post(
            METHODS,
            vault.secretKey,
            card(
                VISA,
                "billing_details[name]",
                "Zoë",
                "billing_details[address][postal_code]",
                "12345",
                "metadata[order]",
                "6735",
                "allow_redisplay",
                "always"),
            "Stripe-Version",
            "2020-08-27");
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.json())
        .containsOnlyKeys(
            "id",
            "object",
            "allow_redisplay",
            "billing_details",
            "card",
            "created",
            "customer",
            "customer_account",
            "livemode",
            "metadata",
            "type");
    assertThat(got.text("id")).startsWith("pm_");
    assertThat(got.text("allow_redisplay")).isEqualTo("always");
    assertThat(got.text("metadata.order")).isEqualTo("6735");
    assertThat(got.text("billing_details.name")).isEqualTo("Zoë");
    assertThat(got.text("card.checks.cvc_check")).isEqualTo("unchecked");
    assertThat(got.text("card.checks.address_postal_code_check")).isEqualTo("unchecked");
    assertThat(got.at("card.checks.address_line1_check")).isNull();
    assertThat(got.text("card.fingerprint")).matches("[0-9A-Za-z]{22}");
    assertThat(got.text("card.country")).isEqualTo("US");
    assertThat(got.header("Request-Id")).startsWith("req_");
    assertThat(got.header("Stripe-Version")).isEqualTo("2020-08-27");
    assertThat(got.header("Cache-Control")).isEqualTo("no-store");
  }

  @Test
  void answersATokenAndHidesTheFingerprintFromAPage() {
    Got got =
        vault.post(TOKENS, vault.publishableKey, tokenForm(VISA), "Origin", "https://shop.test");
    assertThat(got.status()).isEqualTo(200);
    assertThat(got.text("object")).isEqualTo("token");
    assertThat(got.text("card.object")).isEqualTo("card");
    assertThat(got.text("card.brand")).isEqualTo("Visa");
    assertThat(got.at("used")).isEqualTo(false);
    assertThat(new String(got.raw().body(), StandardCharsets.UTF_8)).doesNotContain("fingerprint");
    assertThat(got.header("Access-Control-Allow-Origin")).isEqualTo("*");
    Got secret = vault.post(TOKENS, vault.secretKey, tokenForm(VISA), "Origin", "https://s.test");
    assertThat(secret.header("Access-Control-Allow-Origin")).isEmpty();
    assertThat(secret.text("card.fingerprint")).matches("[0-9A-Za-z]{22}");
  }

  @ParameterizedTest
  @CsvSource({
    "card[number],4242424242424241,402,incorrect_number,number",
    "card[number],42424242,402,invalid_number,number",
    "card[number],4242x424242424242,402,invalid_number,number",
    "card[exp_month],13,402,invalid_expiry_month,exp_month",
    "card[exp_month],0,402,invalid_expiry_month,exp_month",
    "card[exp_month],abc,400,parameter_invalid_integer,card[exp_month]",
    "card[exp_year],1995,402,invalid_expiry_year,exp_year",
    "card[exp_year],95,402,invalid_expiry_year,exp_year",
    "card[exp_year],99999,402,invalid_expiry_year,exp_year",
    "card[cvc],99,402,invalid_cvc,cvc",
    "card[cvc],1234,402,invalid_cvc,cvc",
    "card[cvc],12a,402,invalid_cvc,cvc",
    "card[pin],1234,400,parameter_unknown,card[pin]",
    "colour,red,400,parameter_unknown,colour",
    "type,sepa_debit,400,parameter_invalid_choice,type",
    "billing_details[email],nobody,400,email_invalid,billing_details[email]",
    "allow_redisplay,maybe,400,parameter_invalid_choice,allow_redisplay",
  })
  void namesWhatIsWrong(String param, String value, int status, String code, String named) {
    Got got = vault.post(METHODS, vault.secretKey, card(VISA, param, value));
    assertThat(got.status()).as(got.json().toString()).isEqualTo(status);
    assertThat(got.text("error.code")).isEqualTo(code);
    assertThat(got.text("error.param")).isEqualTo(named);
    assertThat(got.text("error.type"))
        .isEqualTo(status == 402 ? "card_error" : "invalid_request_error");
  }

  @Test
  void aCardNumberStandsInItsPlaceAlone() {
    for (String place : List.of("billing_details[name]", "metadata[note]")) {
      Got got = vault.post(METHODS, vault.secretKey, card(VISA, place, "4242 4242 4242 4242"));
      assertThat(got.status()).isEqualTo(400);
      assertThat(got.text("error.param")).isEqualTo(place);
    }
    Got key =
        vault.post(METHODS, vault.secretKey, card(VISA), "Idempotency-Key", "4242424242424242");
    assertThat(key.status()).isEqualTo(400);
    assertThat(key.text("error.param")).isEqualTo("Idempotency-Key");
  }

  @Test
  void refusesAnExpiredCard() {
    Got got =
        vault.post(
            METHODS, vault.secretKey, card(VISA, "card[exp_month]", "1", "card[exp_year]", "2026"));
    assertThat(got.text("error.code")).isIn("invalid_expiry_month", "invalid_expiry_year");
    assertThat(got.status()).isEqualTo(402);
  }

  @Test
  void namesWhatIsMissing() {
    Map<String, String> form = card(VISA);
    form.remove("card[number]");
    Got got = vault.post(METHODS, vault.secretKey, form);
    assertThat(got.status()).isEqualTo(400);
    assertThat(got.text("error.code")).isEqualTo("parameter_missing");
    assertThat(got.text("error.param")).isEqualTo("card[number]");
  }

  @Test
  void testModeTakesTestCardsAndTheGeneratedRangeAlone() {
    String unlisted = "400000001234567";
    unlisted += Luhn.checkDigit(unlisted);
    Got refused = vault.post(METHODS, vault.secretKey, card(unlisted));
    assertThat(refused.status()).isEqualTo(402);
    assertThat(refused.text("error.decline_code")).isEqualTo("test_mode_live_card");
    String generated = "400000991234567";
    generated += Luhn.checkDigit(generated);
    assertThat(vault.post(METHODS, vault.secretKey, card(generated)).status()).isEqualTo(200);
    Got live = vault.post(METHODS, vault.liveKey, card(unlisted));
    assertThat(live.status()).isEqualTo(200);
    assertThat(live.at("livemode")).isEqualTo(true);
    assertThat(live.text("card.funding")).isEqualTo("unknown");
    assertThat(live.at("card.country")).isNull();
  }

  @Test
  void fingerprintsBelongToAnAccountAndMode() {
    String one = vault.post(METHODS, vault.secretKey, card(VISA)).text("card.fingerprint");
    String again =
        vault
            .post(METHODS, vault.secretKey, card("4242 4242 4242 4242", "card[exp_month]", "11"))
            .text("card.fingerprint");
    String live = vault.post(METHODS, vault.liveKey, card(VISA)).text("card.fingerprint");
    assertThat(again).isEqualTo(one);
    assertThat(live).isNotEqualTo(one);
  }

  @Test
  void repeatsTheAnswerForAnIdempotencyKeyWhateverTheCvc() {
    Got first = vault.post(METHODS, vault.secretKey, card(VISA), "Idempotency-Key", "k1");
    Got again =
        vault.post(
            METHODS, vault.secretKey, card(VISA, "card[cvc]", "999"), "Idempotency-Key", "k1");
    assertThat(again.raw().body()).isEqualTo(first.raw().body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(first.header("Idempotent-Replayed")).isEmpty();
    Map<String, String> none = card("4242-4242-4242-4242");
    none.remove("card[cvc]");
    assertThat(vault.post(METHODS, vault.secretKey, none, "Idempotency-Key", "k1").raw().body())
        .isEqualTo(first.raw().body());
  }

  @Test
  void refusesAnIdempotencyKeyWithAnotherRequest() {
    vault.post(METHODS, vault.secretKey, card(VISA), "Idempotency-Key", "k2");
    List<Got> others =
        List.of(
            vault.post(METHODS, vault.secretKey, card("5555555555554444"), "Idempotency-Key", "k2"),
            vault.post(
                METHODS,
                vault.secretKey,
                card(VISA, "card[exp_month]", "10"),
                "Idempotency-Key",
                "k2"),
            vault.post(TOKENS, vault.secretKey, tokenForm(VISA), "Idempotency-Key", "k2"));
    assertThat(others)
        .allSatisfy(
            got -> {
              assertThat(got.status()).isEqualTo(400);
              assertThat(got.text("error.type")).isEqualTo("idempotency_error");
            });
    assertThat(vault.post(METHODS, vault.liveKey, card(VISA), "Idempotency-Key", "k2").status())
        .isEqualTo(200);
    // No page can take a server's key, nor be told what the server was.
    Got page = vault.post(METHODS, vault.publishableKey, card(VISA), "Idempotency-Key", "k2");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Idempotent-Replayed")).isEmpty();
    assertThat(
            vault
                .post(METHODS, vault.publishableKey, card(VISA), "Idempotency-Key", "k2")
                .header("Idempotent-Replayed"))
        .isEqualTo("true");
  }

  @Test
  void repeatsARefusalOfTheCardAndNotOneOfAParameter() {
    Map<String, String> mistyped = card("4242424242424241");
    Got first = vault.post(METHODS, vault.secretKey, mistyped, "Idempotency-Key", "k3");
    Got again = vault.post(METHODS, vault.secretKey, mistyped, "Idempotency-Key", "k3");
    assertThat(again.status()).isEqualTo(402);
    assertThat(again.raw().body()).isEqualTo(first.raw().body());
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    vault.post(METHODS, vault.secretKey, card(VISA, "colour", "red"), "Idempotency-Key", "k4");
    assertThat(vault.post(METHODS, vault.secretKey, card(VISA), "Idempotency-Key", "k4").status())
        .isEqualTo(200);
  }

  @Test
  void oneIdempotencyKeyMakesOneCardHoweverManyComeAtOnce() throws Exception {
    long before = Long.parseLong(vault.database.query("select count(*) from card"));
    List<Got> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Got>> calls =
          IntStream.range(0, 24)
              .<Callable<Got>>mapToObj(
                  n ->
                      () ->
                          vault.post(METHODS, vault.secretKey, card(VISA), "Idempotency-Key", "k5"))
              .toList();
      for (Future<Got> future : threads.invokeAll(calls)) {
        all.add(future.get());
      }
    }
    assertThat(all).allMatch(got -> got.status() == 200 || got.status() == 409);
    assertThat(
            all.stream().filter(got -> got.status() == 200).map(got -> got.text("id")).distinct())
        .hasSize(1);
    assertThat(all.stream().filter(got -> got.status() == 409))
        .allMatch(got -> got.text("error.code").equals("idempotency_key_in_use"));
    assertThat(vault.database.query("select count(*) from card")).isEqualTo("" + (before + 1));
  }

  /** Whatever fails on the way to the answer, a token is used up only with its payment method. */
  @Test
  void aTokenIsNotSpentByARequestThatFails() {
    String token = vault.post(TOKENS, vault.secretKey, tokenForm(VISA)).text("id");
    Map<String, String> form = Map.of("type", "card", "card[token]", token);
    vault.database.execute(
        "create function fail_here() returns trigger language plpgsql as $$ begin"
            + " if new.key like '%dies' then raise exception 'died'; end if; return new; end $$");
    vault.database.execute(
        "create trigger fail_here before insert on idempotency for each row"
            + " execute function fail_here()");
    try {
      assertThat(vault.post(METHODS, vault.secretKey, form, "Idempotency-Key", "dies").status())
          .isEqualTo(503);
    } finally {
      vault.database.execute("drop trigger fail_here on idempotency");
      vault.database.execute("drop function fail_here()");
    }
    assertThat(vault.database.query("select used_by is null from card where id = '" + token + "'"))
        .isEqualTo("true");
    Got made = vault.post(METHODS, vault.secretKey, form, "Idempotency-Key", "dies");
    assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
    Got again = vault.post(METHODS, vault.secretKey, form, "Idempotency-Key", "dies");
    assertThat(again.text("id")).isEqualTo(made.text("id"));
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    Got other = vault.post(METHODS, vault.secretKey, form, "Idempotency-Key", "other");
    assertThat(other.text("error.code")).isEqualTo("token_already_used");
    assertThat(
            vault.database.query(
                "select count(*) from card where id ="
                    + " (select used_by from card where id = '"
                    + token
                    + "')"))
        .isEqualTo("1");
  }

  @Test
  void makesAPaymentMethodOfATokenOnce() {
    String token = vault.post(TOKENS, vault.publishableKey, tokenForm(VISA)).text("id");
    Map<String, String> form = new LinkedHashMap<>(Map.of("type", "card", "card[token]", token));
    Got made = vault.post(METHODS, vault.secretKey, form, "Idempotency-Key", "t1");
    assertThat(made.text("card.last4")).isEqualTo("4242");
    assertThat(vault.post(METHODS, vault.secretKey, form, "Idempotency-Key", "t1").raw().body())
        .isEqualTo(made.raw().body());
    Got second = vault.post(METHODS, vault.secretKey, form);
    assertThat(second.status()).isEqualTo(400);
    assertThat(second.text("error.code")).isEqualTo("token_already_used");
    form.put("card[token]", "tok_amex");
    assertThat(vault.post(METHODS, vault.secretKey, form).text("card.brand")).isEqualTo("amex");
    form.put("card[token]", "tok_nothing");
    assertThat(vault.post(METHODS, vault.secretKey, form).status()).isEqualTo(404);
  }

  @Test
  void asksForAKeyBeforeAnythingElse() {
    Got none = vault.post(METHODS, null, Map.of("colour", "red"));
    assertThat(none.status()).isEqualTo(401);
    assertThat(none.header("WWW-Authenticate")).startsWith("Basic");
    Got wrong =
        vault.post(
            METHODS,
            null,
            card(VISA),
            "Authorization",
            "Bearer " + vault.secretKey.text().replace("sk_test_", "sk_test_a"));
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.text("error.message"))
        .doesNotContain(vault.secretKey.text().substring(12, 30));
  }

  @Test
  void aRevocationHoldsAtOnceAndAnOldVersionDoesNotUndoIt() {
    var key =
        dev.portcullis.wire.key.ApiKey.generate(
            dev.portcullis.wire.key.KeyKind.SECRET, false, new java.security.SecureRandom());
    vault.push("key_r", 1, key, false);
    assertThat(vault.post(METHODS, key, card(VISA)).status()).isEqualTo(200);
    vault.push("key_r", 3, key, true);
    assertThat(vault.post(METHODS, key, card(VISA)).status()).isEqualTo(401);
    Got old = vault.push("key_r", 2, key, false);
    assertThat(old.text("applied")).contains("version=3", "taken=false", "revoked=true");
    // As new as what stands, and something else: after a restore versions are given twice.
    assertThat(vault.push("key_r", 3, key, false).text("applied")).contains("taken=false");
    assertThat(vault.push("key_r", 3, key, true).text("applied")).contains("taken=true");
    // Nor does a later word of a gateway that has forgotten it.
    assertThat(vault.push("key_r", 4, key, false).text("applied")).contains("revoked=true");
    assertThat(vault.post(METHODS, key, card(VISA)).status()).isEqualTo(401);
  }

  /** What is read by its first value here could be read by its last elsewhere. */
  @ParameterizedTest
  @ValueSource(strings = {"Stripe-Account", "Stripe-Context", "Stripe-Version", "Idempotency-Key"})
  void aHeaderThatStandsOnceIsRefusedTwice(String header) {
    Got twice =
        vault.post(METHODS, vault.secretKey, card(VISA), header, "acct_a", header, "acct_b");
    assertThat(twice.status()).isEqualTo(400);
    assertThat(twice.text("error.message"))
        .isEqualTo("The header " + header + " is given more than once.");
  }

  @Test
  void takesJsonAndRefusesWhatIsNeither() {
    byte[] json =
        Json.write(
            Map.of(
                "type",
                "card",
                "card",
                Map.of("number", VISA, "exp_month", 12, "exp_year", 2034, "cvc", "123")));
    assertThat(
            vault
                .postRaw(METHODS, vault.secretKey, json, "Content-Type", "application/json")
                .status())
        .isEqualTo(200);
    assertThat(vault.postRaw(METHODS, vault.secretKey, json, "Content-Type", "text/plain").status())
        .isEqualTo(415);
    byte[] deep =
        ("{\"card\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")
            .getBytes(StandardCharsets.US_ASCII);
    assertThat(
            vault
                .postRaw(METHODS, vault.secretKey, deep, "Content-Type", "application/json")
                .status())
        .isEqualTo(400);
    assertThat(
            vault
                .postRaw(
                    METHODS,
                    vault.secretKey,
                    new byte[] {'a', '=', (byte) 0xff},
                    "Content-Type",
                    "application/x-www-form-urlencoded")
                .status())
        .isEqualTo(400);
  }

  @Test
  void refusesABodyOfAHundredMegabytes() throws Exception {
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) 'a');
    var publisher =
        HttpRequest.BodyPublishers.ofByteArrays(java.util.Collections.nCopies(100, chunk));
    var request =
        HttpRequest.newBuilder(vault.cards(METHODS))
            .header("Authorization", "Bearer " + vault.secretKey.text())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(publisher)
            .build();
    Got got =
        RunningVault.send(
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), request);
    assertThat(got.status()).isEqualTo(413);
    assertThat(got.text("error.type")).isEqualTo("invalid_request_error");
    assertThat(wholeBody()).isIn(413, CUT_OFF);
    assertThat(vault.post(METHODS, vault.secretKey, card(VISA)).status()).isEqualTo(200);
  }

  /** Who sends on and on may lose the answer to the end of the connection that comes behind it. */
  private int wholeBody() {
    try {
      return vault.postRaw(METHODS, vault.secretKey, new byte[100 << 20]).status();
    } catch (java.io.UncheckedIOException _) {
      return CUT_OFF;
    }
  }

  @Test
  void answersInJsonWhereThereIsNothing() {
    assertThat(vault.post("/v1/charges", vault.secretKey, Map.of()).status()).isEqualTo(404);
    assertThat(vault.get(vault.cards("/v1/payment_methods")).status()).isEqualTo(401);
  }
}
