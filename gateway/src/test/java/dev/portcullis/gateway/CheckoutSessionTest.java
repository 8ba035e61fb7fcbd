package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.checkout.SessionExpiry;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Checkout sessions as objects of the API. */
class CheckoutSessionTest {

  private static final String PATH = "/v1/checkout/sessions";

  private final Gateway gateway = Gateway.IT;

  private static String[] payment(String... more) {
    List<String> form =
        new ArrayList<>(
            List.of(
                "mode", "payment",
                "success_url", "https://shop.example.com/done?s={CHECKOUT_SESSION_ID}",
                "line_items[0][price_data][currency]", "usd",
                "line_items[0][price_data][unit_amount]", "1250",
                "line_items[0][price_data][product_data][name]", "A cup",
                "line_items[0][quantity]", "3"));
    for (int i = 0; i < more.length; i += 2) {
      int at = form.indexOf(more[i]);
      if (at >= 0 && at % 2 == 0) {
        form.set(at + 1, more[i + 1]);
      } else {
        form.add(more[i]);
        form.add(more[i + 1]);
      }
    }
    return form.toArray(String[]::new);
  }

  private static String[] second(String currency, String amount) {
    return new String[] {
      "line_items[1][price_data][currency]",
      currency,
      "line_items[1][price_data][unit_amount]",
      amount,
      "line_items[1][price_data][product_data][name]",
      "A pot",
      "line_items[1][quantity]",
      "1"
    };
  }

  private Answer created(String... form) {
    Answer answer = gateway.post(PATH, form);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer;
  }

  private void refused(String param, String... form) {
    Answer answer = gateway.post(PATH, form);
    assertThat(answer.status()).as(answer.text()).isBetween(400, 404);
    assertThat(answer.error()).containsEntry("param", param);
  }

  @Test
  void what_the_page_shall_ask_is_shown() {
    Answer session =
        created(
            payment(
                "billing_address_collection",
                "required",
                "phone_number_collection[enabled]",
                "true",
                "shipping_address_collection[allowed_countries][]",
                "DE",
                "custom_text[submit][message]",
                "We ship tomorrow.",
                "customer_creation",
                "always",
                "consent_collection[terms_of_service]",
                "required",
                "automatic_tax[enabled]",
                "false",
                "tax_id_collection[enabled]",
                "false",
                "after_expiration[recovery][enabled]",
                "false",
                "custom_fields[0][key]",
                "engraving",
                "custom_fields[0][label][type]",
                "custom",
                "custom_fields[0][label][custom]",
                "Engraving",
                "custom_fields[0][type]",
                "text",
                "custom_fields[0][text][maximum_length]",
                "12",
                "customer_email",
                "asked@example.com"));
    assertThat(session.body())
        .containsEntry("billing_address_collection", "required")
        .containsEntry("phone_number_collection", Map.of("enabled", true))
        .containsEntry("shipping_address_collection", Map.of("allowed_countries", List.of("DE")))
        .containsEntry("customer_creation", "always")
        .containsEntry("tax_id_collection", Map.of("enabled", false, "required", "never"));
    assertThat(session.text())
        .contains(
            "We ship tomorrow.", "\"maximum_length\":12", "\"terms_of_service\":\"required\"");
    Answer found = gateway.get(PATH + "?customer_details[email]=asked@example.com");
    assertThat(found.data()).extracting(one -> one.get("id")).containsExactly(session.string("id"));
    assertThat(gateway.get(PATH + "?customer_details[email]=other@example.com").data()).isEmpty();
  }

  @Test
  void what_the_page_cannot_do_is_refused() {
    refused("automatic_tax[enabled]", payment("automatic_tax[enabled]", "true"));
    refused("allow_promotion_codes", payment("allow_promotion_codes", "true"));
    refused("discounts", payment("discounts[0][coupon]", "x"));
    refused("customer_update", payment("customer_update[name]", "auto"));
    refused(
        "after_expiration[recovery][enabled]",
        payment("after_expiration[recovery][enabled]", "true"));
    String[] field = {
      "custom_fields[0][key]", "a", "custom_fields[0][label][type]", "custom",
      "custom_fields[0][label][custom]", "A", "custom_fields[0][type]", "dropdown"
    };
    refused("custom_fields[0][dropdown][options]", payment(field));
    String[] two = java.util.Arrays.copyOf(field, 16);
    for (int i = 0; i < 8; i++) {
      two[i + 8] = field[i].replace("[0]", "[1]");
    }
    two[7] = "text";
    two[15] = "text";
    refused("custom_fields[1][key]", payment(two));
    refused(
        "customer_creation",
        "mode",
        "setup",
        "success_url",
        "https://a.example",
        "customer_creation",
        "always");
  }

