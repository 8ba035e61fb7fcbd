package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.kit.Money;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a test may do with each provider, and what of it outlives a restart. */
class ControlTest {
  @TempDir private Path directory;

  @Test
  void theClockGoesForwardAndStaysThere() throws IOException {
    String refund = Rig.reference();
    try (Rig rig = new Rig(directory)) {
      String paid =
          rig.client
              .authorize(Client.authorization(Rig.reference(), "4000000000007726"))
              .text("id");
      rig.client.refund(paid, refund, 500);
      assertThat(rig.client.lookup(refund).get("status")).isEqualTo("pending");
      assertThat(advance(rig, 86_400L).status()).isEqualTo(200);
      assertThat(rig.client.lookup(refund).get("status")).isEqualTo("approved");
      assertThat(advance(rig, 0L).status()).isEqualTo(400);
      assertThat(advance(rig, 999_999_999L).status()).isEqualTo(400);
    }
    try (Rig rig = new Rig(directory)) {
      String later = Rig.reference();
      rig.client.authorize(Client.authorization(later, "4242424242424242"));
      long since = rig.now().plus(Duration.ofDays(1)).getEpochSecond();
      String path = "/sandbox/v1/operations/since/" + since + "/after/0";
      Client.Reply page = rig.client.send(rig.client.toProvider(path).GET().build());
      assertThat(page.list("operations")).hasSize(1);
    }
  }

  private static Client.Reply advance(Rig rig, long seconds) throws IOException {
    return rig.client.control("POST", "/control/clock", Map.of("advance_seconds", seconds));
  }

  @Test
  void eachProviderHasFaultsAndBooksOfItsOwn() throws IOException {
    try (Rig rig = new Rig(directory)) {
      rig.client.control(
          "PUT",
          "/control/faults?provider=adyen",
          Map.of("seed", 1L, "rates", Map.of("error_before", 1L)));
      assertThat(pay(rig, "adyen", "4242424242424242")).isInstanceOf(ProviderResult.Unknown.class);
      assertThat(pay(rig, "stripe", "4242424242424242"))
          .isInstanceOf(ProviderResult.Approved.class);
      rig.client.control("DELETE", "/control/faults?provider=adyen", null);
      assertThat(pay(rig, "adyen", "4242424242424242")).isInstanceOf(ProviderResult.Approved.class);
      for (String provider : List.of("adyen", "stripe")) {
        List<?> entries = ledger(rig, provider);
        assertThat(entries).as(provider).hasSize(1);
        Map<?, ?> entry = (Map<?, ?>) Objects.requireNonNull(entries.getFirst());
        assertThat(entry.get("kind")).isEqualTo("authorization");
        assertThat(entry.get("amount")).isEqualTo(1_999L);
        assertThat(entry.get("captured")).isEqualTo(1_999L);
        assertThat(entry.get("last4")).isEqualTo("4242");
        assertThat(entry.get("merchant_reference")).asString().startsWith("op_test");
      }
      assertThat(ledger(rig, "sandbox")).isEmpty();
      assertThat(rig.client.control("GET", "/control/ledger?provider=none", null).status())
          .isEqualTo(400);
      String metrics =
          rig.client
              .send(rig.client.toShopper(rig.simulator.managementUrl() + "/metrics").GET().build())
              .html();
      assertThat(metrics)
          .contains(
              "portcullis_simulator_faults_total{provider=\"adyen\",fault=\"error_before\"} 1",
              "portcullis_simulator_requests_total"
                  + "{provider=\"stripe\",operation=\"authorize\",status=\"200\"} 1");
    }
  }

  private static List<?> ledger(Rig rig, String provider) throws IOException {
    return rig.client.control("GET", "/control/ledger?provider=" + provider, null).list("entries");
  }

  private static ProviderResult pay(Rig rig, String provider, String number) throws IOException {
    return new Connected(rig, provider).card(number).run(ConnectedContract.authorize(true));
  }

