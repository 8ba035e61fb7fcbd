package dev.portcullis.gateway.openapi;

import static dev.portcullis.gateway.openapi.ObjectType.hash;
import static dev.portcullis.gateway.openapi.ObjectType.named;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the objects of the API have. Tests hold every answer of the running system against it, both
 * ways, so that it cannot differ from what is served.
 */
final class ObjectCatalog {

  private static final ObjectType ADDRESS =
      hash().textOrNull("city", "country", "line1", "line2", "postal_code", "state");

  private static final ObjectType BILLING_DETAILS =
      hash().one("address", ADDRESS).textOrNull("email", "name", "phone", "tax_id");

  private static final ObjectType SHIPPING =
      hash()
          .oneOrNull("address", ADDRESS)
          .textOrNull("carrier", "name", "phone", "tracking_number");

  private static final ObjectType CHECKS =
      hash().textOrNull("address_line1_check", "address_postal_code_check", "cvc_check");

  private static final ObjectType AUTOMATIC = hash().text("allow_redirects").truth("enabled");

  private static final ObjectType NEXT_ACTION =
      hash().one("redirect_to_url", hash().textOrNull("return_url").text("url")).text("type");

  private static final ObjectType LAST_ERROR =
      hash()
          .text("message", "type")
          .atTimes(
              hash()
                  .text("advice_code", "charge", "code", "decline_code", "network_advice_code")
                  .text("network_decline_code", "payment_method_type")
                  .open("payment_method"));

  private ObjectCatalog() {}

  /** The types by their names; that of a deleted object begins with {@code deleted_}. */
  static Map<String, ObjectType> all() {
    Map<String, ObjectType> all = new LinkedHashMap<>();
    all.put("account", account());
    all.put("balance", balance());
    all.put("balance_transaction", balanceTransaction());
    all.put("card_alias", named("card_alias").text("id").truth("livemode").text("payment_method"));
    all.put("charge", charge());
    all.put("checkout.session", CheckoutCatalog.session());
    all.put("item", CheckoutCatalog.item());
    all.put("page_branding", CheckoutCatalog.branding());
    all.put("payment_link", CheckoutCatalog.link());
    all.put("token", CheckoutCatalog.token());
    all.put("customer", customer());
    all.put("deleted_webhook_endpoint", named("webhook_endpoint").text("id").truth("deleted"));
    all.put("deleted_customer", named("customer").text("id").truth("deleted"));
    all.put("dispute", dispute());
    all.put("event", event());
    all.put("mandate", mandate());
    all.put("payment_intent", paymentIntent());
    all.put("payment_method", paymentMethod());
    all.put("radar.value_list", valueList());
    all.put("radar.value_list_item", valueListItem());
    all.put("deleted_radar.value_list", named("radar.value_list").text("id").truth("deleted"));
    all.put(
        "deleted_radar.value_list_item",
        named("radar.value_list_item").text("id").truth("deleted"));
    all.put("refund", refund());
    all.put("request_log", requestLog());
    all.put("setup_intent", setupIntent());
    all.put("webhook_delivery", webhookDelivery());
    all.put("webhook_endpoint", webhookEndpoint());
    all.put(
        "webhook_resend",
        named("webhook_resend")
            .text("id", "webhook_endpoint")
            .whole("created", "since", "until")
            .textOrNull("status")
            .truth("livemode"));
    all.put("api_settings", apiSettings());
    return all;
  }

  private static ObjectType account() {
    return named("account")
        .text("id", "type")
        .nothing("business_profile", "business_type", "country", "default_currency", "email")
        .nothing("settings")
        .truth("charges_enabled", "details_submitted", "payouts_enabled")
        .whole("created")
        .metadata()
        .open("capabilities", "controller");
  }

  private static ObjectType apiSettings() {
    return named("api_settings")
        .text("api_version", "newest_api_version", "oldest_api_version")
        .truth("livemode")
        .many("changes", hash().text("since", "description"));
  }

  private static ObjectType balance() {
    ObjectType funds = hash().whole("amount").text("currency").open("source_types");
    return named("balance").truth("livemode").many("available", funds).many("pending", funds);
  }

  private static ObjectType balanceTransaction() {
    ObjectType fee =
        hash().whole("amount").textOrNull("application", "description").text("currency", "type");
    return named("balance_transaction")
        .text("id", "balance_type", "currency", "reporting_category", "status", "type")
        .whole("amount", "available_on", "created", "fee", "net")
        .textOrNull("description", "source")
        .nothing("exchange_rate")
        .many("fee_details", fee);
  }

