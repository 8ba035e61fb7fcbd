package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Challenge;
import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.mandates.Consent;
import dev.portcullis.gateway.mandates.Mandate;
import dev.portcullis.gateway.mandates.Mandates;
import dev.portcullis.gateway.paymentmethods.PaymentMethods.Pulled;
import dev.portcullis.gateway.payments.PaymentProcessor.Run;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/payment_intents}: create, retrieve, update, list, confirm, capture, leave, cancel. */
@Component
final class PaymentIntentRoutes implements Routes {

  private static final String OBJECT = "payment_intent";
  private static final String PATH = "/v1/payment_intents";
  private static final String USAGE = "setup_future_usage";

  private final Desk desk;
  private final PaymentStore store;
  private final PaymentProcessor processor;
  private final ReturnUrls returnUrls;
  private final Screening screening;
  private final Mandates mandates;
  private final Challenges challenges;

  PaymentIntentRoutes(
      Desk desk,
      PaymentStore store,
      PaymentProcessor processor,
      ReturnUrls returnUrls,
      Screening screening,
      Mandates mandates,
      Challenges challenges) {
    this.challenges = challenges;
    this.mandates = mandates;
    this.screening = screening;
    this.desk = desk;
    this.store = store;
    this.processor = processor;
    this.returnUrls = returnUrls;
  }

  @Override
  public List<Route> routes() {
    Result one = Result.one(OBJECT);
    return List.of(
        Route.post(
            PATH, Access.write(ApiResource.PAYMENT_INTENT), IntentParams.CREATE, one, this::create),
        Route.get(
            PATH,
            Access.read(ApiResource.PAYMENT_INTENT),
            IntentParams.LIST,
            Result.listOf(OBJECT),
            this::list),
        Route.get(
            PATH + "/{id}",
            Access.read(ApiResource.PAYMENT_INTENT).orPublishable(),
            IntentParams.RETRIEVE,
            one,
            this::retrieve),
        Route.post(
            PATH + "/{id}",
            Access.write(ApiResource.PAYMENT_INTENT),
            IntentParams.UPDATE,
            one,
            this::update),
        Route.post(
            PATH + "/{id}/confirm",
            Access.write(ApiResource.PAYMENT_INTENT).orPublishable(),
            IntentParams.CONFIRM,
            one,
            this::confirm),
        Route.post(
            PATH + "/{id}/capture",
            Access.write(ApiResource.PAYMENT_INTENT),
            IntentParams.CAPTURE,
            one,
            this::capture),
        Route.post(
            PATH + "/{id}/cancel",
            Access.write(ApiResource.PAYMENT_INTENT),
            IntentParams.CANCEL,
            one,
            this::cancel),
        Route.post(
            PATH + "/{id}/source_cancel",
            Access.write(ApiResource.PAYMENT_INTENT).orPublishable(),
            IntentParams.LEAVE,
            one,
            this::leave));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    boolean confirm = sent.isTrue("confirm");
    requireConfirmFor(sent, confirm, "off_session");
    requireConfirmFor(sent, confirm, "error_on_requires_action");
    requireConfirmFor(sent, confirm, "mandate");
    requireConfirmFor(sent, confirm, "mandate_data");
    requireConfirmFor(sent, confirm, "radar_options");
    String customer = sent.string("customer").orElse(null);
    Named named = named(principal, sent, sent.string("payment_method").orElse(null), customer);
    Pulled pulled = desk.paymentMethod(principal, sent, named::method);
    Mandate mandate = mandate(principal, sent);
    if (pulled == null && mandate != null) {
      pulled = desk.known(principal, mandate.paymentMethod());
    }
    Desk.check(customer, pulled, null, named::isThere);
    PaymentIntent.Terms terms = IntentParams.terms(sent, Desk.idOrNull(pulled));
    Map<String, @Nullable Object> details =
        under(mandate, terms, confirmed(IntentParams.details(sent), sent));
    Head head = desk.fresh(request, "pi");
    if (confirm && pulled == null) {
      throw new ApiException(
          ApiErrors.invalid(
              "payment_method",
              "payment_intent_unexpected_state",
              "You cannot confirm this PaymentIntent because it's missing a payment method."));
    }
    if (!confirm || pulled == null) {
      Transition created = PaymentMachine.create(head, terms, details);
      PaymentIntent intent = (PaymentIntent) created.objects().getFirst();
      Reply reply = desk.commit(request, created, intent, Desk.writes(pulled));
      desk.stored(principal, pulled);
      return reply;
    }
    Command.Confirm command = confirmation(request, pulled, terms, details, named);
    return switch (PaymentMachine.createConfirmed(head, command, desk.now())) {
      case Decision.Refusal(var error) -> throw new ApiException(error);
      case Transition transition -> run(request, transition, pulled);
    };
  }

