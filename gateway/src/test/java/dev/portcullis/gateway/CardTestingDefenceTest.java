package dev.portcullis.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attempts that never reach a provider: for what others did before, or because a list says so. */
class CardTestingDefenceTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final Principal LIVE =
      new Principal("acct_first", true, "key_unknown", KeyKind.SECRET);
  private static final int TESTED = 7_701;
  private static final int HONEST = 7_702;

  private static Answer send(ApiKey key, HttpRequest.Builder request) {
    return GATEWAY.send(request.setHeader("Authorization", "Bearer " + key.text()));
  }

  private static Answer pay(ApiKey key, long amount, String card, String... more) {
    String[] form =
        new String[] {
          "amount",
          Long.toString(amount),
          "currency",
          "usd",
          "confirm",
          "true",
          "payment_method",
          card
        };
    String[] all = java.util.Arrays.copyOf(form, form.length + more.length);
    System.arraycopy(more, 0, all, form.length, more.length);
    return send(key, GATEWAY.form("/v1/payment_intents", all));
  }

  private static Map<?, ?> outcome(ApiKey key, Answer refused) {
    assertThat(refused.status()).as(refused.text()).isEqualTo(402);
    String charge = String.valueOf(refused.error().get("charge"));
    Answer shown = send(key, GATEWAY.request("/v1/charges/" + charge));
    return (Map<?, ?>) requireNonNull(shown.body().get("outcome"));
  }

  private static boolean isBlocked(Answer answer) {
    return "fraudulent".equals(answer.error().get("decline_code"));
  }

  /** What is tried on one key's mode says nothing of the other's; a live one needs a provider. */
  @BeforeAll
  static void connect() throws SQLException {
    GATEWAY.database.execute(
        "INSERT INTO provider_accounts SELECT id, true, 'sandbox', 'sandbox', 1, false, 0, 0, 0, 0,"
            + " now(), 'test' FROM accounts WHERE id = 'acct_first' ON CONFLICT DO NOTHING");
  }

  @Test
  void stolen_cards_are_stopped_and_the_merchant_is_told() {
    GATEWAY.provider.decide(TESTED, "generic_decline");
    assertThat(pay(GATEWAY.liveKey, HONEST, regular()).string("status")).isEqualTo("succeeded");

    Answer last = null;
    for (int n = 0; n < 1_000 && (last == null || !isBlocked(last)); n++) {
      String stolen = GATEWAY.vault.card(LIVE, "fp_stolen_" + n, "4" + (10_000 + n));
      last = pay(GATEWAY.liveKey, TESTED, stolen);
    }
    Answer blocked = requireNonNull(last);
    assertThat(GATEWAY.provider.entries("sandbox.authorize", TESTED))
        .as("declines that the provider saw")
        .hasSizeBetween(16, 50);
    Map<?, ?> outcome = outcome(GATEWAY.liveKey, blocked);
    assertThat(outcome.get("type")).isEqualTo("blocked");
    assertThat(outcome.get("network_status")).isEqualTo("not_sent_to_network");
    assertThat(outcome.get("risk_level")).isEqualTo("highest");
    Map<?, ?> intent = (Map<?, ?>) requireNonNull(blocked.error().get("payment_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_payment_method");
    assertThat(intent.get("last_payment_error")).isNotNull();

    // A card that the shop knows pays on, the same amount or another.
    assertThat(pay(GATEWAY.liveKey, HONEST, regular()).string("status")).isEqualTo("succeeded");
    Map<?, ?> data = (Map<?, ?>) requireNonNull(detected().get("data"));
    Map<?, ?> alert = (Map<?, ?>) requireNonNull(data.get("object"));
    assertThat(alert.get("scope")).isEqualTo(Map.of("kind", "amount", "value", "usd medium"));
    assertThat(alert.get("status")).isEqualTo("active");
  }

  /**
   * A verification tells as much of a stolen card as a payment does: seeded, nine in ten declined.
   */
  @Test
  void stolen_cards_that_are_attached_are_stopped_too() {
    Principal owner = new Principal("acct_second", false, "key_unknown", KeyKind.SECRET);
    Random random = new Random(20_261_126);
    int before = GATEWAY.provider.entries("sandbox.authorize", 0).size();
    try {
      Answer last = null;
      for (int n = 0;
          n < 1_000 && (last == null || last.status() == 200 || !isBlocked(last));
          n++) {
        GATEWAY.provider.decide(0, random.nextInt(10) == 0 ? "approved" : "generic_decline");
        String stolen = GATEWAY.vault.card(owner, "fp_attached_" + n, "4" + (20_000 + n));
        last = attachToNew(stolen);
      }
      assertThat(isBlocked(requireNonNull(last))).isTrue();
      assertThat(last.status()).isEqualTo(402);
    } finally {
      GATEWAY.provider.decide(0, "approved");
    }
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 0).size() - before)
        .as("verifications that the provider saw")
        .isBetween(48, 150);
    String one = send(GATEWAY.otherKey, GATEWAY.form("/v1/customers")).string("id");
    Answer attached =
        send(
            GATEWAY.otherKey,
            GATEWAY.form(
                "/v1/payment_methods/"
                    + GATEWAY.vault.card(owner, "fp_attached_later", "433333")
                    + "/attach",
                "customer",
                one));
    assertThat(attached.status()).isEqualTo(402);
    assertThat(isBlocked(attached)).isTrue();
  }

  private static Answer attachToNew(String card) {
    return send(GATEWAY.otherKey, GATEWAY.form("/v1/customers", "payment_method", card));
  }

  @Test
  void a_list_blocks_a_card_that_is_attached() {
    String card = GATEWAY.vault.card(GATEWAY.principal, "fp_no_customers", "460300");
    String list = list("card_fingerprint_blocklist", "card_fingerprint");
    item(list, "fp_no_customers");
    String customer = GATEWAY.post("/v1/customers").string("id");
    int before = GATEWAY.provider.entries("sandbox.authorize", 0).size();
    String attach = "/v1/payment_methods/" + card + "/attach";
    Answer blocked = GATEWAY.post(attach, "customer", customer);
    assertThat(blocked.status()).isEqualTo(402);
    assertThat(isBlocked(blocked)).isTrue();
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 0)).hasSize(before);
    GATEWAY.delete("/v1/radar/value_lists/" + list);
    assertThat(GATEWAY.post(attach, "customer", customer).string("customer")).isEqualTo(customer);
  }

  /** The event, which is told apart from the payments, a moment after them. */
  private static Map<String, @Nullable Object> detected() {
    long patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < patience) {
      Answer events =
          send(
              GATEWAY.liveKey, GATEWAY.request("/v1/events?type=portcullis.card_testing.detected"));
      if (!events.data().isEmpty()) {
        return events.data().getFirst();
      }
    }
    throw new AssertionError("nobody was told of it");
  }

  /** The same card, typed in again. */
  private static String regular() {
    return GATEWAY.vault.card(LIVE, "fp_regular", "510000");
  }

  private static String bad() {
    return GATEWAY.vault.card(GATEWAY.principal, "fp_bad", "46000012");
  }

  @Test
  void a_list_blocks_and_another_one_lets_through() {
    String bad = bad();
    String list = list("card_bin_blocklist", "card_bin");
    String item = item(list, "460000");
    Answer blocked = pay(GATEWAY.secretKey, 7_711, bad);
    Map<?, ?> outcome = outcome(GATEWAY.secretKey, blocked);
    assertThat(outcome.get("reason")).isEqualTo("rule");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 7_711)).isEmpty();
    // The first digits are read from where they were stored, too.
    assertThat(isBlocked(pay(GATEWAY.secretKey, 7_711, bad))).isTrue();

    String allow = list("card_fingerprint_allowlist", "card_fingerprint");
    item(allow, "fp_bad");
    assertThat(pay(GATEWAY.secretKey, 7_712, bad()).string("status")).isEqualTo("succeeded");
    assertThat(GATEWAY.delete("/v1/radar/value_lists/" + allow).body())
        .containsEntry("deleted", true);
    assertThat(isBlocked(pay(GATEWAY.secretKey, 7_713, bad()))).isTrue();

    assertThat(GATEWAY.delete("/v1/radar/value_list_items/" + item).body())
        .containsEntry("deleted", true);
    assertThat(pay(GATEWAY.secretKey, 7_714, bad()).string("status")).isEqualTo("succeeded");
    GATEWAY.delete("/v1/radar/value_lists/" + list);
  }

  @Test
  void a_blocked_request_is_answered_the_same_again() {
    String card = GATEWAY.vault.card(GATEWAY.principal, "fp_again", "460100");
    String list = list("card_fingerprint_blocklist", "card_fingerprint");
    item(list, "fp_again");
    String[] form = {
      "amount", "7721", "currency", "usd", "confirm", "true", "payment_method", card
    };
    HttpRequest.Builder request =
        GATEWAY.form("/v1/payment_intents", form).header("Idempotency-Key", "blocked-once");
    Answer first = GATEWAY.send(request);
    assertThat(isBlocked(first)).isTrue();
    GATEWAY.delete("/v1/radar/value_lists/" + list);
    Answer again = GATEWAY.send(request);
    assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(again.error().get("charge")).isEqualTo(first.error().get("charge"));
    // The payment itself can be tried again.
    Map<?, ?> intent = (Map<?, ?>) requireNonNull(first.error().get("payment_intent"));
    Answer retried =
        GATEWAY.post(
            "/v1/payment_intents/" + intent.get("id") + "/confirm", "payment_method", card);
    assertThat(retried.string("status")).isEqualTo("succeeded");
  }

  @Test
  void a_set_up_is_blocked_too_and_a_shopper_by_address() {
    String list = list("client_ip_address_blocklist", "ip_address");
    item(list, "127.0.0.77/8");
    String card = GATEWAY.vault.card(GATEWAY.principal, "fp_page", "460200");
    Answer setup = GATEWAY.post("/v1/setup_intents", "payment_method", card);
    HttpRequest.Builder byPage =
        GATEWAY.form(
            "/v1/setup_intents/" + setup.string("id") + "/confirm",
            "client_secret",
            setup.string("client_secret"));
    Answer blocked = send(GATEWAY.publishableKey, byPage);
    assertThat(blocked.status()).isEqualTo(402);
    Map<?, ?> intent = (Map<?, ?>) requireNonNull(blocked.error().get("setup_intent"));
    assertThat(intent.get("status")).isEqualTo("requires_payment_method");
    // A server's own address is not the shopper's.
    Answer byServer =
        GATEWAY.post(
            "/v1/setup_intents/" + setup.string("id") + "/confirm", "payment_method", card);
    assertThat(byServer.string("status")).isEqualTo("succeeded");
    GATEWAY.delete("/v1/radar/value_lists/" + list);
  }

  @Test
  void lists_are_kept_and_bounded_as_stripe_does() {
    String list = list("a_list_of_mine", "email");
    Answer again =
        GATEWAY.post("/v1/radar/value_lists", "alias", "a_list_of_mine", "name", "Again");
    assertThat(again.error()).containsEntry("param", "alias");
    String item = item(list, "Ada@Example.com");
    Answer shown = GATEWAY.get("/v1/radar/value_lists/" + list);
    assertThat(String.valueOf(shown.body().get("list_items"))).contains("ada@example.com");
    assertThat(GATEWAY.get("/v1/radar/value_list_items/" + item).body())
        .containsEntry("value_list", list);
    assertThat(
            GATEWAY
                .post("/v1/radar/value_list_items", "value_list", list, "value", "ADA@example.com")
                .error())
        .containsEntry("param", "value");
    assertThat(GATEWAY.post("/v1/radar/value_list_items", "value_list", list, "value", "x").error())
        .containsEntry("param", "value");
    assertThat(
            GATEWAY
                .get("/v1/radar/value_list_items?value_list=" + list + "&value=ada@example.com")
                .data())
        .hasSize(1);
    Answer renamed =
        GATEWAY.post(
            "/v1/radar/value_lists/" + list, "name", "Renamed", "metadata[k]", "v", "alias", "b");
    assertThat(renamed.body()).containsEntry("name", "Renamed").containsEntry("alias", "b");
    assertThat(GATEWAY.get("/v1/radar/value_lists?alias=b").data()).hasSize(1);
    GATEWAY.delete("/v1/radar/value_lists/" + list);
    assertThat(GATEWAY.get("/v1/radar/value_lists/" + list).status()).isEqualTo(404);
    assertThat(
            send(GATEWAY.otherKey, GATEWAY.request("/v1/radar/value_list_items/" + item)).status())
        .isEqualTo(404);
    // The alias is free again.
    GATEWAY.delete("/v1/radar/value_lists/" + list("b", "string"));
  }

  private static String list(String alias, String itemType) {
    return GATEWAY
        .post("/v1/radar/value_lists", "alias", alias, "name", "A list", "item_type", itemType)
        .string("id");
  }

  private static String item(String list, String value) {
    Answer made = GATEWAY.post("/v1/radar/value_list_items", "value_list", list, "value", value);
    assertThat(made.status()).as(made.text()).isEqualTo(200);
    assertThat(List.of(made.string("object"))).containsExactly("radar.value_list_item");
    return made.string("id");
  }
}
