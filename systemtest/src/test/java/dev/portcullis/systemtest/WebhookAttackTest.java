package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * The published attacks, run by the command that everybody can run, against our own addresses for
 * providers' notifications, with a real gateway and a real vault behind them.
 */
@Order(42)
class WebhookAttackTest {

  private static final boolean LONG = Boolean.getBoolean("portcullis.long");
  private static final String PAYPALS_WEBHOOK = "8PT597110X687430LKGECATA";

  /**
   * A connector that takes notifications in.
   *
   * @param scheme as the attacks name it
   * @param suffix what its signing secret's name ends with; empty where it has none
   */
  private record Receiver(String connector, String scheme, String suffix, String secret) {}

  /** Each in a way of its own; the others sign the body in a header, or a form, and take longer. */
  private static final List<Receiver> SOME =
      List.of(
          new Receiver(
              "stripe", "stripe", "-webhook", "whsec_ZmFrZSBzZWNyZXQgb2YgYSBwcm92aWRlcg=="),
          new Receiver("adyen", "adyen", "-webhook", "0f1e2d3c4b5a69788796a5b4c3d2e1f0".repeat(2)),
          new Receiver("paypal", "paypal", "", ""));

  private static final List<Receiver> MORE =
      List.of(
          new Receiver("checkoutcom", "checkout", "-webhook", "a-signing-key-of-the-workflow"),
          new Receiver(
              "authorizenet",
              "authorizenet",
              "-signature",
              "0F1E2D3C4B5A69788796A5B4C3D2E1F0".repeat(4)),
          new Receiver("braintree", "braintree", "-private", "a-private-key-of-the-account"));

  private static Portcullis portcullis;
  private static Map<String, String> addresses;

  @BeforeAll
  static void connect() throws Exception {
    portcullis = Portcullis.start();
    Map<String, Map<String, String>> secrets = new LinkedHashMap<>();
    for (Receiver each : receivers()) {
      secrets.put(
          each.connector(),
          each.suffix().isEmpty() ? Map.of() : Map.of(each.suffix(), each.secret()));
    }
    addresses = PretendedProviders.receiving(portcullis, secrets);
  }

  private static List<Receiver> receivers() {
    return LONG ? Stream.concat(SOME.stream(), MORE.stream()).toList() : SOME;
  }

  @AfterAll
  static void stop() {
    portcullis.close();
  }

  private static JsonObject attack(Receiver receiver, String url) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("webhook-attack", url, "--scheme", receiver.scheme(), "--strict", "--json"));
    String secret = receiver.secret();
    if (receiver.connector().equals("paypal")) {
      // The sandbox's simulator signs as PayPal does, and serves the certificate.
      secret = Files.readString(portcullis.home().resolve("simulator/tls/notifications.key"));
      String provider = "https://localhost:" + (portcullis.port() + 4);
      arguments.addAll(
          List.of(
              "--set",
              "cert_url=" + provider + "/v1/notifications/certs/CERT-simulator",
              "--set",
              "webhook_id=" + PAYPALS_WEBHOOK));
    }
    CommandResult run =
        Portcullis.launch(
            Duration.ofMinutes(2), Map.of("PORTCULLIS_WEBHOOK_SECRET", secret), arguments);
    assertThat(run.out()).as(run.err()).startsWith("{");
    JsonObject report = JsonParser.parseString(run.out()).getAsJsonObject();
    assertThat(run.exitCode()).isEqualTo(report.get("wrong").getAsInt() == 0 ? 0 : 1);
    return report;
  }

  private static Map<String, String> wrong(JsonObject report) {
    Map<String, String> wrong = new LinkedHashMap<>();
    for (JsonElement each : report.getAsJsonArray("attacks")) {
      JsonObject attack = each.getAsJsonObject();
      if (!attack.get("ok").getAsBoolean()) {
        wrong.put(attack.get("name").getAsString(), attack.get("got").getAsString());
      }
    }
    return wrong;
  }

  private String address(String connector) {
    return Objects.requireNonNull(addresses.get(connector), connector);
  }

  @Test
  void eachIsJudgedRightlyAndAllRefusalsLookTheSame() throws Exception {
    for (Receiver receiver : receivers()) {
      String url = address(receiver.connector());
      JsonObject report = attack(receiver, url);
      assertThat(wrong(report)).as(receiver.scheme()).isEmpty();
      assertThat(report.get("refusals_look_alike").getAsBoolean()).as(receiver.scheme()).isTrue();
      assertThat(report.getAsJsonArray("attacks")).as(receiver.scheme()).hasSizeGreaterThan(25);
    }
  }

  /**
   * An address that is nobody's, and one that is another provider's, answer like a wrong secret.
   */
  @Test
  void aGenuineOneAtAnotherAddressIsRefusedLikeAnyOther() throws Exception {
    String stripe = address("stripe");
    List<String> others = new ArrayList<>();
    others.add(stripe.replace("/test/", "/live/"));
    others.add(stripe.replace("stripe_shop", "stripe_other"));
    others.add(stripe.replaceFirst("acct_[0-9A-Za-z]+", "acct_0000000000000000000000"));
    others.add(address("adyen"));
    List<String> refusals = new ArrayList<>();
    for (String other : others) {
      JsonObject report = attack(SOME.getFirst(), other);
      assertThat(wrong(report).keySet())
          .as(other)
          .containsExactlyInAnyOrder(
              "signed",
              "sent-twice",
              "signed-a-minute-ago",
              "clock-a-minute-ahead",
              "secret-being-rolled",
              "unknown-scheme-beside",
              "unicode-body",
              "line-end-body");
      assertThat(report.get("refusals_look_alike").getAsBoolean()).as(other).isTrue();
      refusals.add(refusal(other));
    }
    refusals.add(refusal(stripe));
    assertThat(refusals).allMatch(refusals.getFirst()::equals);
  }

  private static String refusal(String url) throws Exception {
    Http.Answer answer =
        Http.send(
            Http.request(url)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    Map<String, List<String>> headers = new TreeMap<>(answer.headers().map());
    headers.keySet().removeAll(List.of("date", "request-id"));
    return answer.status() + " " + headers + " " + answer.body();
  }
}
