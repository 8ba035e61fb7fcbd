package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Acquirer.MovementRequest;
import dev.portcullis.simulator.Acquirer.MovementWay;
import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Tree;
import java.util.List;
import java.util.Set;

/** Set-up intents, which verify a card without charging it, and payment methods. */
final class StripeSetups {

  private static final Set<String> CREATE =
      Set.of(
          "automatic_payment_methods",
          "confirm",
          "customer",
          "description",
          "expand",
          "mandate_data",
          "metadata",
          "payment_method",
          "payment_method_data",
          "payment_method_options",
          "payment_method_types",
          "return_url",
          "usage",
          "use_stripe_sdk");

  private static final Set<String> CONFIRM =
      Set.of(
          "client_secret",
          "expand",
          "mandate_data",
          "payment_method",
          "payment_method_data",
          "payment_method_options",
          "return_url",
          "use_stripe_sdk");

  private final Desk desk;
  private final StripeCards cards;
  private final StripeObjects objects;
  private final StripeAttempts attempts;

  StripeSetups(Desk desk, StripeCards cards) {
    this.desk = desk;
    this.cards = cards;
    this.objects = new StripeObjects(desk);
    this.attempts = new StripeAttempts(desk, cards);
  }

  void routes() {
    desk.post("/v1/setup_intents", "verify", this::create)
        .get("/v1/setup_intents", "verifications", this::list)
        .get("/v1/setup_intents/{id}", "verification", this::retrieve)
        .post("/v1/setup_intents/{id}/confirm", "verify", this::confirm)
        .post("/v1/setup_intents/{id}/cancel", "cancel", this::cancel)
        .post("/v1/payment_methods", "method", this::method);
  }

  private Answer create(Call call) {
    Tree form = StripeForms.only(call.body(), CREATE);
    // A verification has no money; the books want a currency all the same.
    Operation.Authorization created =
        desk.books()
            .create(
                call.reference(), attempts.terms(0, "usd", false), attempts.notes(form, "setup"));
    return form.at("confirm").isTrue()
        ? attempts.confirm(created, form)
        : answer(attempts.choose(created, form), form);
  }

  private Answer confirm(Call call) {
    Tree form = StripeForms.only(call.body(), CONFIRM);
    Operation.Authorization setup = setup(call);
    String status = StripeObjects.status(setup);
    if (!status.equals("requires_payment_method") && !status.equals("requires_confirmation")) {
      throw StripeErrors.unexpected("setup_intent", "confirmed", status);
    }
    return attempts.confirm(setup, form);
  }

  private Answer cancel(Call call) {
    Tree form = StripeForms.only(call.body(), Set.of("cancellation_reason", "expand"));
    Operation.Authorization setup = setup(call);
    String status = StripeObjects.status(setup);
    if (status.equals("succeeded") || status.equals("canceled")) {
      throw StripeErrors.unexpected("setup_intent", "canceled", status);
    }
    desk.books()
        .move(
            new MovementRequest(
                Operation.Kind.VOID,
                call.reference(),
                setup.identity().id(),
                0,
                null,
                MovementWay.PLAIN));
    return answer(setup(call), form);
  }

  private Answer retrieve(Call call) {
    return answer(setup(call), StripeForms.query(call.query()));
  }

  private Answer list(Call call) {
    Tree query = StripeForms.query(call.query());
    return new StripeLists(desk)
        .answer(
            "/v1/setup_intents",
            query,
            operation ->
                operation instanceof Operation.Authorization it && it.isVerification()
                    ? objects.intent(it, StripeForms.isExpanded(query, "latest_attempt"))
                    : null);
  }

  private Answer method(Call call) {
    Tree form =
        StripeForms.only(
            call.body(), Set.of("billing_details", "card", "expand", "metadata", "type"));
    String id = "pm_" + call.reference().replaceAll("[^0-9A-Za-z]", "");
    var card = StripeCards.card(form, "payment_method");
    cards.keep(id, card);
    return new Answer(
        200,
        new Members()
            .put("id", id)
            .put("object", "payment_method")
            .put(
                "card",
                new Members()
                    .put("brand", card.brand())
                    .put("checks", null)
                    .put("last4", card.last4())
                    .put("networks", new Members().put("available", List.of(card.brand()))))
            .put("created", desk.clock().instant().getEpochSecond())
            .put("customer", null)
            .put("livemode", false)
            .put("metadata", new Members())
            .put("type", "card")
            .build());
  }

  private Answer answer(Operation.Authorization setup, Tree form) {
    return new Answer(200, objects.intent(setup, StripeForms.isExpanded(form, "latest_attempt")));
  }

  private Operation.Authorization setup(Call call) {
    String id = call.variable("id");
    if (id.startsWith("seti_")
        && desk.books().find("auth_" + id.substring(5)).orElse(null)
            instanceof Operation.Authorization found
        && found.isVerification()) {
      return found;
    }
    throw StripeErrors.missing("setupintent", id, "intent");
  }
}
