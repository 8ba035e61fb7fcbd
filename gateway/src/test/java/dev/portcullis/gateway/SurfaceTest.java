package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The edges of what is taken: what is known and refused by name, and what is merely kept. */
class SurfaceTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final String[] PAYMENT = {
    "amount", "1200", "currency", "usd", "payment_method", "pm_card_visa", "confirm", "true"
  };

  private static Answer ok(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer;
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/payment_intents,application_fee_amount,application_fee_amount",
    "/v1/payment_intents,transfer_data[destination],transfer_data",
    "/v1/payment_intents,on_behalf_of,on_behalf_of",
    "/v1/payment_intents,payment_method_options[card][moto],payment_method_options[card][moto]",
    "/v1/setup_intents,single_use[amount],single_use",
    "/v1/setup_intents,attach_to_self,attach_to_self",
    "/v1/setup_intents,flow_directions[],flow_directions",
    "/v1/payment_methods,sepa_debit[iban],sepa_debit",
    "/v1/payment_methods,customer,customer",
    "/v1/customers,coupon,coupon",
    "/v1/customers,tax[ip_address],tax",
    "/v1/customers,tax_id_data[0][type],tax_id_data",
    "/v1/customers,test_clock,test_clock",
    "/v1/refunds,reverse_transfer,reverse_transfer",
    "/v1/refunds,origin,origin",
    "/v1/tokens,bank_account[country],bank_account",
    "/v1/checkout/sessions,subscription_data[trial_period_days],subscription_data",
    "/v1/checkout/sessions,shipping_options[0][shipping_rate],shipping_options",
    "/v1/checkout/sessions,line_items[0][price],line_items[0][price]",
    "/v1/checkout/sessions,line_items[0][tax_rates][],line_items[0][tax_rates]",
    "/v1/payment_links,line_items[0][price],line_items[0][price]",
    "/v1/payment_links,line_items[0][adjustable_quantity][enabled],"
        + "line_items[0][adjustable_quantity]",
  })
  void what_is_not_had_here_is_refused_with_its_reason(String path, String sent, String param) {
    Answer answer = GATEWAY.post(path, sent, "1");
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.error())
        .containsEntry("code", "parameter_unsupported")
        .containsEntry("param", param);
    assertThat(String.valueOf(answer.error().get("message")))
        .startsWith(param + " is not supported: ");
  }

  @Test
  void a_resource_that_is_not_had_here_is_refused_with_its_reason() {
    for (String path :
        List.of("/v1/products", "/v1/prices/price_1", "/v1/invoices", "/v1/subscriptions")) {
      Answer answer = GATEWAY.post(path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      assertThat(String.valueOf(answer.error().get("message")))
          .startsWith("Unrecognized request URL (POST: " + path + "). It is not supported: ");
    }
    assertThat(GATEWAY.post("/v1/nonsense").error())
        .containsEntry("message", "Unrecognized request URL (POST: /v1/nonsense).");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/v1/charges,405",
    "POST,/v1/checkout/sessions/cs_test_1,405",
    "POST,/v1/accounts/acct_first,405",
    "POST,/v1/charges/ch_1/refunds,405",
    "POST,/v1/charges/ch_1/capture,404",
    "POST,/v1/charges/ch_1/refund,404",
    "GET,/v1/charges/ch_1/dispute,404",
    "POST,/v1/payment_intents/pi_1/increment_authorization,404",
    "POST,/v1/payment_intents/pi_1/verify_microdeposits,404",
    "GET,/v1/customers/cus_1/sources,404",
    "DELETE,/v1/customers/cus_1/sources/card_1,404",
    "POST,/v1/customers/cus_1/balance_transactions,404",
    "GET,/v1/customers/cus_1/subscriptions,404",
    "GET,/v1/customers/cus_1/tax_ids/txi_1,404",
    "POST,/v1/payouts,404",
    "POST,/v1/billing_portal/sessions,404",
    "GET,/v1/terminal/readers,404",
  })
  void what_is_not_done_here_is_refused_with_its_reason(String method, String path, int status) {
    Answer answer =
        GATEWAY.send(GATEWAY.request(path).method(method, HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(String.valueOf(answer.error().get("message")))
        .contains(path)
        .contains(" It is not supported: ");
    assertThat(answer.header("Allow").isEmpty()).isEqualTo(status == 404);
  }

  @Test
  void a_method_that_nobody_has_is_refused_without_one() {
    assertThat(GATEWAY.delete("/v1/charges").error())
        .containsEntry("message", "The method DELETE is not allowed for /v1/charges.");
  }

  @Test
  void an_amount_with_a_point_is_told_of_the_smallest_unit() {
    assertThat(
            String.valueOf(
                GATEWAY
                    .post("/v1/payment_intents", "amount", "19.99", "currency", "usd")
                    .error()
                    .get("message")))
        .startsWith("Invalid integer: 19.99. amount is a whole number")
        .contains("smallest unit");
    assertThat(String.valueOf(GATEWAY.post("/v1/refunds").error().get("message")))
        .contains("payment_intent, or charge");
  }

  @Test
  void a_browser_that_asks_for_an_icon_meets_no_error() {
    assertThat(GATEWAY.get("/favicon.ico").status()).isEqualTo(204);
  }

  @Test
  void lists_refuse_by_name_too() {
    for (String query :
        List.of(
            "/v1/balance_transactions?payout=po_1",
            "/v1/setup_intents?attach_to_self=true",
            "/v1/customers?test_clock=clock_1",
            "/v1/checkout/sessions?subscription=sub_1")) {
      assertThat(GATEWAY.get(query).error()).containsEntry("code", "parameter_unsupported");
    }
  }

  @Test
  void what_can_only_be_off_is_taken_as_off() {
    Answer endpoint =
        GATEWAY.post(
            "/v1/webhook_endpoints",
            "url",
            "https://shop.example/hook",
            "enabled_events[]",
            "*",
            "connect",
            "true");
    assertThat(endpoint.error())
        .containsEntry("code", "parameter_unsupported")
        .containsEntry("param", "connect");
  }

  @Test
  void wishes_and_consents_stay_with_the_payment() {
    Answer paid =
        ok(
            GATEWAY.post(
                "/v1/payment_intents",
                Gateway.both(
                    PAYMENT,
                    "radar_options[session]",
                    "rse_1",
                    "payment_method_options[card][request_multicapture]",
                    "if_available",
                    "mandate_data[customer_acceptance][type]",
                    "online",
                    "mandate_data[customer_acceptance][online][ip_address]",
                    "192.0.2.7",
                    "mandate_data[customer_acceptance][online][user_agent]",
                    "A browser",
                    "transfer_group",
                    "group-" + Long.toString(System.nanoTime(), 36))));
    Map<?, ?> options =
        (Map<?, ?>) Objects.requireNonNull(paid.body().get("payment_method_options"));
    assertThat(options.get("card"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("request_multicapture", "if_available");
    Answer charge = GATEWAY.get("/v1/charges/" + paid.string("latest_charge"));
    assertThat(charge.body()).containsEntry("radar_options", Map.of("session", "rse_1"));
    Map<?, ?> details =
        (Map<?, ?>) Objects.requireNonNull(charge.body().get("payment_method_details"));
    assertThat(details.get("card"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("multicapture", Map.of("status", "unavailable"));
    assertThat(GATEWAY.get("/v1/charges?transfer_group=" + paid.string("transfer_group")).data())
        .extracting(found -> found.get("id"))
        .containsExactly(charge.string("id"));
    assertThat(GATEWAY.get("/v1/charges?transfer_group=no-such-group").data()).isEmpty();
  }

  @Test
  void values_that_stripe_has_are_refused_with_the_reason() {
    for (String[] refused :
        new String[][] {
          {"/v1/checkout/sessions", "mode", "subscription", "mode"},
          {"/v1/checkout/sessions", "ui_mode", "embedded_page", "ui_mode"},
          {"/v1/payment_intents", "payment_method_types[]", "ideal", "payment_method_types[0]"},
          {"/v1/setup_intents", "payment_method_types[]", "sepa_debit", "payment_method_types[0]"},
          {
            "/v1/payment_intents",
            "payment_method_data[type]",
            "klarna",
            "payment_method_data[type]"
          },
          {"/v1/payment_methods", "type", "sepa_debit", "type"}
        }) {
      Answer answer =
          GATEWAY.post(
              refused[0],
              refused[0].contains("checkout")
                  ? new String[] {refused[1], refused[2], "success_url", "https://shop.example/"}
                  : new String[] {refused[1], refused[2]});
      assertThat(answer.error())
          .as(refused[0] + " " + refused[2] + ": " + answer.text())
          .containsEntry("code", "parameter_unsupported")
          .containsEntry("param", refused[3]);
    }
    assertThat(GATEWAY.get("/v1/balance_transactions?type=payout").error())
        .containsEntry("code", "parameter_unsupported");
    assertThat(GATEWAY.post("/v1/payment_methods", "type", "cowries").error())
        .containsEntry("code", "parameter_invalid_choice");
  }

  @Test
  void a_consent_on_the_web_says_from_where() {
    Answer nowhere =
        GATEWAY.post(
            "/v1/payment_intents",
            Gateway.both(PAYMENT, "mandate_data[customer_acceptance][type]", "online"));
    assertThat(nowhere.error())
        .containsEntry("code", "parameter_missing")
        .containsEntry("param", "mandate_data[customer_acceptance][online]");
    Answer unconfirmed =
        GATEWAY.post(
            "/v1/payment_intents",
            "amount",
            "1200",
            "currency",
            "usd",
            "mandate_data[customer_acceptance][type]",
            "offline");
    assertThat(unconfirmed.error()).containsEntry("param", "mandate_data");
    assertThat(
            GATEWAY
                .post("/v1/payment_intents", Gateway.both(PAYMENT, "mandate", "mandate_1"))
                .error())
        .containsEntry("code", "resource_missing");
  }

  @Test
  void a_refund_of_a_card_cannot_be_cancelled() {
    Answer paid = ok(GATEWAY.post("/v1/payment_intents", PAYMENT));
    Answer refund =
        ok(
            GATEWAY.post(
                "/v1/refunds",
                "payment_intent",
                paid.string("id"),
                "instructions_email",
                "a@example.com"));
    assertThat(refund.body()).containsEntry("instructions_email", "a@example.com");
    Answer canceled = GATEWAY.post("/v1/refunds/" + refund.string("id") + "/cancel");
    assertThat(canceled.status()).isEqualTo(400);
    assertThat(canceled.error())
        .containsEntry("type", "invalid_request_error")
        .containsEntry("code", "status_transition_invalid");
    assertThat(String.valueOf(canceled.error().get("message")))
        .contains("has a status of succeeded", "requires_action");
    assertThat(GATEWAY.get("/v1/refunds/" + refund.string("id")).body()).isEqualTo(refund.body());
    assertThat(GATEWAY.post("/v1/refunds/re_none/cancel").status()).isEqualTo(404);
  }

  @Test
  void a_token_becomes_the_default_card_of_a_new_customer() {
    Answer customer =
        ok(GATEWAY.post("/v1/customers", "source", "tok_visa", "invoice_prefix", "ABC123"));
    assertThat(customer.body()).containsEntry("invoice_prefix", "ABC123");
    Map<?, ?> settings =
        (Map<?, ?>) Objects.requireNonNull(customer.body().get("invoice_settings"));
    assertThat(GATEWAY.get("/v1/customers/" + customer.string("id") + "/payment_methods").data())
        .extracting(method -> method.get("id"))
        .containsExactly(settings.get("default_payment_method"));
    assertThat(GATEWAY.post("/v1/customers/" + customer.string("id"), "source", "tok_visa").error())
        .containsEntry("code", "parameter_unsupported");
  }
}