  private static ObjectType charge() {
    ObjectType outcome =
        hash()
            .textOrNull("advice_code", "network_advice_code", "network_decline_code")
            .textOrNull("network_status", "reason", "seller_message")
            .text("risk_level", "type");
    return named("charge")
        .text("id", "currency", "status")
        .whole("amount", "amount_captured", "amount_refunded", "created")
        .truth("captured", "disputed", "livemode", "paid", "refunded")
        .textOrNull("balance_transaction", "calculated_statement_descriptor", "customer")
        .textOrNull("description", "failure_balance_transaction", "failure_code")
        .textOrNull("failure_message", "payment_intent", "payment_method", "receipt_email")
        .textOrNull("statement_descriptor", "statement_descriptor_suffix", "transfer_group")
        .nothing("application", "application_fee", "application_fee_amount", "on_behalf_of")
        .nothing("receipt_number", "receipt_url", "review", "source", "source_transfer")
        .nothing("transfer_data")
        .metadata()
        .one("billing_details", BILLING_DETAILS)
        .open("fraud_details", "radar_options")
        .oneOrNull("outcome", outcome)
        .oneOrNull("payment_method_details", hash().one("card", chargedCard()).text("type"))
        .oneOrNull("shipping", SHIPPING)
        .atTimes(hash().open("refunds"));
  }

  private static ObjectType dispute() {
    ObjectType evidence =
        hash()
            .textOrNull("access_activity_log", "billing_address", "cancellation_policy_disclosure")
            .textOrNull("cancellation_rebuttal", "customer_email_address", "customer_name")
            .textOrNull("customer_purchase_ip", "duplicate_charge_explanation")
            .textOrNull("duplicate_charge_id", "product_description", "refund_policy_disclosure")
            .textOrNull("refund_refusal_explanation", "service_date", "shipping_address")
            .textOrNull("shipping_carrier", "shipping_date", "shipping_tracking_number")
            .textOrNull("uncategorized_text")
            .nothing("cancellation_policy", "customer_communication", "customer_signature")
            .nothing("duplicate_charge_documentation", "receipt", "refund_policy")
            .nothing("service_documentation", "shipping_documentation", "uncategorized_file")
            .open("enhanced_evidence");
    ObjectType details =
        hash()
            .whole("due_by", "submission_count")
            .truth("has_evidence", "past_due")
            .text("submission_method")
            .open("enhanced_eligibility");
    ObjectType card =
        hash().text("brand", "case_type", "network").textOrNull("network_reason_code");
    return named("dispute")
        .text("id", "charge", "currency", "payment_intent", "reason", "status")
        .whole("amount", "created")
        .truth("is_charge_refundable", "livemode")
        .textOrNull("network_reason_code")
        .nothing("intended_submission_method")
        .texts("enhanced_eligibility_types")
        .metadata()
        .many("balance_transactions", balanceTransaction())
        .one("evidence", evidence)
        .one("evidence_details", details)
        .one("payment_method_details", hash().one("card", card).text("type"));
  }

  private static ObjectType chargedCard() {
    ObjectType secure =
        hash()
            .textOrNull("authentication_flow", "result", "version")
            .nothing("electronic_commerce_indicator", "exemption_indicator")
            .nothing("result_reason", "transaction_id");
    return hash()
        .whole("amount_authorized", "exp_month", "exp_year")
        .textOrNull("authorization_code", "brand", "country", "fingerprint", "funding", "last4")
        .textOrNull("mandate", "network", "network_transaction_id")
        .nothing("electronic_commerce_indicator", "installments", "regulated_status")
        .nothing("transaction_link_id", "wallet")
        .one("checks", CHECKS)
        .one("extended_authorization", hash().text("status"))
        .one("incremental_authorization", hash().text("status"))
        .one("multicapture", hash().text("status"))
        .one("overcapture", hash().whole("maximum_amount_capturable").text("status"))
        .oneOrNull("three_d_secure", secure);
  }

  private static ObjectType customer() {
    ObjectType invoices =
        hash()
            .textOrNull("default_payment_method", "footer")
            .nothing("custom_fields", "rendering_options");
    return named("customer")
        .text("id", "invoice_prefix", "tax_exempt")
        .whole("balance", "created", "next_invoice_sequence")
        .truth("delinquent", "livemode")
        .textOrNull("description", "email", "name", "phone")
        .nothing("currency", "customer_account", "default_source", "discount", "test_clock")
        .texts("preferred_locales")
        .metadata()
        .one("invoice_settings", invoices)
        .oneOrNull("address", ADDRESS)
        .oneOrNull("shipping", SHIPPING);
  }

  private static ObjectType event() {
    return named("event")
        .text("id", "api_version", "type")
        .whole("created", "pending_webhooks")
        .truth("livemode")
        .one("data", hash().open("object").atTimes(hash().open("previous_attributes")))
        .oneOrNull("request", hash().textOrNull("id", "idempotency_key"));
  }

  private static ObjectType mandate() {
    ObjectType acceptance =
        hash()
            .text("type")
            .whole("accepted_at")
            .atTimes(hash().open("offline").one("online", hash().text("ip_address", "user_agent")));
    return named("mandate")
        .text("id", "payment_method", "status", "type")
        .truth("livemode")
        .one("customer_acceptance", acceptance)
        .one("payment_method_details", hash().text("type").open("card"))
        .open("multi_use");
  }

