package dev.portcullis.gateway.openapi;

import static dev.portcullis.gateway.openapi.ObjectType.hash;
import static dev.portcullis.gateway.openapi.ObjectType.named;

/** What checkout sessions and their items have, and tokens; see {@link ObjectCatalog}. */
final class CheckoutCatalog {

  private CheckoutCatalog() {}

  static ObjectType session() {
    return asked(named("checkout.session"))
        .text("id", "mode", "payment_status", "status", "success_url", "ui_mode")
        .text("payment_method_collection")
        .whole("created", "expires_at")
        .wholeOrNull("amount_subtotal", "amount_total")
        .truth("livemode")
        .truthOrNull("allow_promotion_codes")
        .textOrNull("cancel_url", "client_reference_id", "currency", "customer")
        .textOrNull("customer_creation", "customer_email", "locale", "payment_intent")
        .textOrNull("payment_link", "setup_intent", "submit_type", "url")
        .nothing("adaptive_pricing", "allowed_payment_method_types", "client_secret")
        .nothing("currency_conversion", "customer_account")
        .nothing("integration_identifier", "invoice", "invoice_creation", "managed_payments")
        .nothing("origin_context", "payment_method_configuration_details")
        .nothing("permissions", "recovered_from")
        .oneOrNull("collected_information", collected())
        .oneOrNull("consent", hash().textOrNull("promotions", "terms_of_service"))
        .oneOrNull(
            "saved_payment_method_options",
            hash()
                .texts("allow_redisplay_filters")
                .textOrNull("payment_method_remove", "payment_method_save"))
        .nothing("shipping_cost", "subscription", "wallet_options")
        .texts("payment_method_types")
        .metadata()
        .many("discounts", hash())
        .many("shipping_options", hash())
        .open("payment_method_options")
        .one("automatic_tax", hash().truth("enabled").nothing("liability", "provider", "status"))
        .oneOrNull("customer_details", customerDetails())
        .oneOrNull(
            "total_details", hash().whole("amount_discount", "amount_shipping", "amount_tax"))
        .atTimes(
            hash()
                .one("tax_id_collection", hash().truth("enabled").text("required"))
                .open("line_items"));
  }

  /** What the page asks of the shopper. */
  private static ObjectType asked(ObjectType session) {
    ObjectType message = hash().text("message");
    ObjectType recovery =
        hash().truth("allow_promotion_codes", "enabled").nothing("expires_at", "url");
    return session
        .textOrNull("billing_address_collection")
        .oneOrNull("after_expiration", hash().one("recovery", recovery))
        .oneOrNull(
            "consent_collection",
            hash()
                .oneOrNull("payment_method_reuse_agreement", hash().text("position"))
                .textOrNull("promotions", "terms_of_service"))
        .many("custom_fields", customField())
        .one(
            "custom_text",
            hash()
                .oneOrNull("after_submit", message)
                .oneOrNull("shipping_address", message)
                .oneOrNull("submit", message)
                .oneOrNull("terms_of_service_acceptance", message))
        .one("phone_number_collection", hash().truth("enabled"))
        .oneOrNull("shipping_address_collection", hash().texts("allowed_countries"));
  }

  private static ObjectType customField() {
    ObjectType bounds =
        hash().textOrNull("default_value", "value").wholeOrNull("maximum_length", "minimum_length");
    ObjectType dropdown =
        hash().textOrNull("default_value", "value").many("options", hash().text("label", "value"));
    return hash()
        .text("key", "type")
        .truth("optional")
        .one("label", hash().text("custom", "type"))
        .atTimes(hash().one("dropdown", dropdown).one("numeric", bounds).one("text", bounds));
  }

  private static ObjectType address() {
    return hash().textOrNull("city", "country", "line1", "line2", "postal_code", "state");
  }

  private static ObjectType collected() {
    return hash()
        .nothing("business_name", "individual_name")
        .oneOrNull("shipping_details", hash().one("address", address()).text("name"));
  }

  private static ObjectType customerDetails() {
    return hash()
        .nothing("business_name", "individual_name", "tax_ids")
        .oneOrNull("address", address())
        .textOrNull("email", "name", "phone", "tax_exempt");
  }

  static ObjectType item() {
    ObjectType price =
        named("price")
            .text("id", "billing_scheme", "currency", "product", "tax_behavior", "type")
            .text("unit_amount_decimal")
            .whole("created", "unit_amount")
            .truth("active", "livemode")
            .nothing("custom_unit_amount", "lookup_key", "nickname", "recurring", "tiers_mode")
            .nothing("transform_quantity")
            .metadata();
    return named("item")
        .text("id", "currency", "description")
        .whole("amount_discount", "amount_subtotal", "amount_tax", "amount_total", "quantity")
        .nothing("adjustable_quantity")
        .metadata()
        .one("price", price);
  }

  static ObjectType link() {
    ObjectType message = hash().text("message");
    return named("payment_link")
        .text("id", "billing_address_collection", "currency", "customer_creation", "submit_type")
        .text("payment_method_collection", "url")
        .textOrNull("inactive_message")
        .nothing("application", "application_fee_amount", "application_fee_percent")
        .nothing("on_behalf_of", "optional_items", "subscription_data", "transfer_data")
        .oneOrNull("restrictions", hash().one("completed_sessions", hash().whole("count", "limit")))
        .one("automatic_tax", hash().truth("enabled").nothing("liability"))
        .one("invoice_creation", hash().truth("enabled").nothing("invoice_data"))
        .many("shipping_options", hash())
        .one("tax_id_collection", hash().truth("enabled").text("required"))
        .oneOrNull(
            "payment_intent_data",
            hash()
                .textOrNull("capture_method", "description", "setup_future_usage")
                .textOrNull("statement_descriptor", "statement_descriptor_suffix")
                .textOrNull("transfer_group")
                .metadata())
        .truth("active", "allow_promotion_codes", "livemode")
        .texts("payment_method_types")
        .metadata()
        .one(
            "after_completion",
            hash()
                .text("type")
                .atTimes(
                    hash()
                        .one("hosted_confirmation", hash().textOrNull("custom_message"))
                        .one("redirect", hash().text("url"))))
        .oneOrNull(
            "consent_collection",
            hash()
                .oneOrNull("payment_method_reuse_agreement", hash().text("position"))
                .textOrNull("promotions", "terms_of_service"))
        .many("custom_fields", customField())
        .one(
            "custom_text",
            hash()
                .oneOrNull("after_submit", message)
                .oneOrNull("shipping_address", message)
                .oneOrNull("submit", message)
                .oneOrNull("terms_of_service_acceptance", message))
        .one("phone_number_collection", hash().truth("enabled"))
        .oneOrNull("shipping_address_collection", hash().texts("allowed_countries"));
  }

  static ObjectType branding() {
    return named("page_branding")
        .text("primary_color")
        .textOrNull("display_name", "logo")
        .whole("corner_radius")
        .truth("livemode");
  }

  static ObjectType token() {
    ObjectType card =
        named("card")
            .text("id", "brand", "funding", "last4")
            .whole("exp_month", "exp_year")
            .textOrNull("address_city", "address_country", "address_line1")
            .textOrNull("address_line1_check", "address_line2", "address_state", "address_zip")
            .textOrNull("address_zip_check", "country", "cvc_check", "fingerprint", "name")
            .nothing("dynamic_last4", "regulated_status", "tokenization_method")
            .metadata()
            .one("networks", hash().textOrNull("preferred"));
    return named("token")
        .text("id", "type")
        .textOrNull("client_ip")
        .whole("created")
        .truth("livemode", "used")
        .one("card", card);
  }
}
