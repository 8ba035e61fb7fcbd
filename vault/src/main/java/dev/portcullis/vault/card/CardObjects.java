package dev.portcullis.vault.card;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes cards as Stripe's objects, every nullable field present. */
final class CardObjects {

  private static final String UNCHECKED = "unchecked";

  private CardObjects() {}

  /**
   * A payment method.
   *
   * @param showFingerprint false for a publishable key: in a page it would tell cards apart
   */
  static Map<String, @Nullable Object> paymentMethod(
      StoredCard card, CardDetails details, boolean showFingerprint) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", card.id());
    object.put("object", "payment_method");
    object.put("allow_redisplay", details.allowRedisplay());
    object.put("billing_details", details.billing());
    object.put("card", card(card, details, showFingerprint));
    object.put("created", card.created().getEpochSecond());
    object.put("customer", null);
    object.put("customer_account", null);
    object.put("livemode", card.owner().livemode());
    object.put("metadata", details.metadata());
    object.put("type", "card");
    return object;
  }

  private static Map<String, @Nullable Object> card(
      StoredCard card, CardDetails details, boolean showFingerprint) {
    StoredCard.Face face = card.face();
    Map<String, @Nullable Object> checks = new LinkedHashMap<>();
    checks.put("address_line1_check", check(details.address("line1") != null));
    checks.put("address_postal_code_check", check(details.address("postal_code") != null));
    checks.put("cvc_check", check(face.cvcGiven()));
    Map<String, @Nullable Object> networks = new LinkedHashMap<>();
    networks.put("available", List.of(face.brand()));
    networks.put("preferred", null);
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("brand", face.brand());
    object.put("checks", checks);
    object.put("country", face.country());
    object.put("display_brand", face.brand());
    object.put("exp_month", face.expMonth());
    object.put("exp_year", face.expYear());
    if (showFingerprint) {
      object.put("fingerprint", face.fingerprint());
    }
    object.put("funding", face.funding());
    object.put("generated_from", null);
    object.put("last4", face.last4());
    object.put("networks", networks);
    object.put("regulated_status", null);
    object.put("three_d_secure_usage", Map.of("supported", true));
    object.put("wallet", null);
    return object;
  }

  /**
   * A single-use token.
   *
   * @param clientIp from where it was handed in, which is not kept: null when it is shown again
   */
  static Map<String, @Nullable Object> token(
      StoredCard card, CardDetails details, @Nullable String clientIp, boolean showFingerprint) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", card.id());
    object.put("object", "token");
    object.put("card", tokenCard(card, details, showFingerprint));
    object.put("client_ip", clientIp);
    object.put("created", card.created().getEpochSecond());
    object.put("livemode", card.owner().livemode());
    object.put("type", "card");
    object.put("used", card.usedBy() != null);
    return object;
  }

  private static Map<String, @Nullable Object> tokenCard(
      StoredCard card, CardDetails details, boolean showFingerprint) {
    StoredCard.Face face = card.face();
    Map<String, @Nullable Object> networks = new LinkedHashMap<>();
    networks.put("preferred", null);
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    // Not stored: it is the token's, with another prefix, so that it is always the same one.
    object.put("id", card.id().replaceFirst("^tok_", "card_"));
    object.put("object", "card");
    object.put("address_city", details.address("city"));
    object.put("address_country", details.address("country"));
    object.put("address_line1", details.address("line1"));
    object.put("address_line1_check", check(details.address("line1") != null));
    object.put("address_line2", details.address("line2"));
    object.put("address_state", details.address("state"));
    object.put("address_zip", details.address("postal_code"));
    object.put("address_zip_check", check(details.address("postal_code") != null));
    object.put("brand", CardBrand.ofWireName(face.brand()).tokenName());
    object.put("country", face.country());
    object.put("cvc_check", check(face.cvcGiven()));
    object.put("dynamic_last4", null);
    object.put("exp_month", face.expMonth());
    object.put("exp_year", face.expYear());
    if (showFingerprint) {
      object.put("fingerprint", face.fingerprint());
    }
    object.put("funding", face.funding());
    object.put("last4", face.last4());
    object.put("metadata", details.metadata());
    object.put("name", details.billing().get("name"));
    object.put("networks", networks);
    object.put("regulated_status", null);
    object.put("tokenization_method", null);
    return object;
  }

  /** The gateway's view: what it keeps of a card, and what it pulls. */
  static Map<String, @Nullable Object> lookup(
      StoredCard card, @Nullable CardDetails details, boolean cvcPresent) {
    CardDetails known = details == null ? CardDetails.none() : details;
    Map<String, @Nullable Object> face = card(card, known, true);
    face.put("bin", card.face().bin());
    face.put("cvc_present", cvcPresent);
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", card.id());
    object.put("created", card.created().getEpochSecond());
    object.put("livemode", card.owner().livemode());
    object.put("type", "card");
    object.put("card", face);
    object.put("billing_details", details == null ? null : details.billing());
    object.put("metadata", details == null ? null : details.metadata());
    object.put("allow_redisplay", details == null ? null : details.allowRedisplay());
    object.put("used", card.usedBy() != null);
    return object;
  }

  private static @Nullable String check(boolean given) {
    return given ? UNCHECKED : null;
  }
}