  private static void requireConfirmFor(Arguments sent, boolean confirm, String param) {
    if (sent.has(param) && !confirm) {
      throw new ApiException(
          ApiErrors.invalid(
              param,
              "parameter_missing",
              "The parameter " + param + " can only be passed with confirm=true."));
    }
  }

  private Command.Confirm confirmation(
      ApiRequest request,
      @Nullable Pulled pulled,
      PaymentIntent.Terms terms,
      Map<String, @Nullable Object> details,
      Named named) {
    Arguments sent = request.arguments();
    String account = request.principal().account();
    String operation = desk.next("op");
    boolean offSession = sent.isTrue("off_session");
    String card = terms.paymentMethod();
    return new Command.Confirm(
        terms,
        details,
        operation,
        offSession,
        Shoppers.of(pulled == null ? null : pulled.method(), details, request.shopperAddress()),
        Shoppers.challenge(
            request,
            returnUrls.of(account, operation),
            wish(details, sent.isTrue("error_on_requires_action"))),
        offSession && card != null ? agreement(request.principal(), card, named) : null);
  }

  /** Of a card that only a mandate names nothing has been looked up. */
  private @Nullable String agreement(Principal principal, String card, Named named) {
    return (named.isAbout(card) ? named.agreement() : store.networkTransactionId(principal, card))
        .orElse(null);
  }

  /** One look, where each name would be a round trip. */
  private Named named(
      Principal principal, Arguments sent, @Nullable String method, @Nullable String customer) {
    return method == null && customer == null
        ? Named.NOTHING
        : store.named(principal, method, customer, sent.isTrue("off_session"));
  }

  /** Who demands a challenge and has nobody to answer it is declined where it comes to one. */
  static Challenge.Wish wish(Map<String, @Nullable Object> details, boolean nobodyThere) {
    Challenge.Wish wish = CardRequests.challenge(details);
    return nobodyThere && wish == Challenge.Wish.IF_NEEDED ? Challenge.Wish.NEVER : wish;
  }

  /**
   * Runs a confirmation. A card that is nobody's, and that nobody agreed to keep, is used up by it:
   * in this commit, so that two payments at once cannot both use it.
   */
  private Reply run(ApiRequest request, Transition transition, Pulled card) {
    PaymentIntent intent = Objects.requireNonNull(transition.find(PaymentIntent.class));
    boolean kept = card.method().customer() != null || intent.terms().setupFutureUsage() != null;
    Pulled pulled = kept ? card : card.spentOn(intent.head().id());
    Attempt attempt =
        new Attempt(
            Objects.requireNonNull(transition.ask()),
            null,
            OBJECT,
            intent.head().id(),
            desk.next("ch"),
            pulled.method().doc(),
            request.arguments().isTrue("error_on_requires_action"));
    Screening.Verdict verdict =
        screening.screen(
            new Screening.Candidate(
                request.principal(),
                attempt.ask().id(),
                pulled.method(),
                intent.terms().amount(),
                intent.terms().customer(),
                request.shopperAddress()));
    Reply reply =
        switch (verdict) {
          case Screening.Verdict.Pass _ ->
              run(request, transition, attempt, new Subject.Payment(intent, null), pulled.writes());
          case Screening.Verdict.Block block -> {
            Transition blocked = PaymentMachine.blocked(transition, attempt, block, desk.now());
            // The card is not used up: nobody has seen it.
            yield desk.commit(request, blocked, blocked.objects().getFirst(), card.writes());
          }
        };
    desk.stored(request.principal(), card);
    return reply;
  }

  private Reply run(
      ApiRequest request,
      Transition transition,
      Attempt attempt,
      Subject subject,
      List<Write> writes) {
    return processor.run(
        request.principal(), new Run(transition, attempt, subject, Desk.caller(request), writes));
  }

