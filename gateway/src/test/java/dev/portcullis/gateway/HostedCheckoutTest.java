package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.payments.ReturnUrls;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.wire.json.Json;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paying at the hosted page of a checkout session as a browser does, but for the browser. */
class HostedCheckoutTest extends HostedCheckout {

  @Test
  void a_shopper_pays_and_goes_back_to_the_shop() {
    Shop shop = shop(70_001);
    Answer page = open(shop);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text())
        .contains("A cup", "$700.01", "shop.example.com", "lang=\"en\"")
        .doesNotContain("Shipping address", "Billing address", "id=\"phone\"", "id=\"terms\"");
    assertThat(now(shop).body()).containsEntry("payment_intent", null);
    Answer paid = pay(shop);
    assertThat(paid.body())
        .containsEntry("state", "complete")
        .containsEntry("url", "https://shop.example.com/done?s=" + shop.id());
    Answer session = now(shop);
    assertThat(session.body())
        .containsEntry("status", "complete")
        .containsEntry("payment_status", "paid")
        .containsEntry("url", null);
    assertThat(session.text()).contains("\"email\":\"shopper@example.com\"");
    Answer intent = gateway.get("/v1/payment_intents/" + session.string("payment_intent"));
    assertThat(intent.body()).containsEntry("status", "succeeded").containsEntry("amount", 70_001L);
    assertThat(told(shop)).containsExactly("checkout.session.completed");
    assertThat(open(shop).text()).contains("All done").doesNotContain("id=\"form\"");
  }

  @Test
  void whoever_pays_twice_is_charged_once() throws Exception {
    Shop shop = shop(70_002);
    List<Callable<Answer>> clicks = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clicks.add(() -> pay(shop));
    }
    try (ExecutorService windows = Executors.newFixedThreadPool(8)) {
      for (Future<Answer> click : windows.invokeAll(clicks)) {
        assertThat(click.get().string("state")).isIn("complete", "processing");
      }
    }
    eventually().until(() -> status(shop).string("state").equals("complete"));
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    assertThat(gateway.provider.entries("sandbox.authorize", 70_002)).hasSize(1);
    assertThat(told(shop)).containsExactly("checkout.session.completed");
  }

  @Test
  void a_declined_card_gives_way_to_another() {
    gateway.provider.decide(70_003, "insufficient_funds");
    Shop shop = shop(70_003, "locale", "de");
    Answer declined = pay(shop);
    assertThat(declined.body())
        .containsEntry("state", "open")
        .containsEntry(
            "message",
            "Ihre Karte ist nicht ausreichend gedeckt. Bitte versuchen Sie eine andere Karte.");
    String intent = now(shop).string("payment_intent");
    gateway.provider.decide(70_003, "approved");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    assertThat(now(shop).string("payment_intent")).isEqualTo(intent);
  }

  @ParameterizedTest
  @CsvSource({
    "70101, lost_card, Your card was declined",
    "70102, expired_card, has expired",
    "70103, incorrect_cvc, security code is not right",
    "70104, processing_error, could not be reached",
    "70105, fraudulent, Your card was declined"
  })
  void a_decline_says_what_to_do_and_helps_no_thief(long amount, String code, String said) {
    gateway.provider.decide(amount, code);
    Answer declined = pay(shop(amount));
    assertThat(declined.string("message")).contains(said);
    assertThat(declined.text()).doesNotContain("lost", "fraud", "pi_", "ch_");
  }

  @Test
  void an_answer_that_does_not_come_is_waited_for_and_not_asked_for_twice() {
    gateway.provider.fail(70_004, FakeProvider.Fault.LOST_AFTER);
    Shop shop = shop(70_004);
    assertThat(pay(shop).string("state")).isEqualTo("processing");
    assertThat(pay(shop).string("state")).isIn("processing", "complete");
    eventually().until(() -> status(shop).string("state").equals("complete"));
    assertThat(gateway.provider.entries("sandbox.authorize", 70_004)).hasSize(1);
    assertThat(now(shop).string("payment_status")).isEqualTo("paid");
  }

  @Test
  void a_payment_that_takes_long_completes_the_session_and_is_told_later() {
    gateway.provider.decide(70_005, "pending");
    Shop shop = shop(70_005);
    assertThat(pay(shop).string("state")).isEqualTo("processing");
    assertThat(gateway.post(PATH + "/" + shop.id() + "/expire").error())
        .containsEntry("code", "checkout_session_unexpected_state");
    sweep().settle(gateway.clock.instant());
    assertThat(now(shop).body()).containsEntry("status", "open");
    sweep().settle(gateway.clock.instant().plus(Duration.ofMinutes(2)));
    assertThat(now(shop).body())
        .containsEntry("status", "complete")
        .containsEntry("payment_status", "unpaid");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    settle(70_005, "approved");
    sweep().settle(gateway.clock.instant());
    assertThat(now(shop).string("payment_status")).isEqualTo("paid");
    assertThat(told(shop))
        .containsExactly("checkout.session.async_payment_succeeded", "checkout.session.completed");
  }

  @Test
  void a_payment_that_fails_late_is_told_too() {
    gateway.provider.decide(70_030, "pending");
    Shop shop = shop(70_030);
    assertThat(pay(shop).string("state")).isEqualTo("processing");
    sweep().settle(gateway.clock.instant().plus(Duration.ofMinutes(2)));
    settle(70_030, "declined");
    sweep().settle(gateway.clock.instant());
    assertThat(now(shop).string("payment_status")).isEqualTo("unpaid");
    assertThat(gateway.get("/v1/payment_intents/" + now(shop).string("payment_intent")).body())
        .as("nobody pays behind the merchant's back")
        .containsEntry("status", "canceled");
    assertThat(told(shop))
        .containsExactly("checkout.session.async_payment_failed", "checkout.session.completed");
  }

  /** The provider decides, and whoever asks it hears of it. */
  private void settle(long amount, String status) {
    Map<String, @Nullable Object> entry =
        gateway.provider.entries("sandbox.authorize", amount).getFirst();
    gateway.provider.settle(
        String.valueOf(entry.get("reference")),
        status,
        status.equals("declined") ? "lost_card" : null);
    String intent = String.valueOf(intentOf(amount).get("id"));
    eventually()
        .until(
            () -> {
              Answer now = gateway.get("/v1/payment_intents/" + intent);
              return !List.of("processing", "requires_action").contains(now.string("status"));
            });
  }

  private Map<String, @Nullable Object> intentOf(long amount) {
    return gateway.get("/v1/payment_intents?limit=100").data().stream()
        .filter(intent -> Long.valueOf(amount).equals(intent.get("amount")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void who_closes_the_page_has_paid_all_the_same() {
    gateway.provider.decide(70_006, "requires_action");
    Shop shop = shop(70_006);
    Answer asked = pay(shop);
    assertThat(asked.body()).containsEntry("state", "action");
    assertThat(asked.string("client_secret")).startsWith("pi_").contains("_secret_");
    assertThat(open(shop).text()).contains("&quot;state&quot;:&quot;action&quot;");
    Answer intent = gateway.get("/v1/payment_intents/" + now(shop).string("payment_intent"));
    assertThat(pay(shop, "payment_method", intent.string("payment_method")).body())
        .as("the challenge of that card is still open")
        .containsEntry("state", "action");
    Map<?, ?> action = (Map<?, ?>) Objects.requireNonNull(intent.body().get("next_action"));
    Map<?, ?> redirect = (Map<?, ?>) Objects.requireNonNull(action.get("redirect_to_url"));
    assertThat(String.valueOf(redirect.get("return_url"))).endsWith(shop.page() + "/return");
    Map<String, @Nullable Object> entry =
        gateway.provider.entries("sandbox.authorize", 70_006).getFirst();
    String operation = String.valueOf(entry.get("reference"));
    gateway.provider.settle(operation, "approved", null);
    String back =
        gateway
            .context
            .getBean(ReturnUrls.class)
            .of("acct_first", operation)
            .replace("http://127.0.0.1", "");
    Answer returned = gateway.send(browser(back));
    assertThat(returned.status()).isEqualTo(303);
    assertThat(returned.header("Location")).contains(shop.page() + "/return?");
    sweep().settle(gateway.clock.instant());
    assertThat(now(shop).string("payment_status")).isEqualTo("paid");
    assertThat(told(shop)).containsExactly("checkout.session.completed");
    Answer home = gateway.send(browser(shop.page() + "/return"));
    assertThat(home.header("Content-Security-Policy")).contains("frame-ancestors 'self'");
    assertThat(home.text()).contains("data-page=\"" + shop.page() + "\"").doesNotContain("secret");
  }

  @Test
  void another_card_is_tried_although_a_bank_waits_for_the_first() {
    gateway.provider.decide(70_031, "requires_action");
    Shop shop = shop(70_031);
    assertThat(pay(shop).string("state")).isEqualTo("action");
    gateway.provider.decide(70_031, "approved");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    String first =
        String.valueOf(
            gateway.provider.entries("sandbox.authorize", 70_031).stream()
                .filter(entry -> "requires_action".equals(entry.get("status")))
                .findFirst()
                .orElseThrow()
                .get("reference"));
    gateway.provider.settle(first, "approved", null);
    String intent = now(shop).string("payment_intent");
    eventually()
        .until(
            () ->
                gateway.database.number(
                        "SELECT count(*) FROM provider_operations WHERE object = ?"
                            + " AND doc->>'kind' = 'CANCEL' AND state = 'done'",
                        intent)
                    == 1);
    assertThat(gateway.get("/v1/charges?payment_intent=" + intent).data()).hasSize(1);
  }

  /** Its shopper has gone, and cannot answer. */
  @Test
  void a_challenge_that_comes_too_late_ends_the_payment() {
    gateway.provider.decide(70_032, "pending");
    Shop shop = shop(70_032);
    assertThat(pay(shop).string("state")).isEqualTo("processing");
    sweep().settle(gateway.clock.instant().plus(Duration.ofMinutes(2)));
    String reference =
        String.valueOf(
            gateway.provider.entries("sandbox.authorize", 70_032).getFirst().get("reference"));
    gateway.provider.settle(reference, "requires_action", null);
    String intent = "/v1/payment_intents/" + now(shop).string("payment_intent");
    eventually().until(() -> gateway.get(intent).string("status").equals("requires_action"));
    sweep().settle(gateway.clock.instant());
    assertThat(now(shop).string("payment_status")).isEqualTo("unpaid");
    assertThat(gateway.get(intent).string("status")).isEqualTo("canceled");
    assertThat(told(shop))
        .containsExactly("checkout.session.async_payment_failed", "checkout.session.completed");
  }

  @Test
  void nothing_is_taken_but_what_the_page_says() {
    gateway.provider.decide(70_033, "lost_card");
    Shop shop = shop(70_033);
    assertThat(pay(shop).string("state")).isEqualTo("open");
    String intent = "/v1/payment_intents/" + now(shop).string("payment_intent");
    assertThat(gateway.post(intent, "amount", "9900099").status()).isEqualTo(200);
    gateway.provider.decide(70_033, "approved");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    assertThat(gateway.get(intent).body()).containsEntry("amount_received", 70_033L);
  }

  @Test
  void only_the_page_itself_may_pay() {
    Shop shop = shop(70_007);
    HttpRequest.Builder foreign =
        paying(shop, entry()).setHeader("Origin", "https://evil.example.com");
    assertThat(gateway.send(foreign).status()).isEqualTo(403);
    HttpRequest.Builder silent =
        browser(shop.page() + "/pay")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(entry())));
    assertThat(gateway.send(silent).status()).isEqualTo(403);
    HttpRequest.Builder crossSite = paying(shop, entry()).setHeader("Sec-Fetch-Site", "cross-site");
    assertThat(gateway.send(crossSite).status()).isEqualTo(403);
    assertThat(gateway.provider.entries("sandbox.authorize", 70_007)).isEmpty();
  }

  @Test
  void an_address_that_was_not_given_leads_nowhere() {
    Shop shop = shop(70_008);
    String page = shop.page();
    for (String wrong :
        List.of(
            page.substring(0, page.length() - 1),
            page + "x",
            page.replace("acct_first", "acct_second"),
            page + "/other",
            page.replace(shop.id(), shop(70_009).id()))) {
      Answer answer = gateway.send(browser(wrong));
      assertThat(answer.status()).as(wrong).isEqualTo(404);
      assertThat(answer.text()).contains("There is nothing here").doesNotContain("A cup");
    }
  }

  @Test
  void a_card_is_kept_without_paying() {
    String customer = gateway.post("/v1/customers", "email", "kept@example.com").string("id");
    Shop shop = setup("customer", customer);
    assertThat(open(shop).text()).contains("Save card", "kept@example.com", "charge it for future");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    Answer session = now(shop);
    assertThat(session.body())
        .containsEntry("status", "complete")
        .containsEntry("payment_status", "no_payment_required");
    Answer intent = gateway.get("/v1/setup_intents/" + session.string("setup_intent"));
    assertThat(intent.body()).containsEntry("status", "succeeded");
    assertThat(gateway.get("/v1/customers/" + customer + "/payment_methods").data()).hasSize(1);
    assertThat(told(shop)).containsExactly("checkout.session.completed");
  }

  @Test
  void a_card_that_was_kept_with_consent_is_offered_and_no_other() {
    String customer = gateway.post("/v1/customers", "email", "again@example.com").string("id");
    String saving = "saved_payment_method_options[payment_method_save]";
    Shop first = shop(70_012, "customer", customer, saving, "enabled");
    assertThat(open(first).text()).contains("id=\"save\"");
    assertThat(pay(first).string("state")).isEqualTo("complete");
    assertThat(gateway.get("/v1/customers/" + customer + "/payment_methods").data()).isEmpty();
    Shop second = shop(70_013, "customer", customer, saving, "enabled");
    assertThat(pay(second, "save", true).string("state")).isEqualTo("complete");
    List<Map<String, @Nullable Object>> cards =
        gateway.get("/v1/customers/" + customer + "/payment_methods").data();
    assertThat(cards).hasSize(1);
    String card = String.valueOf(cards.getFirst().get("id"));
    Shop third = shop(70_014, "customer", customer);
    assertThat(open(third).text())
        .contains("Visa ending in 4242", card)
        .doesNotContain("id=\"save");
    assertThat(pay(third, "payment_method", card).string("state")).isEqualTo("complete");
    String other = gateway.post("/v1/customers", "email", "other@example.com").string("id");
    Shop foreign = shop(70_015, "customer", other);
    assertThat(open(foreign).text()).doesNotContain(card);
    assertThat(pay(foreign, "payment_method", card).body()).containsEntry("state", "open");
    assertThat(gateway.provider.entries("sandbox.authorize", 70_015)).isEmpty();
  }

  @Test
  void a_shopper_becomes_a_customer_where_the_merchant_wants_it() {
    Shop shop =
        shop(70_034, "customer_creation", "always", "phone_number_collection[enabled]", "true");
    gateway.provider.decide(70_034, "lost_card");
    assertThat(pay(shop, "name", "Ada Lovelace", "phone", "+15555550100").string("state"))
        .isEqualTo("open");
    String customer = now(shop).string("customer");
    assertThat(gateway.get("/v1/customers/" + customer).body())
        .containsEntry("email", "shopper@example.com")
        .containsEntry("name", "Ada Lovelace")
        .containsEntry("phone", "+15555550100");
    gateway.provider.decide(70_034, "approved");
    assertThat(pay(shop, "phone", "+15555550100").string("state")).isEqualTo("complete");
    assertThat(now(shop).string("customer")).as("still the same").isEqualTo(customer);
    Shop mistyped = shop(70_037, "customer_creation", "always");
    gateway.provider.decide(70_037, "lost_card");
    assertThat(pay(mistyped, "email", "shoper@example.com", "name", "Ada").string("state"))
        .isEqualTo("open");
    gateway.provider.decide(70_037, "approved");
    assertThat(pay(mistyped, "email", "shopper@example.com", "name", "Ada King").string("state"))
        .isEqualTo("complete");
    assertThat(gateway.get("/v1/customers/" + now(mistyped).string("customer")).body())
        .as("what they said when they paid")
        .containsEntry("email", "shopper@example.com")
        .containsEntry("name", "Ada King");
    assertThat(
            gateway
                .get("/v1/payment_intents/" + now(shop).string("payment_intent"))
                .string("customer"))
        .isEqualTo(customer);
    Shop kept = shop(70_035, "payment_intent_data[setup_future_usage]", "off_session");
    assertThat(pay(kept).string("state")).isEqualTo("complete");
    assertThat(
            gateway
                .get("/v1/customers/" + now(kept).string("customer") + "/payment_methods")
                .data())
        .as("a card that is kept is somebody's")
        .hasSize(1);
    Shop stranger = shop(70_036);
    assertThat(pay(stranger).string("state")).isEqualTo("complete");
    assertThat(now(stranger).body()).containsEntry("customer", null);
  }

  @Test
  void consent_that_is_taken_back_after_a_decline_counts() {
    String customer = gateway.post("/v1/customers").string("id");
    Shop shop =
        shop(
            70_016,
            "customer",
            customer,
            "saved_payment_method_options[payment_method_save]",
            "enabled");
    gateway.provider.decide(70_016, "lost_card");
    assertThat(pay(shop, "save", true).string("state")).isEqualTo("open");
    gateway.provider.decide(70_016, "approved");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    assertThat(gateway.get("/v1/customers/" + customer + "/payment_methods").data()).isEmpty();
  }

  @Test
  void who_comes_too_late_cannot_pay() {
    Shop shop = shop(70_017);
    gateway.provider.decide(70_017, "lost_card");
    assertThat(pay(shop).string("state")).isEqualTo("open");
    String intent = now(shop).string("payment_intent");
    assertThat(gateway.post(PATH + "/" + shop.id() + "/expire").body())
        .containsEntry("status", "expired");
    assertThat(gateway.get("/v1/payment_intents/" + intent).body())
        .containsEntry("status", "canceled");
    assertThat(pay(shop).string("state")).isEqualTo("expired");
    assertThat(open(shop).text()).contains("has expired", "Nothing was charged");
    assertThat(told(shop)).containsExactly("checkout.session.expired");
  }

  @Test
  void money_that_is_only_reserved_waits_for_its_capture() {
    Shop shop = shop(70_018, "payment_intent_data[capture_method]", "manual");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
    Answer session = now(shop);
    assertThat(session.string("payment_status")).isEqualTo("unpaid");
    String intent = "/v1/payment_intents/" + session.string("payment_intent");
    assertThat(gateway.get(intent).string("status")).isEqualTo("requires_capture");
    assertThat(gateway.post(intent + "/capture").string("status")).isEqualTo("succeeded");
  }

  @Test
  void a_card_that_there_is_not_is_no_payment_under_way() {
    Shop shop = shop(70_050);
    Answer answer = pay(shop, "payment_method", "pm_card_none");
    assertThat(answer.body()).containsEntry("state", "open").containsEntry("field", null);
    assertThat(answer.string("message")).contains("nothing was charged");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
  }
}