  private static ObjectType paymentIntent() {
    return named("payment_intent")
        .text("id", "capture_method", "client_secret", "confirmation_method", "currency", "status")
        .whole("amount", "amount_capturable", "amount_received", "created")
        .truth("livemode")
        .wholeOrNull("canceled_at")
        .textOrNull("cancellation_reason", "customer", "description", "latest_charge")
        .textOrNull("payment_method", "receipt_email", "setup_future_usage")
        .textOrNull("statement_descriptor", "statement_descriptor_suffix", "transfer_group")
        .nothing("allowed_payment_method_types", "application", "application_fee_amount")
        .nothing("customer_account", "excluded_payment_method_types", "managed_payments")
        .nothing("on_behalf_of", "payment_method_configuration_details", "payment_record")
        .nothing("processing", "review", "source", "transfer_data")
        .texts("payment_method_types")
        .metadata()
        .one("amount_details", hash().open("tip"))
        .one("payment_method_options", paymentOptions())
        .oneOrNull("automatic_payment_methods", AUTOMATIC)
        .oneOrNull("last_payment_error", LAST_ERROR)
        .oneOrNull("next_action", NEXT_ACTION)
        .oneOrNull("shipping", SHIPPING);
  }

  private static ObjectType cardOptions() {
    return hash().text("request_three_d_secure").nothing("mandate_options", "network");
  }

  private static ObjectType paymentOptions() {
    ObjectType wishes =
        hash()
            .text("request_extended_authorization", "request_incremental_authorization")
            .text("request_multicapture", "request_overcapture");
    return hash().one("card", cardOptions().nothing("installments").atTimes(wishes));
  }

  private static ObjectType paymentMethod() {
    ObjectType card =
        hash()
            .textOrNull("brand", "country", "display_brand", "fingerprint", "funding", "last4")
            .textOrNull("regulated_status")
            .whole("exp_month", "exp_year")
            .nothing("generated_from", "wallet")
            .one("checks", CHECKS)
            .one("networks", hash().texts("available").textOrNull("preferred"))
            .one("three_d_secure_usage", hash().truth("supported"));
    return named("payment_method")
        .text("id", "allow_redisplay", "type")
        .whole("created")
        .truth("livemode")
        .textOrNull("customer")
        .nothing("customer_account")
        .metadata()
        .one("billing_details", BILLING_DETAILS)
        .one("card", card);
  }

  private static ObjectType refund() {
    ObjectType destination = hash().one("card", hash().text("type")).text("type");
    return named("refund")
        .text("id", "currency", "status")
        .whole("amount", "created")
        .textOrNull("balance_transaction", "charge", "customer", "payment_intent")
        .textOrNull("payment_method", "reason")
        .nothing("customer_account", "receipt_number", "source_transfer_reversal")
        .nothing("transfer_reversal")
        .metadata()
        .one("destination_details", destination)
        .atTimes(hash().text("failure_reason", "instructions_email", "pending_reason"));
  }

  private static ObjectType requestLog() {
    return named("request_log")
        .text("id", "address", "api_version", "key", "method", "path", "user_agent")
        .whole("created", "duration_micros", "status")
        .truth("livemode")
        .open("parameters");
  }

  private static ObjectType setupIntent() {
    return named("setup_intent")
        .text("id", "client_secret", "status", "usage")
        .whole("created")
        .truth("livemode")
        .textOrNull("cancellation_reason", "customer", "description", "payment_method")
        .textOrNull("latest_attempt", "mandate")
        .nothing("allowed_payment_method_types", "application", "customer_account")
        .nothing("excluded_payment_method_types", "flow_directions", "managed_payments")
        .nothing("on_behalf_of", "payment_method_configuration_details", "single_use_mandate")
        .texts("payment_method_types")
        .metadata()
        .one("payment_method_options", hash().one("card", cardOptions()))
        .oneOrNull("automatic_payment_methods", AUTOMATIC)
        .oneOrNull("last_setup_error", LAST_ERROR)
        .oneOrNull("next_action", NEXT_ACTION);
  }

  private static ObjectType valueList() {
    ObjectType items = named("list").many("data", valueListItem()).truth("has_more").text("url");
    return named("radar.value_list")
        .text("id", "alias", "created_by", "item_type", "name")
        .whole("created")
        .truth("livemode")
        .metadata()
        .one("list_items", items);
  }

  private static ObjectType valueListItem() {
    return named("radar.value_list_item")
        .text("id", "created_by", "value", "value_list")
        .whole("created")
        .truth("livemode");
  }

  private static ObjectType webhookDelivery() {
    return named("webhook_delivery")
        .text("id", "event_type", "related_object", "status", "webhook_endpoint")
        .whole("attempt_count", "created", "sequence")
        .wholeOrNull("ended", "next_attempt")
        .truth("livemode")
        .atTimes(
            hash()
                .many(
                    "attempts",
                    hash()
                        .whole("created", "duration_ms", "number", "secret_count")
                        .wholeOrNull("http_status")
                        .text("outcome")
                        .textOrNull("reason", "response")));
  }

  private static ObjectType webhookEndpoint() {
    return named("webhook_endpoint")
        .text("id", "status", "url")
        .whole("created")
        .truth("livemode")
        .textOrNull("api_version", "application", "description", "public_key")
        .text("payload")
        .texts("enabled_events")
        .metadata()
        .atTimes(hash().text("secret"));
  }
}
