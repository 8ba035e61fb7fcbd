package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.checkout.SessionExpiry;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.gateway.payments.ReturnUrls;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.wire.json.Json;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The hosted page of a checkout session as a browser uses it, but for the browser. */
class HostedCheckoutTest {

  private static final String PATH = "/v1/checkout/sessions";
  private static final String CARD = "pm_card_visa";

  private final Gateway gateway = Gateway.IT;

  private record Shop(Answer session) {
    String id() {
      return session.string("id");
    }

    String page() {
      return URI.create(session.string("url")).getRawPath();
    }
  }

  private Shop shop(long amount, String... more) {
    List<String> form =
        new ArrayList<>(
            List.of(
                "mode", "payment",
                "success_url", "https://shop.example.com/done?s={CHECKOUT_SESSION_ID}",
                "cancel_url", "https://shop.example.com/cart",
                "line_items[0][price_data][currency]", "usd",
                "line_items[0][price_data][unit_amount]", Long.toString(amount),
                "line_items[0][price_data][product_data][name]", "A cup",
                "line_items[0][quantity]", "1"));
    form.addAll(List.of(more));
    Answer session = gateway.post(PATH, form.toArray(String[]::new));
    assertThat(session.status()).as(session.text()).isEqualTo(200);
    return new Shop(session);
  }

  private Shop setup(String... more) {
    List<String> form =
        new ArrayList<>(List.of("mode", "setup", "success_url", "https://shop.example.com/kept"));
    form.addAll(List.of(more));
    Answer session = gateway.post(PATH, form.toArray(String[]::new));
    assertThat(session.status()).as(session.text()).isEqualTo(200);
    return new Shop(session);
  }

  private HttpRequest.Builder browser(String path) {
    return HttpRequest.newBuilder(URI.create(gateway.base + path)).header("User-Agent", "Test");
  }

  private Answer open(Shop shop) {
    return gateway.send(browser(shop.page()));
  }

