package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.paymentmethods.PaymentMethods.Pulled;
import dev.portcullis.gateway.payments.PaymentProcessor.Run;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
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

/** {@code /v1/setup_intents}: create, retrieve, update, list, confirm, leave, cancel. */
@Component
final class SetupIntentRoutes implements Routes {

  private static final String OBJECT = "setup_intent";
  private static final String PATH = "/v1/setup_intents";

  private final Desk desk;
  private final PaymentStore store;
  private final PaymentProcessor processor;
  private final ReturnUrls returnUrls;
  private final Screening screening;
  private final Challenges challenges;

  SetupIntentRoutes(
      Desk desk,
      PaymentStore store,
      PaymentProcessor processor,
      ReturnUrls returnUrls,
      Screening screening,
      Challenges challenges) {
    this.challenges = challenges;
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
            PATH,
            Access.write(ApiResource.SETUP_INTENT),
            IntentParams.SETUP_CREATE,
            one,
            this::create),
        Route.get(
            PATH,
            Access.read(ApiResource.SETUP_INTENT),
            IntentParams.SETUP_LIST,
            Result.listOf(OBJECT),
            this::list),
        Route.get(
            PATH + "/{id}",
            Access.read(ApiResource.SETUP_INTENT).orPublishable(),
            IntentParams.RETRIEVE,
            one,
            this::retrieve),
        Route.post(
            PATH + "/{id}",
            Access.write(ApiResource.SETUP_INTENT),
            IntentParams.SETUP_UPDATE,
            one,
            this::update),
        Route.post(
            PATH + "/{id}/confirm",
            Access.write(ApiResource.SETUP_INTENT).orPublishable(),
            IntentParams.SETUP_CONFIRM,
            one,
            this::confirm),
        Route.post(
            PATH + "/{id}/cancel",
            Access.write(ApiResource.SETUP_INTENT),
            IntentParams.SETUP_CANCEL,
            one,
            this::cancel),
        Route.post(
            PATH + "/{id}/source_cancel",
            Access.write(ApiResource.SETUP_INTENT).orPublishable(),
            IntentParams.LEAVE,
            one,
            this::leave));
  }

  private Reply create(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    Pulled pulled = desk.paymentMethod(principal, sent);
    String customer = sent.string("customer").orElse(null);
    desk.check(principal, customer, pulled, null);
    SetupIntent.Terms terms =
        new SetupIntent.Terms(
            customer,
            Desk.idOrNull(pulled),
            sent.string("usage").orElse("off_session"),
            sent.url("return_url").map(Object::toString).orElse(null));
    Map<String, @Nullable Object> details =
        IntentParams.confirmed(IntentParams.details(sent), sent, desk.now());
    Head head = desk.fresh(request, "seti");
    if (sent.has("mandate_data") && !sent.isTrue("confirm")) {
      throw new ApiException(
          ApiErrors.invalid(
              "mandate_data",
              "parameter_missing",
              "The parameter mandate_data can only be passed with confirm=true."));
    }
    if (sent.isTrue("confirm")) {
      return switch (SetupMachine.createConfirmed(
          head, details, confirmation(request, terms, details, pulled), desk.now())) {
        case Decision.Refusal(var error) -> throw new ApiException(error);
        case Transition transition -> run(request, transition, Objects.requireNonNull(pulled));
      };
    }
    Transition created = SetupMachine.create(head, terms, details);
    Reply reply = desk.commit(request, created, created.objects().getFirst(), Desk.writes(pulled));
    desk.stored(principal, pulled);
    return reply;
  }

  private SetupCommand.Confirm confirmation(
      ApiRequest request,
      SetupIntent.Terms terms,
      Map<String, @Nullable Object> details,
      @Nullable Pulled pulled) {
    String operation = desk.next("op");
    return new SetupCommand.Confirm(
        terms,
        operation,
        Shoppers.of(pulled == null ? null : pulled.method(), Map.of(), request.shopperAddress()),
        Shoppers.challenge(
            request,
            returnUrls.of(request.principal().account(), operation),
            CardRequests.challenge(details)));
  }

  private Reply run(ApiRequest request, Transition transition, Pulled pulled) {
    SetupIntent intent = Objects.requireNonNull(transition.find(SetupIntent.class));
    Attempt attempt =
        new Attempt(
            Objects.requireNonNull(transition.ask()),
            null,
            OBJECT,
            intent.head().id(),
            null,
            pulled.method().doc(),
            false);
    Screening.Verdict verdict =
        screening.screen(
            new Screening.Candidate(
                request.principal(),
                attempt.ask().id(),
                pulled.method(),
                SetupMachine.NOTHING,
                intent.terms().customer(),
                request.shopperAddress()));
    Reply reply =
        switch (verdict) {
          case Screening.Verdict.Pass _ ->
              processor.run(
                  request.principal(),
                  new Run(
                      transition,
                      attempt,
                      new Subject.Setup(intent),
                      Desk.caller(request),
                      pulled.writes()));
          case Screening.Verdict.Block _ -> {
            Transition blocked = SetupMachine.blocked(transition, attempt);
            yield desk.commit(request, blocked, blocked.objects().getFirst(), pulled.writes());
          }
        };
    desk.stored(request.principal(), pulled);
    return reply;
  }

  private SetupIntent require(ApiRequest request) {
    String id = request.path("id");
    return store
        .setupIntent(request.principal(), id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(OBJECT, id, "intent")));
  }

  private Reply retrieve(ApiRequest request) {
    desk.checkClientSecret(request, OBJECT, request.path("id"));
    return Reply.ok(desk.views().render(require(request)));
  }

  private Reply list(ApiRequest request) {
    List<Filter> filters = new ArrayList<>();
    for (String name : List.of("customer", "payment_method")) {
      request.arguments().string(name).ifPresent(id -> filters.add(Filter.is(name, id)));
    }
    return Reply.ok(
        store
            .page(
                Tables.SETUP_INTENTS,
                OBJECT,
                request.principal(),
                ListQuery.of(request.arguments()),
                filters)
            .render(PATH, row -> desk.views().render(Tables.read(OBJECT, row))));
  }

  private static SetupIntent.Terms terms(
      SetupIntent.Terms before, Arguments sent, @Nullable String paymentMethod) {
    String kept = sent.isUnset("payment_method") ? null : before.paymentMethod();
    return new SetupIntent.Terms(
        sent.string("customer").orElse(before.customer()),
        paymentMethod == null ? kept : paymentMethod,
        before.usage(),
        sent.url("return_url").map(Object::toString).orElse(before.returnUrl()));
  }

  private Reply update(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    SetupIntent intent = require(request);
    Pulled pulled = desk.paymentMethod(principal, sent);
    SetupIntent.Terms terms = terms(intent.terms(), sent, Desk.idOrNull(pulled));
    if (sent.has("customer") || pulled != null) {
      desk.check(principal, terms.customer(), pulled, intent.head().id());
    }
    SetupCommand update =
        new SetupCommand.Update(terms, IntentParams.details(intent.details(), sent));
    Transition transition =
        desk.require(SetupMachine.transition(intent, update, desk.now()), intent);
    Reply reply =
        desk.commit(request, transition, transition.objects().getFirst(), Desk.writes(pulled));
    desk.stored(principal, pulled);
    return reply;
  }

  Reply confirm(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    desk.checkClientSecret(request, OBJECT, request.path("id"));
    SetupIntent before = require(request);
    if (principal.isPublishable() && CardRequests.relax(before.details(), sent)) {
      throw PaymentIntentRoutes.changedByPage(
          "payment_method_options[card][request_three_d_secure]");
    }
    SetupIntent intent = described(before, sent);
    Pulled pulled = desk.paymentMethod(principal, sent);
    String known = intent.terms().paymentMethod();
    if (pulled == null && known != null) {
      pulled = desk.known(principal, known);
    }
    desk.check(principal, intent.terms().customer(), pulled, intent.head().id());
    SetupCommand command =
        confirmation(
            request, terms(intent.terms(), sent, Desk.idOrNull(pulled)), intent.details(), pulled);
    Transition transition =
        desk.require(SetupMachine.transition(intent, command, desk.now()), intent);
    return run(request, transition, Objects.requireNonNull(pulled));
  }

  private SetupIntent described(SetupIntent intent, Arguments sent) {
    return new SetupIntent(
        intent.head(),
        intent.terms(),
        intent.progress(),
        IntentParams.confirmed(IntentParams.details(intent.details(), sent), sent, desk.now()));
  }

  /**
   * The shopper has left the challenge, as the SDKs of browsers and phones tell it. Whoever has
   * been quicker, the shopper's bank or another page, is right.
   */
  Reply leave(ApiRequest request) {
    desk.checkClientSecret(request, OBJECT, request.path("id"));
    SetupIntent intent = require(request);
    Optional<Attempt> open =
        intent.status() == SetupIntent.Status.REQUIRES_ACTION
            ? challenges.open(request.principal(), intent.progress().operation())
            : Optional.empty();
    SetupIntent asked = require(request);
    if (open.isEmpty() || asked.head().version() != intent.head().version()) {
      return Reply.ok(desk.views().render(asked));
    }
    Transition left =
        desk.require(
            SetupMachine.transition(
                asked, new SetupCommand.Leave(open.get().paymentMethod()), desk.now()),
            asked);
    return desk.commit(request, left, left.objects().getFirst(), List.of());
  }

  Reply cancel(ApiRequest request) {
    SetupIntent intent = require(request);
    SetupCommand command =
        new SetupCommand.Cancel(request.arguments().string("cancellation_reason").orElse(null));
    Transition transition =
        desk.require(SetupMachine.transition(intent, command, desk.now()), intent);
    return desk.commit(request, transition, transition.objects().getFirst(), List.of());
  }
}
