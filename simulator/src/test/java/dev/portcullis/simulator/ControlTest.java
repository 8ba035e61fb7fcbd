package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(
      strings = {"https://192.0.2.7/", "http://10.0.0.1:8080/", "file:///tmp/x", "localhost"})
  void nobodyElsewhereIsNotified(String url) throws IOException {
    try (Rig rig = new Rig(directory)) {
      Map<String, Object> plan = Map.of("url", url, "secret", "s");
      assertThat(rig.client.control("PUT", notifications("stripe"), plan).errorCode())
          .isEqualTo("invalid_parameter");
      Map<String, Object> here = Map.of("url", "http://localhost:1/", "secret", "s");
      assertThat(rig.client.control("PUT", notifications("sandbox"), here).status()).isEqualTo(400);
      assertThat(rig.client.control("PUT", notifications("stripe"), here).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stripe", "adyen", "paypal", "checkoutcom"})
  void whatWasAnsweredIsAnsweredAgainAfterARestart(String provider) throws IOException {
    ProviderOperation.Authorize pay = ConnectedContract.authorize(true);
    ProviderResult first;
    try (Rig rig = new Rig(directory)) {
      first = new Connected(rig, provider).run(pay);
      assertThat(first).isInstanceOf(ProviderResult.Approved.class);
    }
    try (Rig rig = new Rig(directory)) {
      assertThat(new Connected(rig, provider).run(pay)).isEqualTo(first);
      assertThat(ledger(rig, provider)).hasSize(1);
      String reference = Objects.requireNonNull(ConnectedContract.reference(first));
      assertThat(new Connected(rig, provider).run(ConnectedContract.refund(reference, 500)))
          .isInstanceOfAny(ProviderResult.Approved.class, ProviderResult.Pending.class);
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