  @Test
  void a_payment_adds_up_and_waits() {
    String customer = gateway.post("/v1/customers").string("id");
    List<String> form =
        new ArrayList<>(
            List.of(
                payment(
                    "customer",
                    customer,
                    "cancel_url",
                    "https://shop.example.com/back",
                    "client_reference_id",
                    "cart-7",
                    "locale",
                    "de",
                    "metadata[cart]",
                    "7",
                    "payment_intent_data[capture_method]",
                    "manual")));
    form.addAll(List.of(second("usd", "99")));
    Answer session = created(form.toArray(String[]::new));
    assertThat(session.string("id")).startsWith("cs_test_");
    assertThat(session.body())
        .containsEntry("object", "checkout.session")
        .containsEntry("amount_subtotal", 3849L)
        .containsEntry("amount_total", 3849L)
        .containsEntry("currency", "usd")
        .containsEntry("customer", customer)
        .containsEntry("client_reference_id", "cart-7")
        .containsEntry("locale", "de")
        .containsEntry("metadata", Map.of("cart", "7"))
        .containsEntry("mode", "payment")
        .containsEntry("payment_status", "unpaid")
        .containsEntry("payment_intent", null)
        .containsEntry("status", "open")
        .containsEntry("ui_mode", "hosted_page")
        .doesNotContainKeys("line_items", "items", "intent");
    long life =
        Long.parseLong(session.string("expires_at")) - Long.parseLong(session.string("created"));
    assertThat(life).isEqualTo(Duration.ofHours(24).toSeconds());
    String one = PATH + "/" + session.string("id");
    assertThat(gateway.get(one).body()).isEqualTo(session.body());
    Answer items = gateway.get(one + "/line_items");
    assertThat(items.data()).extracting(i -> i.get("amount_total")).containsExactly(3750L, 99L);
    assertThat(items.data())
        .extracting(i -> i.get("description"))
        .containsExactly("A cup", "A pot");
    Answer expanded = gateway.get(one + "?expand[]=line_items&expand[]=customer");
    assertThat(String.valueOf(expanded.body().get("line_items"))).contains("A cup");
    assertThat(String.valueOf(expanded.body().get("customer"))).contains("object=customer");
    assertThat(gateway.get(PATH + "?customer=" + customer).data()).containsExactly(session.body());
    assertThat(gateway.get(PATH + "?limit=1&expand[]=data.line_items").text()).contains("A cup");
  }

  @Test
  void line_items_go_by_pages_in_their_order() {
    List<String> form = new ArrayList<>(List.of(payment()));
    for (int i = 1; i < 12; i++) {
      form.addAll(
          List.of(
              "line_items[" + i + "][price_data][currency]",
              "usd",
              "line_items[" + i + "][price_data][unit_amount]",
              Integer.toString(i),
              "line_items[" + i + "][price_data][product_data][name]",
              "Item " + i,
              "line_items[" + i + "][quantity]",
              "1"));
    }
    String path = PATH + "/" + created(form.toArray(String[]::new)).string("id") + "/line_items";
    Answer first = gateway.get(path);
    assertThat(first.data()).hasSize(10);
    assertThat(first.body()).containsEntry("has_more", true);
    String tenth = String.valueOf(first.data().getLast().get("id"));
    Answer rest = gateway.get(path + "?starting_after=" + tenth);
    assertThat(rest.data())
        .extracting(i -> i.get("description"))
        .containsExactly("Item 10", "Item 11");
    assertThat(rest.body()).containsEntry("has_more", false);
    Answer before = gateway.get(path + "?limit=2&ending_before=" + tenth);
    assertThat(before.data())
        .extracting(i -> i.get("description"))
        .containsExactly("Item 7", "Item 8");
    assertThat(before.body()).containsEntry("has_more", true);
    assertThat(gateway.get(path + "?starting_after=li_none").status()).isEqualTo(404);
  }

  @Test
  void a_set_up_costs_nothing() {
    Answer session =
        created(
            "mode",
            "setup",
            "success_url",
            "https://shop.example.com/done",
            "currency",
            "eur",
            "customer_email",
            "ada@example.com",
            "setup_intent_data[description]",
            "later");
    assertThat(session.body())
        .containsEntry("payment_status", "no_payment_required")
        .containsEntry("amount_total", null)
        .containsEntry("currency", "eur")
        .containsEntry("customer_email", "ada@example.com")
        .containsEntry("setup_intent", null);
    assertThat(gateway.get(PATH + "/" + session.string("id") + "/line_items").data()).isEmpty();
  }

