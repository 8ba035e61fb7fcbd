package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.search.SearchField;
import dev.portcullis.gateway.search.SearchTerms;
import dev.portcullis.gateway.search.Searchable;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** By what payments and charges are found (Stripe documentation, Query fields). */
@Configuration(proxyBeanMethods = false)
class PaymentSearch {

  private static final String CARD = "payment_method_details.card.";
  private static final String CARD_SQL = "doc->'facts'->'payment_method_details'->'card'->>";
  private static final String POSTAL_CODE = "billing_details.address.postal_code";

  @Bean
  Searchable paymentIntentSearch() {
    return new Searchable(
        "payment_intent",
        "/v1/payment_intents",
        Tables.PAYMENT_INTENTS,
        "",
        "(doc->'details'->'metadata')",
        Map.of(
            "amount", SearchField.number("(doc->>'amount')::bigint"),
            "created", Searchable.CREATED,
            "currency", SearchField.token("doc->>'currency'"),
            "customer", SearchField.id("customer"),
            "status", SearchField.token("status")));
  }

  @Bean
  Searchable chargeSearch() {
    return new Searchable(
        "charge",
        "/v1/charges",
        Tables.CHARGES,
        "",
        "(doc->'facts'->'metadata')",
        Map.ofEntries(
            Map.entry("amount", SearchField.number("(doc->>'amount')::bigint")),
            Map.entry(
                POSTAL_CODE,
                SearchField.personalToken("facts", "billing_details", "address", "postal_code")),
            Map.entry("created", Searchable.CREATED),
            Map.entry("currency", SearchField.token("doc->>'currency'")),
            Map.entry("customer", SearchField.id("customer")),
            Map.entry("disputed", SearchField.truth("(doc->>'contest' IS NOT NULL)")),
            Map.entry(CARD + "brand", SearchField.token(CARD_SQL + "'brand'")),
            Map.entry(
                CARD + "exp_month", SearchField.number("(" + CARD_SQL + "'exp_month')::bigint")),
            Map.entry(
                CARD + "exp_year", SearchField.number("(" + CARD_SQL + "'exp_year')::bigint")),
            Map.entry(CARD + "fingerprint", SearchField.hashedToken(CARD_SQL + "'fingerprint'")),
            Map.entry(CARD + "last4", SearchField.hashedToken(CARD_SQL + "'last4'")),
            Map.entry(
                "refunded",
                SearchField.truth(
                    "((doc->>'captured')::bigint > 0"
                        + " AND (doc->>'captured')::bigint = (doc->>'refunded')::bigint)")),
            Map.entry("status", SearchField.token("doc->>'status'"))));
  }

  static @Nullable String terms(PaymentIntent intent) {
    return of(intent.head()).metadata(intent.details().get("metadata")).column();
  }

  static @Nullable String terms(Charge charge) {
    Map<String, @Nullable Object> facts = charge.facts();
    Object card = member(facts.get("payment_method_details"), "card");
    Object address = member(facts.get("billing_details"), "address");
    return of(charge.head())
        .value(CARD + "fingerprint", member(card, "fingerprint"))
        .value(CARD + "last4", member(card, "last4"))
        .personal(POSTAL_CODE, member(address, "postal_code"))
        .metadata(facts.get("metadata"))
        .column();
  }

  private static SearchTerms of(Head head) {
    return SearchTerms.in(head.account(), head.livemode());
  }

  private static @Nullable Object member(@Nullable Object map, String name) {
    return map instanceof Map<?, ?> members ? members.get(name) : null;
  }
}
