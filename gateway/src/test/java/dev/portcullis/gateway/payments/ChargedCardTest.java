package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.connectors.spi.CardUse;
import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.Initiator;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Details;
import dev.portcullis.connectors.spi.Shopper;
import dev.portcullis.gateway.ledger.Bookkeeper;
import dev.portcullis.gateway.ledger.FeeSchedule;
import dev.portcullis.gateway.payments.PaymentIntent.Progress;
import dev.portcullis.gateway.payments.PaymentIntent.Status;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A charge is stored with what is known of it, and shown with all that the API has. */
class ChargedCardTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private static final Bookkeeper BOOKS = new Bookkeeper("txn_1", NOW, FeeSchedule.SANDBOX);

  private static final String SHOWN =
      """
      {"card":{"amount_authorized":1999,"authorization_code":null,"brand":"visa",
       "checks":{"address_line1_check":null,"address_postal_code_check":null,"cvc_check":null},
       "country":null,"electronic_commerce_indicator":null,"exp_month":12,"exp_year":2034,
       "fingerprint":null,"funding":null,"installments":null,"last4":"4242","mandate":null,
       "network":"visa","network_transaction_id":null,"regulated_status":null,
       "three_d_secure":null,"transaction_link_id":null,"wallet":null,
       "extended_authorization":{"status":"disabled"},
       "incremental_authorization":{"status":"unavailable"},
       "multicapture":{"status":"unavailable"},
       "overcapture":{"maximum_amount_capturable":1999,"status":"unavailable"}},"type":"card"}\
      """
          .replace("\n", "")
          .replace(" ", "");

  private static Map<String, @Nullable Object> card() {
    Map<String, @Nullable Object> address = new LinkedHashMap<>();
    address.put("city", null);
    address.put("country", null);
    Map<String, @Nullable Object> billing = new LinkedHashMap<>();
    billing.put("address", address);
    billing.put("name", null);
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("brand", "visa");
    card.put("country", null);
    card.put("exp_month", 12L);
    card.put("exp_year", 2034L);
    card.put("last4", "4242");
    Map<String, @Nullable Object> method = new LinkedHashMap<>();
    method.put("id", "pm_1");
    method.put("billing_details", billing);
    method.put("card", card);
    return method;
  }

  /** The charge that comes of that answer, as it is read from the database. */
  private static Charge charge(ProviderResult result, Map<String, @Nullable Object> paymentMethod) {
    PaymentIntent intent =
        new PaymentIntent(
            Head.fresh("pi_1", "acct_1", false, NOW),
            new PaymentIntent.Terms(
                Money.of(1999, "usd"), false, false, null, "pm_1", null, "https://shop.example/"),
            Progress.at(Status.PROCESSING).by("op_1"),
            Map.of());
    ProviderOperation.Authorize ask =
        new ProviderOperation.Authorize(
            "op_1",
            Money.of(1999, "usd"),
            true,
            new CardUse(Initiator.CUSTOMER, false, null),
            Shopper.UNKNOWN,
            Challenge.ifNeeded("https://shop.example/"));
    Attempt attempt =
        new Attempt(
            ask, Way.to(Provider.SANDBOX), "payment_intent", "pi_1", "ch_1", paymentMethod, false);
    Transition transition =
        (Transition)
            PaymentMachine.transition(
                intent, new Command.Answer(attempt, null, result, "op_2", true, BOOKS), NOW);
    Charge fresh = Objects.requireNonNull(transition.find(Charge.class));
    String stored = Json.writeString(fresh.doc());
    assertThat(stored).doesNotContain("null");
    return Charge.read(fresh.head(), Doc.parse(stored));
  }

  private static Map<String, @Nullable Object> details(Charge charge) {
    return Json.readObject(Json.writeString(ChargedCard.details(charge)));
  }

  @Test
  void whatIsNotStoredIsShownAsNothing() {
    Charge charge = charge(new ProviderResult.Approved("ref_1", Details.NONE), card());
    assertThat(charge.facts()).doesNotContainKey("billing_details");
    assertThat(details(charge)).isEqualTo(Json.readObject(SHOWN));
    assertThat(Json.writeString(ChargedCard.outcome(charge)))
        .isEqualTo(
            "{\"advice_code\":null,\"network_advice_code\":null,\"network_decline_code\":null,"
                + "\"network_status\":\"approved_by_network\",\"reason\":null,"
                + "\"risk_level\":\"normal\",\"seller_message\":\"Payment complete.\","
                + "\"type\":\"authorized\"}");
  }

  @Test
  void aDeclinedOneToo() {
    Charge charge =
        charge(
            new ProviderResult.Declined(DeclineCode.INSUFFICIENT_FUNDS, "ref_1", Details.NONE),
            card());
    assertThat(details(charge)).isEqualTo(Json.readObject(SHOWN));
    assertThat(ChargedCard.outcome(charge))
        .containsEntry("network_advice_code", null)
        .containsEntry("reason", "insufficient_funds")
        .containsEntry("type", "issuer_declined");
  }

  /** As every charge was stored once. */
  @Test
  void anOlderOneIsShownAsItWasStored() {
    Map<String, @Nullable Object> older = Json.readObject(SHOWN);
    Map<String, @Nullable Object> card =
        Doc.cast((Map<?, ?>) Objects.requireNonNull(older.get("card")));
    card.put("amount_authorized", 1500L);
    card.put("network", "cartes_bancaires");
    card.put("multicapture", Map.of("status", "available"));
    Charge charge = charge(new ProviderResult.Approved("ref_1", Details.NONE), card());
    Charge stored = charge.describedBy(Map.of("payment_method_details", older));
    assertThat(details(stored)).isEqualTo(older);
    assertThat(ChargedCard.outcome(stored)).isNull();
  }

  @Test
  void whatIsKnownOfWhoPaysIsKept() {
    Map<String, @Nullable Object> method = card();
    Map<?, ?> billing = (Map<?, ?>) Objects.requireNonNull(method.get("billing_details"));
    Doc.cast(billing).put("name", "Ada");
    Charge charge = charge(new ProviderResult.Approved("ref_1", Details.NONE), method);
    assertThat(charge.facts()).containsEntry("billing_details", Map.of("name", "Ada"));
  }
}
