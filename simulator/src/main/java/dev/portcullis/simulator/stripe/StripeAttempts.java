package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.AuthorizationRequest;
import dev.portcullis.simulator.CardData;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Story;
import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Confirms intents, of payments and of set-ups: each confirmation asks the issuer once. */
final class StripeAttempts {
  private final Desk desk;
  private final StripeCards cards;
  private final StripeObjects objects;

  StripeAttempts(Desk desk, StripeCards cards) {
    this.desk = desk;
    this.cards = cards;
    this.objects = new StripeObjects(desk);
  }

  /** The terms of an intent that has no card yet. */
  Operation.Terms terms(long amount, String currency, boolean capture) {
    return new Operation.Terms(amount, currency, capture, false, "", Story.APPROVE);
  }

  Operation.Notes notes(Tree form, String kind) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("kind", kind);
    for (String name :
        new String[] {"customer", "description", "receipt_email", "setup_future_usage", "usage"}) {
      String text = form.at(name).text();
      if (text != null) {
        values.put(name, text);
      }
    }
    Operation.Notes notes = new Operation.Notes(form.at("metadata", "operation").text(), values);
    return updated(notes, form);
  }

  /** The notes after an update of the description and the metadata. */
  Operation.Notes updated(Operation.Notes before, Tree form) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> kept = new LinkedHashMap<>();
    String text = before.get("metadata");
    if (!text.isEmpty()) {
      Json.readObject(text).forEach((name, value) -> kept.put(name, String.valueOf(value)));
    }
    values.put("metadata", Json.writeString(StripeForms.metadata(kept, form.at("metadata"))));
    if (!form.at("description").isAbsent()) {
      values.put("description", form.at("description").orEmpty());
    }
    return before.with(values);
  }

  /** Remembers the card that an intent will be confirmed with. */
  Operation.Authorization choose(Operation.Authorization intent, Tree form) {
    StripeCards.Method method = cards.of(form, fresh(intent));
    if (method == null) {
      return intent;
    }
    cards.keep(method.id(), method.card());
    Operation.Notes notes = intent.notes().with(Map.of("payment_method", method.id()));
    return desk.books().annotate(intent.identity().id(), notes);
  }

  private static String fresh(Operation.Authorization intent) {
    return "pm_" + StripeObjects.tail(intent);
  }

  /** Asks the issuer; answers with the intent, or with 402 if the card is refused. */
  Answer confirm(Operation.Authorization intent, Tree form) {
    StripeCards.Method method = method(intent, form);
    cards.keep(method.id(), method.card());
    Operation.Authorization after =
        desk.books().confirm(intent.identity().id(), request(intent, method, form));
    boolean asked = after.outcome().status() == Operation.Status.REQUIRES_ACTION;
    if (asked && form.at("error_on_requires_action").isTrue()) {
      after = desk.books().giveUp(after.identity().id());
    }
    boolean expanded =
        StripeForms.isExpanded(form, "latest_charge")
            || StripeForms.isExpanded(form, "latest_attempt");
    Map<String, @Nullable Object> body = objects.intent(after, expanded);
    String decline = after.outcome().declineCode();
    return decline == null ? new Answer(200, body) : refused(after, decline, body);
  }

  private StripeCards.Method method(Operation.Authorization intent, Tree form) {
    StripeCards.Method given = cards.of(form, fresh(intent));
    if (given != null) {
      return given;
    }
    String chosen = intent.notes().get("payment_method");
    StripeCards.Method before =
        chosen.isEmpty() ? null : cards.of(new Tree(Map.of("payment_method", chosen)), chosen);
    if (before == null) {
      throw StripeErrors.invalid(
          "parameter_missing",
          "payment_method",
          "You cannot confirm this intent because it's missing a payment method.");
    }
    return before;
  }

  private static AuthorizationRequest request(
      Operation.Authorization intent, StripeCards.Method method, Tree form) {
    CardData card = method.card();
    Operation.Terms before = intent.terms();
    Tree options = form.at("payment_method_options", "card");
    String usage = form.at("setup_future_usage").text();
    String kept = intent.notes().get("setup_future_usage") + intent.notes().get("usage");
    boolean setup =
        (usage == null ? kept : usage).equals("off_session")
            || (intent.isVerification() && kept.isEmpty());
    String wish = options.at("request_three_d_secure").orEmpty();
    return new AuthorizationRequest(
        intent.identity().reference(),
        new Operation.Terms(
            before.amount(),
            before.currency(),
            before.capture(),
            setup,
            card.last4(),
            card.story()),
        card,
        !form.at("off_session").isTrue(),
        options.at("mit_exemption", "network_transaction_id").text(),
        form.at("return_url").orEmpty(),
        new AuthorizationRequest.Way(
            wish.equals("any") || wish.equals("challenge"),
            true,
            intent.notes().with(seen(intent, method, form, usage))));
  }

  private static Map<String, String> seen(
      Operation.Authorization intent,
      StripeCards.Method method,
      Tree form,
      @Nullable String usage) {
    Tree address = form.at("payment_method_data", "billing_details", "address");
    Map<String, String> seen = new LinkedHashMap<>();
    seen.put("attempts", intent.notes().get("attempts") + "+");
    seen.put("payment_method", method.id());
    seen.put("brand", method.card().brand());
    seen.put("expiry", method.card().expiry());
    seen.put("line1", address.at("line1").isAbsent() ? "" : "given");
    seen.put("postal_code", address.at("postal_code").isAbsent() ? "" : "given");
    if (usage != null) {
      seen.put("setup_future_usage", usage);
    }
    return seen;
  }

  private static Answer refused(
      Operation.Authorization after, String decline, Map<String, @Nullable Object> intent) {
    Members error = StripeErrors.said(StripeErrors.card(decline), after);
    if (!after.isVerification()) {
      error.put("charge", StripeObjects.chargeId(after));
    }
    error.put(after.isVerification() ? "setup_intent" : "payment_intent", intent);
    return new Answer(402, new Members().put("error", error).build());
  }
}