  private PaymentIntent require(ApiRequest request) {
    String id = request.path("id");
    return store
        .paymentIntent(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "intent")));
  }

  private Reply retrieve(ApiRequest request) {
    desk.checkClientSecret(request, OBJECT, request.path("id"));
    return Reply.ok(desk.views().render(require(request)));
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    request.arguments().string("customer").ifPresent(c -> filters.add(Filter.is("customer", c)));
    Principal principal = request.principal();
    return Reply.ok(
        store
            .page(
                Tables.PAYMENT_INTENTS,
                OBJECT,
                principal,
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, row -> desk.views().render(Tables.read(OBJECT, row))));
  }

  Reply update(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    PaymentIntent intent = require(request);
    Pulled pulled = desk.paymentMethod(principal, sent);
    PaymentIntent.Terms terms = IntentParams.terms(intent.terms(), sent, Desk.idOrNull(pulled));
    if (sent.has("customer") || pulled != null) {
      desk.check(principal, terms.customer(), pulled, intent.head().id());
    }
    Command update = new Command.Update(terms, IntentParams.details(intent.details(), sent));
    Transition transition =
        desk.require(PaymentMachine.transition(intent, update, desk.now()), intent);
    PaymentIntent after = Objects.requireNonNull(transition.find(PaymentIntent.class));
    Reply reply = desk.commit(request, transition, after, Desk.writes(pulled));
    desk.stored(principal, pulled);
    return reply;
  }

  Reply confirm(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    desk.checkClientSecret(request, OBJECT, request.path("id"));
    PaymentIntent intent = require(request);
    if (principal.isPublishable()) {
      checkPage(sent, intent);
    }
    if (intent.awaitsSecondConfirmation()) {
      return confirmAgain(request, intent, Desk.idOrNull(desk.paymentMethod(principal, sent)));
    }
    String customer = intent.terms().customer();
    String method = sent.string("payment_method").orElse(intent.terms().paymentMethod());
    Named named = named(principal, sent, method, customer);
    Pulled pulled = desk.paymentMethod(principal, sent, named::method);
    Mandate mandate = mandate(principal, sent);
    if (pulled == null && mandate != null) {
      pulled = desk.known(principal, mandate.paymentMethod());
    } else if (pulled == null && method != null) {
      pulled = desk.resolve(principal, method, named::method);
    }
    Desk.check(customer, pulled, intent.head().id(), named::isThere);
    PaymentIntent.Terms terms = IntentParams.terms(intent.terms(), sent, Desk.idOrNull(pulled));
    Map<String, @Nullable Object> details =
        under(mandate, terms, confirmed(IntentParams.details(intent.details(), sent), sent));
    Command.Confirm command = confirmation(request, pulled, terms, details, named);
    Transition transition =
        desk.require(PaymentMachine.transition(intent, command, desk.now()), intent);
    return run(request, transition, Objects.requireNonNull(pulled));
  }

  private @Nullable Mandate mandate(Principal principal, Arguments sent) {
    return sent.string("mandate").map(id -> mandates.require(principal, id)).orElse(null);
  }

  /** The details of a payment under that mandate, or under none. */
  private static Map<String, @Nullable Object> under(
      @Nullable Mandate mandate, PaymentIntent.Terms terms, Map<String, @Nullable Object> details) {
    if (mandate == null) {
      return details;
    }
    if (!mandate.paymentMethod().equals(terms.paymentMethod())) {
      throw Mandates.invalid("The provided mandate is for another PaymentMethod.");
    }
    details.put("mandate", mandate.id());
    return details;
  }

  /** What the server has said stands; a card may be kept for more, and not for less. */
  private static void keepMerchantsWords(Arguments sent, PaymentIntent intent) {
    for (String param : List.of("shipping", "receipt_email")) {
      if (sent.has(param) && intent.details().containsKey(param)) {
        throw changedByPage(param);
      }
    }
    if (CardRequests.relax(intent.details(), sent)) {
      throw changedByPage("payment_method_options[card][request_three_d_secure]");
    }
    String usage = intent.terms().setupFutureUsage();
    String wanted = sent.string(USAGE).orElse(null);
    boolean more = "off_session".equals(wanted) || Objects.equals(usage, wanted);
    if (usage != null && sent.has(USAGE) && !more) {
      throw changedByPage(USAGE);
    }
  }

  static ApiException changedByPage(String param) {
    return new ApiException(
        ApiErrors.invalid(
            param,
            "parameter_invalid",
            "This was set with a secret API key and cannot be changed with a publishable one."));
  }

  private Map<String, @Nullable Object> confirmed(
      Map<String, @Nullable Object> details, Arguments sent) {
    return IntentParams.confirmed(details, sent, desk.now());
  }

  /**
   * The card is no longer asked for: its money is reserved, and it may have been detached since.
   */
  private Reply confirmAgain(
      ApiRequest request, PaymentIntent intent, @Nullable String paymentMethod) {
    Arguments sent = request.arguments();
    for (String param : List.of("mandate", Consent.NAME)) {
      if (sent.has(param)) {
        throw new ApiException(
            ApiErrors.invalid(
                param,
                "parameter_invalid",
                "What the shopper agreed to was said with the first confirmation."));
      }
    }
    Charge charge = Objects.requireNonNull(charge(request.principal(), intent));
    Command again =
        new Command.ConfirmAgain(
            IntentParams.terms(intent.terms(), sent, paymentMethod),
            IntentParams.details(intent.details(), sent),
            desk.next("op"),
            charge);
    Transition transition =
        desk.require(PaymentMachine.transition(intent, again, desk.now()), intent);
    return takeOrCommit(request, transition, charge);
  }

  private Reply takeOrCommit(ApiRequest request, Transition transition, @Nullable Charge charge) {
    if (transition.ask() != null && charge != null) {
      return runOn(request, transition, charge);
    }
    PaymentIntent after = Objects.requireNonNull(transition.find(PaymentIntent.class));
    return desk.commit(request, transition, after, List.of());
  }

  /** The terms are the merchant's: a page pays as it is asked to, or not at all. */
  private static void checkPage(Arguments sent, PaymentIntent intent) {
    for (String param :
        List.of("off_session", "capture_method", "error_on_requires_action", "mandate")) {
      if (sent.has(param)) {
        throw new ApiException(ApiErrors.unknown(param));
      }
    }
    keepMerchantsWords(sent, intent);
    if (intent.terms().manualConfirmation()) {
      throw new ApiException(
          ApiErrors.forbidden(
                  "The confirmation_method of this PaymentIntent is manual: it is confirmed with a"
                      + " secret API key.")
              .withCode("secret_key_required"));
    }
  }

  private Reply capture(ApiRequest request) {
    Arguments sent = request.arguments();
    if (sent.has("final_capture") && !sent.isTrue("final_capture")) {
      throw new ApiException(
          ApiErrors.invalid(
              "final_capture",
              "parameter_invalid",
              "A payment can be captured once only: what is not captured is released."
                  + " final_capture can only be true."));
    }
    PaymentIntent intent = described(require(request), sent);
    Charge charge = charge(request.principal(), intent);
    if (charge == null || intent.status() != PaymentIntent.Status.REQUIRES_CAPTURE) {
      throw new ApiException(
          PaymentMachine.unexpectedState(intent, "capture")
              .with(OBJECT, desk.views().render(intent)));
    }
    if (sent.has("amount_to_capture")) {
      Amounts.checkPart(
          new Money(sent.requiredInteger("amount_to_capture"), intent.terms().amount().currency()),
          "amount_to_capture");
    }
    Command command =
        new Command.Capture(
            desk.next("op"),
            charge,
            sent.has("amount_to_capture") ? sent.requiredInteger("amount_to_capture") : null);
    Transition transition =
        desk.require(PaymentMachine.transition(intent, command, desk.now()), intent);
    return runOn(request, transition, charge);
  }

  private static PaymentIntent described(PaymentIntent intent, Arguments sent) {
    return new PaymentIntent(
        intent.head(),
        intent.terms(),
        intent.progress(),
        IntentParams.details(intent.details(), sent));
  }

  /**
   * The shopper has left the challenge, as the SDKs of browsers and phones tell it. Whoever has
   * been quicker, the shopper's bank or another page, is right.
   */
  Reply leave(ApiRequest request) {
    desk.checkClientSecret(request, OBJECT, request.path("id"));
    PaymentIntent intent = require(request);
    Optional<Attempt> open =
        intent.status() == PaymentIntent.Status.REQUIRES_ACTION
            ? challenges.open(request.principal(), intent.progress().operation())
            : Optional.empty();
    PaymentIntent asked = require(request);
    if (open.isEmpty() || asked.head().version() != intent.head().version()) {
      return Reply.ok(desk.views().render(asked));
    }
    Transition left =
        desk.require(
            PaymentMachine.transition(
                asked, new Command.Leave(open.get().paymentMethod()), desk.now()),
            asked);
    return desk.commit(request, left, left.objects().getFirst(), List.of());
  }

  /** Gives up what nobody has paid; a reservation is none of that. */
  Reply giveUp(ApiRequest request) {
    PaymentIntent intent = require(request);
    Command command = new Command.GiveUp(request.arguments().requiredString("cancellation_reason"));
    Transition transition =
        desk.require(PaymentMachine.transition(intent, command, desk.now()), intent);
    return takeOrCommit(request, transition, null);
  }

  Reply cancel(ApiRequest request) {
    PaymentIntent intent = require(request);
    Charge charge = intent.progress().capturable() > 0 ? charge(request.principal(), intent) : null;
    Command command =
        new Command.Cancel(
            desk.next("op"),
            charge,
            request.arguments().string("cancellation_reason").orElse(null));
    Transition transition =
        desk.require(PaymentMachine.transition(intent, command, desk.now()), intent);
    return takeOrCommit(request, transition, charge);
  }

  /** Runs a step on a charge that there is already. */
  private Reply runOn(ApiRequest request, Transition transition, Charge charge) {
    PaymentIntent after = Objects.requireNonNull(transition.find(PaymentIntent.class));
    Attempt attempt =
        new Attempt(
            Objects.requireNonNull(transition.ask()),
            Way.to(charge.provider()),
            OBJECT,
            after.head().id(),
            charge.head().id(),
            Map.of(),
            false);
    return run(request, transition, attempt, new Subject.Payment(after, charge), List.of());
  }

  private @Nullable Charge charge(Principal principal, PaymentIntent intent) {
    String id = intent.progress().latestCharge();
    return id == null ? null : store.charge(principal, id).orElse(null);
  }
}