  @Test
  void aLateNotificationFollowsTheClock() throws IOException {
    try (Rig rig = new Rig(directory);
        Receiver receiver = new Receiver()) {
      rig.notify(
          "stripe",
          Map.of("url", receiver.url(), "secret", "whsec_1", "late", 1L, "delay_ms", 60_000L));
      pay(rig, "stripe", "4242424242424242");
      Client.Reply state = rig.client.control("GET", notifications("stripe"), null);
      assertThat(state.get("waiting")).isEqualTo(2L);
      assertThat(receiver.received()).isEmpty();
      advance(rig, 61);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(rig.client.control("GET", notifications("stripe"), null).body())
                      .isEqualTo(Map.of("waiting", 0L, "taken", 2L, "lost", 0L)));
      assertThat(receiver.with("payment_intent.succeeded")).hasSize(1);
    }
  }

  private static String notifications(String provider) {
    return "/control/notifications?provider=" + provider;
  }

  @Test
  void nobodyElsewhereIsNotified() throws IOException {
    try (Rig rig = new Rig(directory)) {
      for (String url :
          List.of("https://192.0.2.7/", "http://10.0.0.1:8080/", "file:///tmp/x", "localhost")) {
        Map<String, Object> plan = Map.of("url", url, "secret", "s");
        assertThat(rig.client.control("PUT", notifications("stripe"), plan).errorCode())
            .as(url)
            .isEqualTo("invalid_parameter");
      }
      Map<String, Object> here = Map.of("url", "http://localhost:1/", "secret", "s");
      assertThat(rig.client.control("PUT", notifications("sandbox"), here).status()).isEqualTo(400);
      assertThat(rig.client.control("PUT", notifications("stripe"), here).status()).isEqualTo(200);
    }
  }

  @Test
  void aChallengeEndsByItselfButNotInTheSandbox() throws IOException {
    try (Rig rig = new Rig(directory)) {
      String waiting = Rig.reference();
      rig.client.authorize(Client.authorization(waiting, "4000002760003184"));
      ProviderOperation.Authorize pay = ConnectedContract.authorize(true);
      Connected stripe = new Connected(rig, "stripe").card("4000002760003184");
      ProviderResult.RequiresAction asked = (ProviderResult.RequiresAction) stripe.run(pay);
      advance(rig, 86_399);
      assertThat(stripe.run(lookup(pay, asked.providerReference())))
          .isInstanceOf(ProviderResult.RequiresAction.class);
      advance(rig, 1);
      assertThat(stripe.run(lookup(pay, asked.providerReference())))
          .isInstanceOfSatisfying(
              ProviderResult.Declined.class,
              declined -> assertThat(declined.code()).isEqualTo(DeclineCode.AUTHENTICATION_FAILED));
      rig.client.challenge(asked.redirectUrl(), true);
      assertThat(stripe.run(lookup(pay, asked.providerReference())))
          .isInstanceOf(ProviderResult.Declined.class);
      assertThat(rig.client.lookup(waiting).get("status")).isEqualTo("requires_action");
    }
  }

  private static ProviderOperation lookup(
      ProviderOperation.Authorize pay, @Nullable String reference) {
    return new ProviderOperation.Lookup(
        pay.id(), OperationKind.AUTHORIZE, pay.amount(), reference, null);
  }

  @Test
  void oneAmountIsSettledInParts() throws IOException {
    try (Rig rig = new Rig(directory)) {
      Connected stripe = new Connected(rig, "stripe");
      ProviderOperation.Capture capture = held(stripe, 7_701);
      assertThat(stripe.run(capture)).isInstanceOf(ProviderResult.Unknown.class);
      assertThat(received(stripe)).isEqualTo(4_000L);
      advance(rig, 3_600);
      assertThat(
              stripe.run(
                  new ProviderOperation.Lookup(
                      capture.id(),
                      OperationKind.CAPTURE,
                      capture.amount(),
                      null,
                      capture.providerReference())))
          .isInstanceOf(ProviderResult.Approved.class);
      assertThat(received(stripe)).isEqualTo(7_701L);
      Connected paypal = new Connected(rig, "paypal");
      assertThat(paypal.run(held(paypal, 7_701))).isInstanceOf(ProviderResult.Pending.class);
    }
  }

  @Test
  void oneAmountFallsShort() throws IOException {
    try (Rig rig = new Rig(directory)) {
      Connected stripe = new Connected(rig, "stripe");
      ProviderOperation.Capture capture = held(stripe, 7_702);
      assertThat(stripe.run(capture)).isInstanceOf(ProviderResult.Unknown.class);
      assertThat(received(stripe)).isEqualTo(6_932L);
      Map<?, ?> entry = (Map<?, ?>) Objects.requireNonNull(ledger(rig, "stripe").getFirst());
      assertThat(entry.get("amount")).isEqualTo(7_702L);
      assertThat(entry.get("captured")).isEqualTo(6_932L);
      Connected paypal = new Connected(rig, "paypal");
      assertThat(paypal.run(held(paypal, 7_702))).isInstanceOf(ProviderResult.Unknown.class);
      assertThat(Objects.requireNonNull(paypal.last).body().get("amount"))
          .isEqualTo(Map.of("currency_code", "USD", "value", "69.32"));
    }
  }

  private static ProviderOperation.Capture held(Connected connected, long amount)
      throws IOException {
    Money money = Money.of(amount, "usd");
    ProviderResult held =
        connected.run(
            new ProviderOperation.Authorize(
                Rig.reference(),
                money,
                false,
                CardUse.ONCE,
                Shopper.UNKNOWN,
                Challenge.ifNeeded("https://shop.example/")));
    String reference = Objects.requireNonNull(ConnectedContract.reference(held));
    return new ProviderOperation.Capture(Rig.reference(), reference, money);
  }

  private static @Nullable Object received(Connected stripe) {
    return Objects.requireNonNull(stripe.last).get("amount_received");
  }

  @Test
  void whatWasAnsweredIsAnsweredAgainAfterARestart() throws IOException {
    Map<String, ProviderOperation.Authorize> paid = new LinkedHashMap<>();
    Map<String, ProviderResult> answers = new LinkedHashMap<>();
    try (Rig rig = new Rig(directory)) {
      for (String provider : List.of("stripe", "adyen", "paypal", "checkoutcom")) {
        ProviderOperation.Authorize pay = ConnectedContract.authorize(true);
        ProviderResult first = new Connected(rig, provider).run(pay);
        assertThat(first).isInstanceOf(ProviderResult.Approved.class);
        paid.put(provider, pay);
        answers.put(provider, first);
      }
    }
    try (Rig rig = new Rig(directory)) {
      for (Map.Entry<String, ProviderOperation.Authorize> each : paid.entrySet()) {
        ProviderResult first = Objects.requireNonNull(answers.get(each.getKey()));
        Connected connected = new Connected(rig, each.getKey());
        ProviderResult again = connected.run(each.getValue());
        if (each.getKey().equals("paypal")) {
          // The order is another one, of an invoice that is paid: nothing is charged, and it is
          // asked.
          assertThat(again).isInstanceOf(ProviderResult.Pending.class);
        } else {
          assertThat(again).isEqualTo(first);
        }
        assertThat(ledger(rig, each.getKey())).hasSize(1);
        String reference = Objects.requireNonNull(ConnectedContract.reference(first));
        assertThat(connected.run(ConnectedContract.refund(reference, 500)))
            .isInstanceOfAny(ProviderResult.Approved.class, ProviderResult.Pending.class);
      }
    }
  }

  @Test
  void noBooksHoldACard() throws IOException {
    try (Rig rig = new Rig(directory)) {
      for (String provider :
          List.of("stripe", "adyen", "paypal", "checkoutcom", "braintree", "authorizenet")) {
        for (String number : List.of("4242424242424242", "4000000000000002", "4000002760003184")) {
          new Connected(rig, provider)
              .cvc("857")
              .card(number)
              .run(ConnectedContract.authorize(true));
        }
      }
      // One that waits for its confirmation.
      String form =
          "amount=500&currency=usd&payment_method_data[type]=card"
              + "&payment_method_data[card][number]=4242424242424242"
              + "&payment_method_data[card][exp_month]=12&payment_method_data[card][exp_year]=2034"
              + "&payment_method_data[card][cvc]=857";
      Client.Reply made =
          rig.client.send(
              HttpRequest.newBuilder(
                      URI.create(rig.simulator.providerUrl() + "/v1/payment_intents"))
                  .header("Authorization", "Bearer " + Client.PROVIDER_KEY)
                  .header("Idempotency-Key", Rig.reference())
                  .POST(BodyPublishers.ofString(form))
                  .build());
      assertThat(made.text("status")).isEqualTo("requires_confirmation");
    }
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> ledgers = files.filter(file -> file.toString().endsWith("ledger.jsonl")).toList();
      assertThat(ledgers).hasSizeGreaterThanOrEqualTo(7);
      for (Path file : ledgers) {
        assertThat(Files.readString(file, StandardCharsets.UTF_8))
            .doesNotContain("42424242", "4000000000000002", "4000002760003184", "\"857\"", "=857");
      }
    }
  }
}