  private static Map<String, Object> entry(Object... more) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("payment_method", CARD);
    entry.put("email", "shopper@example.com");
    for (int i = 0; i < more.length; i += 2) {
      entry.put((String) more[i], more[i + 1]);
    }
    return entry;
  }

  private HttpRequest.Builder paying(Shop shop, Map<String, ?> entry) {
    return browser(shop.page() + "/pay")
        .header("Origin", "http://127.0.0.1")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(entry)));
  }

  private Answer pay(Shop shop, Object... more) {
    return gateway.send(paying(shop, entry(more)));
  }

  private Answer status(Shop shop) {
    return gateway.send(browser(shop.page() + "/status"));
  }

  private Answer now(Shop shop) {
    return gateway.get(PATH + "/" + shop.id());
  }

  private List<String> told(Shop shop) {
    return gateway.get("/v1/events?limit=100").data().stream()
        .filter(
            event ->
                event.get("data") instanceof Map<?, ?> data
                    && data.get("object") instanceof Map<?, ?> object
                    && shop.id().equals(object.get("id")))
        .map(event -> String.valueOf(event.get("type")))
        .toList();
  }

  private SessionExpiry sweep() {
    return gateway.context.getBean(SessionExpiry.class);
  }

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
  void hostile_texts_are_shown_as_texts() {
    String hostile =
        "\"><script>alert(1)</script><img src=x onerror=alert(2)> ${7000*7000} [[${1}]] 'x'";
    Shop shop =
        shop(
            70_010,
            "line_items[0][price_data][product_data][description]",
            hostile,
            "custom_text[submit][message]",
            hostile,
            "custom_fields[0][key]",
            "k",
            "custom_fields[0][label][custom]",
            "<b>label</b> ' onfocus=alert(1)",
            "custom_fields[0][label][type]",
            "custom",
            "custom_fields[0][type]",
            "text",
            "custom_fields[0][text][default_value]",
            "\" autofocus onfocus=alert(1) x=\"",
            "customer_email",
            "a'b@example.com");
    String html = open(shop).text();
    assertThat(html)
        .contains("&lt;script&gt;alert(1)", "${7000*7000}", "[[${1}]]", "&lt;b&gt;label")
        .doesNotContain("<script>", "<img src=x", "<b>", "x=\"\"", "49000000");
  }

  @Test
  void what_the_page_needs_is_asked_for_field_by_field() {
    Shop shop =
        shop(
            70_011,
            "shipping_address_collection[allowed_countries][]",
            "DE",
            "consent_collection[terms_of_service]",
            "required",
            "custom_fields[0][key]",
            "engraving",
            "custom_fields[0][label][custom]",
            "Engraving",
            "custom_fields[0][label][type]",
            "custom",
            "custom_fields[0][type]",
            "text",
            "custom_fields[0][text][maximum_length]",
            "5");
    Map<String, Object> home =
        new LinkedHashMap<>(
            Map.of("name", "Ann", "line1", "Weg 1", "city", "Bonn", "country", "FR"));
    List<Map<String, String>> engraved = List.of(Map.of("key", "engraving", "value", "A + B"));
    assertField(gateway.send(paying(shop, Map.of("payment_method", CARD))), "email");
    assertField(pay(shop), "shipping-name");
    assertField(pay(shop, "shipping", home), "shipping-country");
    home.put("country", "DE");
    assertField(pay(shop, "shipping", home), "custom-engraving");
    assertField(
        pay(
            shop,
            "shipping",
            home,
            "custom",
            List.of(Map.of("key", "engraving", "value", "too long"))),
        "custom-engraving");
    assertField(pay(shop, "shipping", home, "custom", engraved), "terms");
    assertField(pay(shop, "email", "nobody"), "email");
    assertField(pay(shop, "name", "4242 4242 4242 4242"), "name");
    assertThat(now(shop).body()).containsEntry("payment_intent", null);
    gateway.provider.decide(70_011, "lost_card");
    assertThat(pay(shop, "shipping", home, "custom", engraved, "terms", true).string("message"))
        .contains("declined");
    gateway.provider.decide(70_011, "approved");
    home.put("city", "Köln");
    assertThat(pay(shop, "shipping", home, "custom", engraved, "terms", true).string("state"))
        .isEqualTo("complete");
    Answer session = now(shop);
    assertThat(session.text())
        .contains("\"value\":\"A + B\"", "\"terms_of_service\":\"accepted\"", "Köln");
    assertThat(gateway.get("/v1/payment_intents/" + session.string("payment_intent")).text())
        .contains("Köln");
  }

  private static void assertField(Answer answer, String field) {
    assertThat(answer.body()).containsEntry("state", "open").containsEntry("field", field);
    assertThat(answer.string("message")).isNotBlank();
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

  @ParameterizedTest
  @CsvSource({
    "'de-AT,de;q=0.9', de-AT, bezahlen",
    "'fr-CA', fr-CA, Payer",
    "'es', es, Pagar",
    "'pt-BR;q=0.8,xx', pt-BR, Pagar",
    "'ja', ja, 支払",
    "'zh,tlh', en, Pay ",
    "'*', en, Pay ",
    "';;;', en, Pay "
  })
  void the_page_speaks_the_shoppers_language(String accepted, String tag, String said) {
    Answer page = gateway.send(browser(shop(70_019).page()).header("Accept-Language", accepted));
    assertThat(page.text()).contains("lang=\"" + tag + "\"", said);
  }

  @Test
  void the_page_is_served_under_a_strict_policy_and_never_kept() {
    Answer page = open(shop(70_020));
    assertThat(page.header("Content-Security-Policy"))
        .contains(
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
            "frame-src 'self' http://cards.example ")
        .doesNotContain("unsafe");
    assertThat(page.http().headers().allValues("Content-Security-Policy")).hasSize(1);
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(page.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
    assertThat(page.text()).doesNotContain("<style", " style=", " onclick", "javascript:");
  }

  @Test
  void every_script_and_style_is_pinned_and_kept_for_ever() throws Exception {
    String html = open(shop(70_021)).text();
    List<MatchResult> parts =
        Pattern.compile("(?:href|src)=\"(/checkout/assets/[^\"]+)\" integrity=\"sha384-([^\"]+)\"")
            .matcher(html)
            .results()
            .toList();
    assertThat(parts).hasSizeGreaterThanOrEqualTo(3);
    assertThat(parts)
        .hasSize((int) Pattern.compile("<script|rel=\"stylesheet").matcher(html).results().count());
    int all = 0;
    for (MatchResult part : parts) {
      Answer plain = gateway.send(browser(part.group(1)));
      assertThat(plain.header("Cache-Control")).contains("immutable");
      byte[] hash = MessageDigest.getInstance("SHA-384").digest(plain.http().body());
      assertThat(Base64.getEncoder().encodeToString(hash)).isEqualTo(part.group(2));
      Answer small = gateway.send(browser(part.group(1)).header("Accept-Encoding", "br, gzip"));
      assertThat(small.header("Content-Encoding")).isEqualTo("gzip");
      assertThat(unzipped(small)).isEqualTo(plain.http().body());
      all += small.http().body().length;
    }
    assertThat(all).as("bytes of scripts and styles").isLessThan(40_000);
  }

  private static byte[] unzipped(Answer answer) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.http().body()))) {
      return in.readAllBytes();
    }
  }

  @Test
  void the_page_has_a_key_of_its_own_that_is_made_again_when_it_was_revoked() {
    ApiKeys keys = gateway.context.getBean(ApiKeys.class);
    String before = keyOf(open(shop(70_022)));
    assertThat(before).startsWith("pk_test_");
    assertThat(keyOf(open(shop(70_023)))).isEqualTo(before);
    StoredKey key =
        keys.list("acct_first").stream()
            .filter(each -> each.terms().description().startsWith("Hosted payment pages"))
            .filter(each -> each.life().revokedAt().isEmpty() && !each.livemode())
            .findFirst()
            .orElseThrow();
    keys.revoke(dev.portcullis.gateway.audit.Actor.SYSTEM, "acct_first", key.id());
    String after = keyOf(open(shop(70_024)));
    assertThat(after).startsWith("pk_test_").isNotEqualTo(before);
    assertThat(pay(shop(70_025)).string("state")).isEqualTo("complete");
  }

  private static String keyOf(Answer page) {
    Matcher key = Pattern.compile("&quot;key&quot;:&quot;(pk_[^&]+)&quot;").matcher(page.text());
    assertThat(key.find()).isTrue();
    return key.group(1);
  }

  @Test
  void a_card_that_there_is_not_is_no_payment_under_way() {
    Shop shop = shop(70_050);
    Answer answer = pay(shop, "payment_method", "pm_card_none");
    assertThat(answer.body()).containsEntry("state", "open").containsEntry("field", null);
    assertThat(answer.string("message")).contains("nothing was charged");
    assertThat(pay(shop).string("state")).isEqualTo("complete");
  }

  @Test
  void what_is_no_entry_is_refused() {
    Shop shop = shop(70_026);
    for (String body : List.of("{", "[]", "{\"payment_method\":[1]}", "x".repeat(20_000))) {
      Answer answer =
          gateway.send(
              paying(shop, entry())
                  .POST(
                      HttpRequest.BodyPublishers.ofByteArray(
                          body.getBytes(StandardCharsets.UTF_8))));
      assertThat(answer.string("state")).isEqualTo("open");
      assertThat(answer.string("message")).isNotBlank();
    }
    assertThat(gateway.provider.entries("sandbox.authorize", 70_026)).isEmpty();
  }

  @Test
  void a_link_makes_a_session_for_each_visit_and_none_for_whoever_only_looks() throws Exception {
    Answer link =
        gateway.post(
            "/v1/payment_links",
            "line_items[0][price_data][currency]",
            "usd",
            "line_items[0][price_data][unit_amount]",
            "70040",
            "line_items[0][price_data][product_data][name]",
            "A <b>pot</b>",
            "line_items[0][quantity]",
            "1",
            "metadata[campaign]",
            "spring",
            "after_completion[type]",
            "hosted_confirmation",
            "after_completion[hosted_confirmation][custom_message]",
            "See you soon.");
    assertThat(link.status()).as(link.text()).isEqualTo(200);
    String page = URI.create(link.string("url")).getRawPath();
    String before = gateway.get(PATH + "?limit=1").data().getFirst().get("id") + "";
    Answer looked = gateway.send(browser(page));
    assertThat(looked.text()).contains("A &lt;b&gt;pot", "$700.40", "Continue to payment");
    assertThat(gateway.get(PATH + "?limit=1").data().getFirst().get("id")).isEqualTo(before);
    assertThat(gateway.send(visiting(page).setHeader("Origin", "https://evil.example")).status())
        .isEqualTo(403);
    String one = gateway.send(visiting(page)).header("Location");
    String other =
        gateway
            .send(
                visiting(page)
                    .setHeader("Origin", "null")
                    .setHeader("Sec-Fetch-Site", "same-origin"))
            .header("Location");
    assertThat(one).contains("/checkout/acct_first/cs_test_").isNotEqualTo(other);
    Shop shop = new Shop(gateway.get(PATH + "/" + one.split("/")[5]));
    assertThat(shop.session().body())
        .containsEntry("payment_link", link.string("id"))
        .containsEntry("metadata", Map.of("campaign", "spring"))
        .containsEntry("amount_total", 70_040L);
    assertThat(pay(shop).body()).containsEntry("state", "complete").containsEntry("url", one);
    visitors(link, 20_000);
    for (int i = 0; i < 3; i++) {
      assertThat(gateway.send(visiting(page)).status())
          .as("a crowd that does not pay shuts out nobody")
          .isEqualTo(303);
    }
    assertThat(crowd("open")).as("and is bounded").isLessThanOrEqualTo(20_000);
    assertThat(crowd("expired")).as("by those who came first").isPositive();
    assertThat(gateway.get("/v1/checkout/sessions/" + "cs_test_crowd1").string("status"))
        .isEqualTo("expired");
    sql("DELETE FROM checkout_sessions WHERE id LIKE 'cs_test_crowd%'", 20_000);
    assertThat(gateway.send(visiting(page)).status()).isEqualTo(303);
    assertThat(open(shop).text()).contains("All done", "See you soon.");
    String path = "/v1/payment_links/" + link.string("id");
    assertThat(gateway.get(path + "/line_items").data()).hasSize(1);
    assertThat(gateway.post(path, "active", "false", "inactive_message", "Sold out.").body())
        .containsEntry("active", false);
    assertThat(gateway.send(browser(page)).text()).contains("no longer active", "Sold out.");
    assertThat(gateway.send(visiting(page)).header("Location")).isEmpty();
    assertThat(gateway.get("/v1/payment_links?active=true").data())
        .extracting(each -> each.get("id"))
        .doesNotContain(link.string("id"));
    assertThat(gateway.send(browser(page + "x")).status()).isEqualTo(404);
  }

  private void sql(String statement, int rows) throws SQLException {
    try (var connection = gateway.database.everything().getConnection();
        var run = connection.createStatement()) {
      assertThat(run.executeUpdate(statement)).isEqualTo(rows);
    }
  }

  private void visitors(Answer link, int count) throws SQLException {
    sql(
        "INSERT INTO checkout_sessions (account, livemode, id, version, created, status, expires,"
            + " doc, payment_link) SELECT 'acct_first', false, 'cs_test_crowd' || n, 1,"
            + " now() - interval '1 hour' + n * interval '1 ms',"
            + " 'open', now() + interval '1 day',"
            + " jsonb_build_object('id', 'cs_test_crowd' || n, 'object', 'checkout.session',"
            + " 'status', 'open', 'mode', 'payment', 'livemode', false, 'expires_at',"
            + " extract(epoch FROM now())::bigint + 86400, 'payment_link', link), link FROM"
            + " (SELECT '"
            + link.string("id")
            + "'::text AS link) AS of_link, generate_series(1, "
            + count
            + ") AS n",
        count);
  }

  private long crowd(String status) {
    return gateway.database.number(
        "SELECT count(*) FROM checkout_sessions WHERE payment_link = (SELECT payment_link FROM"
            + " checkout_sessions WHERE id = 'cs_test_crowd1') AND attempted IS NULL AND status ="
            + " ?",
        status);
  }

  private HttpRequest.Builder visiting(String page) {
    return browser(page)
        .header("Origin", "http://127.0.0.1")
        .POST(HttpRequest.BodyPublishers.noBody());
  }

  @Test
  void a_page_looks_like_its_merchants() {
    byte[] picture = new byte[64];
    System.arraycopy(
        "\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1), 0, picture, 0, 8);
    String png = Base64.getEncoder().encodeToString(picture);
    String branding = "/v1/page_branding";
    for (String wrong : List.of("<svg onload=alert(1)>", "", "not base64!", "A".repeat(65_537))) {
      String logo = Base64.getEncoder().encodeToString(wrong.getBytes(StandardCharsets.UTF_8));
      String sent = wrong.startsWith("<") ? logo + "AAAA" : wrong.isEmpty() ? logo + "=" : wrong;
      assertThat(gateway.post(branding, "logo", sent).status()).as(wrong).isEqualTo(400);
    }
    assertThat(gateway.post(branding, "primary_color", "red;}").status()).isEqualTo(400);
    Answer changed =
        gateway.post(
            branding,
            "display_name",
            "Cups <& Co>",
            "primary_color",
            "#FFE100",
            "corner_radius",
            "0",
            "logo",
            png);
    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    try {
      String html = open(shop(70_041)).text();
      assertThat(html).contains("Cups &lt;&amp; Co&gt;", "/brand-ffe100-0.css");
      String logo = URI.create(changed.string("logo")).getRawPath();
      assertThat(html).contains("src=\"" + logo + "\"");
      Answer served = gateway.send(browser(logo));
      assertThat(served.http().body()).isEqualTo(picture);
      assertThat(served.header("Content-Type")).isEqualTo("image/png");
      assertThat(served.header("X-Content-Type-Options")).isEqualTo("nosniff");
      Matcher css = Pattern.compile("href=\"([^\"]+brand-ffe100-0.css)\"").matcher(html);
      assertThat(css.find()).isTrue();
      assertThat(gateway.send(browser(css.group(1))).text())
          .as("black text on yellow")
          .contains("--brand:#ffe100", "--brand-text:#000000", "--radius:0px");
    } finally {
      gateway.post(branding, "display_name", "", "primary_color", "#1f4fd8", "logo", "");
    }
  }

  @Test
  void what_a_policy_has_stopped_is_counted_and_nothing_of_it_repeated() {
    String body =
        "{\"csp-report\":{\"effective-directive\":\"script-src-elem\","
            + "\"blocked-uri\":\"https://evil.example/x?card=4242424242424242\"}}";
    HttpRequest.Builder report =
        browser("/checkout/reports")
            .header("Content-Type", "application/csp-report")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    assertThat(gateway.send(report).status()).isEqualTo(204);
    String hostile = body.replace("script-src-elem", "made-up");
    assertThat(gateway.send(report.POST(HttpRequest.BodyPublishers.ofString(hostile))).status())
        .isEqualTo(204);
    for (String nothing : List.of("null", "[null]", "7", "{")) {
      assertThat(gateway.send(report.POST(HttpRequest.BodyPublishers.ofString(nothing))).status())
          .as(nothing)
          .isEqualTo(204);
    }
    assertThat(
            gateway
                .send(report.POST(HttpRequest.BodyPublishers.ofString("x".repeat(20_000))))
                .status())
        .isEqualTo(413);
    String metrics = gateway.context.getBean(PrometheusMeterRegistry.class).scrape();
    assertThat(metrics)
        .contains("portcullis_page_policy_reports_total{directive=\"script-src-elem\"")
        .contains("portcullis_page_policy_reports_total{directive=\"other\"")
        .doesNotContain("made-up");
  }

  @Test
  void the_inventory_names_each_script_of_the_page() {
    Answer inventory = gateway.send(browser("/checkout/inventory.json"));
    List<String> listed =
        Pattern.compile("sha384-[^\"]+")
            .matcher(inventory.text())
            .results()
            .map(MatchResult::group)
            .toList();
    List<String> served =
        Pattern.compile("<script src=\"[^\"]+\" integrity=\"([^\"]+)\"")
            .matcher(open(shop(70_042)).text())
            .results()
            .map(script -> script.group(1))
            .toList();
    assertThat(served).hasSize(2).isSubsetOf(listed);
    assertThat(inventory.text()).contains("script-src 'self'", "\"purpose\"");
  }
}