  @Test
  void what_is_not_supported_or_does_not_fit_is_refused_by_name() {
    refused("mode", "success_url", "https://shop.example.com/");
    refused("mode", payment("mode", "subscription"));
    refused("success_url", "mode", "setup");
    refused("success_url", payment("success_url", "ftp://shop.example.com/"));
    refused("success_url", payment("success_url", "https://a:b@shop.example.com/"));
    refused("success_url", payment("success_url", "https://shop.example.com/{SESSION}"));
    refused("cancel_url", payment("cancel_url", "/back"));
    refused("line_items", "mode", "payment", "success_url", "https://shop.example.com/");
    refused("line_items[0][price]", payment("line_items[0][price]", "price_1"));
    refused(
        "line_items[0][price_data][recurring]",
        payment("line_items[0][price_data][recurring][interval]", "month"));
    refused(
        "line_items[0][price_data][product]",
        payment("line_items[0][price_data][product]", "prod_1"));
    refused("line_items[0][tax_rates]", payment("line_items[0][tax_rates][0]", "txr_1"));
    refused("line_items[0][quantity]", payment("line_items[0][quantity]", "0"));
    refused(
        "line_items[0][price_data][unit_amount]",
        payment("line_items[0][price_data][unit_amount]", "-1"));
    refused("line_items", payment("line_items[0][price_data][unit_amount]", "0"));
    refused("line_items", payment("line_items[0][price_data][unit_amount]", "99999999"));
    List<String> mixed = new ArrayList<>(List.of(payment()));
    mixed.addAll(List.of(second("eur", "5")));
    refused("line_items[1][price_data][currency]", mixed.toArray(String[]::new));
    refused("currency", payment("currency", "eur"));
    refused("discounts", payment("discounts[0][coupon]", "c"));
    refused("automatic_tax[enabled]", payment("automatic_tax[enabled]", "true"));
    refused("shipping_options", payment("shipping_options[0][shipping_rate]", "shr_1"));
    refused("subscription_data", payment("subscription_data[description]", "x"));
    refused("allow_promotion_codes", payment("allow_promotion_codes", "true"));
    refused("ui_mode", payment("ui_mode", "embedded_page"));
    refused("payment_method_types[0]", payment("payment_method_types[0]", "klarna"));
    refused("setup_intent_data", payment("setup_intent_data[description]", "x"));
    refused("customer", payment("customer", "cus_none"));
    refused("customer_email", payment("customer", "cus_1", "customer_email", "a@example.com"));
    refused(
        "line_items",
        "mode",
        "setup",
        "success_url",
        "https://shop.example.com/",
        "line_items[0][quantity]",
        "1",
        "line_items[0][price_data][currency]",
        "usd",
        "line_items[0][price_data][unit_amount]",
        "1",
        "line_items[0][price_data][product_data][name]",
        "x");
  }

  @Test
  void it_lives_half_an_hour_to_a_day() {
    long now = InstantSource.system().instant().getEpochSecond();
    refused("expires_at", payment("expires_at", Long.toString(now + 1_600)));
    refused("expires_at", payment("expires_at", Long.toString(now + 90_000)));
    long half = now + 1_800;
    assertThat(created(payment("expires_at", Long.toString(half))).body())
        .containsEntry("expires_at", half);
  }

  @Test
  void the_older_name_of_its_page_is_understood() {
    Answer older =
        gateway.send(
            gateway
                .form(PATH, payment("ui_mode", "hosted"))
                .header("Stripe-Version", "2024-06-20"));
    assertThat(older.body()).containsEntry("ui_mode", "hosted");
  }

  @Test
  void it_is_ended_once_by_the_merchant() {
    String one = PATH + "/" + created(payment()).string("id");
    HttpRequest.Builder expire =
        gateway.form(one + "/expire").header("Idempotency-Key", "expire-" + one);
    Answer ended = gateway.send(expire);
    assertThat(ended.body()).containsEntry("status", "expired").containsEntry("url", null);
    assertThat(gateway.send(expire).header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(gateway.get(one).body()).isEqualTo(ended.body());
    Answer again = gateway.post(one + "/expire");
    assertThat(again.status()).isEqualTo(400);
    assertThat(again.error()).containsEntry("code", "checkout_session_unexpected_state");
    assertThat(expired(ended.string("id"))).hasSize(1);
    assertThat(gateway.get(PATH + "?status=expired&limit=1").data()).containsExactly(ended.body());
  }

  @Test
  void it_is_ended_by_the_clock_with_one_event() {
    SessionExpiry expiry = gateway.context.getBean(SessionExpiry.class);
    String id = created(payment()).string("id");
    Instant now = InstantSource.system().instant();
    expiry.round(now.plus(Duration.ofHours(23)));
    assertThat(gateway.get(PATH + "/" + id).body()).containsEntry("status", "open");
    assertThat(expiry.round(now.plus(Duration.ofHours(25)))).isPositive();
    assertThat(gateway.get(PATH + "/" + id).body()).containsEntry("status", "expired");
    expiry.round(now.plus(Duration.ofHours(26)));
    List<Map<String, @Nullable Object>> events = expired(id);
    assertThat(events).hasSize(1);
    assertThat(String.valueOf(events.getFirst().get("data"))).contains("status=expired");
    assertThat(gateway.post(PATH + "/" + id + "/expire").status()).isEqualTo(400);
  }

  private List<Map<String, @Nullable Object>> expired(String id) {
    return gateway.get("/v1/events?type=checkout.session.expired&limit=100").data().stream()
        .filter(event -> String.valueOf(event.get("data")).contains(id))
        .toList();
  }

  @Test
  void another_account_does_not_see_it() {
    String one = PATH + "/" + created(payment()).string("id");
    for (String path : List.of(one, one + "/line_items")) {
      Answer other =
          gateway.send(
              gateway
                  .request(path)
                  .setHeader("Authorization", "Bearer " + gateway.otherKey.text()));
      assertThat(other.status()).isEqualTo(404);
    }
  }
}
