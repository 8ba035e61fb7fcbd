package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.admin.AdminRoutes;
import dev.portcullis.gateway.admin.OnlyAccount;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.gateway.payments.PaymentStore.AtProvider;
import dev.portcullis.gateway.payments.PaymentStore.Found;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Operations whose end is not known, for people: which there are, what the provider says of one
 * now, and what became of one that nobody can find out but a person.
 *
 * <p>Errors: 400 {@code resource_missing}, {@code operation_state}, {@code provider_unavailable},
 * {@code provider_goes_on}, {@code operation_too_young}, {@code operation_owed}, {@code
 * operation_unreadable}, {@code reference_taken}, {@code parameter_missing}.
 */
final class OperationRoutes implements AdminRoutes {

  private static final String PATH = "/admin/v1/operations";
  private static final int MOST_SHOWN = 100;
  private static final String SUCCEEDED = "succeeded";

  /** What any provider's name for something is made of. */
  private static final Pattern REFERENCE = Pattern.compile("[0-9A-Za-z_-]{1,128}");

  private static final Param ACCOUNT = Param.id("account");
  private static final Shape LIST =
      Shape.of(
          ACCOUNT,
          Param.bool("livemode"),
          Param.choice("state", State.PARKED.wire(), State.WAITING.wire(), State.SENT.wire()),
          Param.integer("limit").range(1, MOST_SHOWN),
          Param.id("starting_after"));
  private static final Shape OF_ACCOUNT = Shape.of(ACCOUNT);
  private static final Shape SETTLE =
      Shape.of(
          ACCOUNT,
          Param.choice("outcome", SUCCEEDED, "failed").required(),
          Param.string("reference", REFERENCE, "what the provider calls it"),
          Param.string("reason").max(500).required());

  private final PaymentStore store;
  private final Resolver resolver;
  private final OnlyAccount accounts;
  private final AuditTrail audit;

  OperationRoutes(PaymentStore store, Resolver resolver, OnlyAccount accounts, AuditTrail audit) {
    this.store = store;
    this.resolver = resolver;
    this.accounts = accounts;
    this.audit = audit;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(PATH, Right.READ_PROVIDERS, LIST, this::list),
        AdminRoute.post(PATH + "/{id}/ask", Right.RECONCILE, OF_ACCOUNT, this::ask),
        AdminRoute.post(PATH + "/{id}/settle", Right.RECONCILE, SETTLE, this::settle));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    Arguments sent = request.arguments();
    State state = sent.string("state").map(State::of).orElse(State.PARKED);
    int limit = Math.toIntExact(sent.integer("limit").orElse(MOST_SHOWN));
    List<Found> found =
        store.openOperations(
            accounts.of(sent),
            sent.isTrue("livemode"),
            state,
            sent.string("starting_after").orElse(""),
            limit + 1);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", found.stream().limit(limit).map(this::body).toList());
    body.put("has_more", found.size() > limit);
    return body;
  }

  private Map<String, @Nullable Object> body(Found found) {
    return switch (found) {
      case Found.Read(Operation operation) -> body(operation, null);
      case Found.Unread unread -> body(unread);
    };
  }

  /** What this release can say of an operation that it cannot read. */
  private static Map<String, @Nullable Object> body(Found.Unread unread) {
    Map<String, @Nullable Object> body = begin(unread.head(), unread.state(), false);
    body.put("about", unread.object());
    return body;
  }

  private static Map<String, @Nullable Object> begin(Head head, String state, boolean readable) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", head.id());
    body.put("object", "provider_operation");
    body.put("account", head.account());
    body.put("livemode", head.livemode());
    body.put("created", head.created().getEpochSecond());
    body.put("state", state);
    body.put("readable", readable);
    return body;
  }

  private Map<String, ? extends @Nullable Object> ask(AdminRequest request) {
    String account = accounts.of(request.arguments());
    Operation operation = require(account, request.variable("id"));
    if (operation.sending().state() == State.DONE || resolver.isUnderWay(operation)) {
      return body(operation, null);
    }
    if (!resolver.canAsk(operation)) {
      throw refused(
          "provider_unavailable",
          "This provider cannot be asked what became of it; look it up in the provider's own"
              + " dashboard.");
    }
    note(request, "operation.asked", operation, "");
    ProviderResult said = asked(operation);
    return body(require(account, operation.head().id()), word(said));
  }

  private ProviderResult asked(Operation operation) {
    ProviderResult said = resolver.ask(operation);
    if (said instanceof ProviderResult.Unknown) {
      throw refused("provider_unavailable", "The provider did not answer. Ask again when it does.");
    }
    return said;
  }

  /**
   * Takes a person's word for what became of an operation, as if the provider had told it; but a
   * provider that can be asked is, and what it knows counts instead.
   */
  private Map<String, ? extends @Nullable Object> settle(AdminRequest request) {
    Arguments sent = request.arguments();
    String account = accounts.of(sent);
    Operation operation = require(account, request.variable("id"));
    ProviderResult word = word(sent);
    requireParked(operation);
    ProviderResult said = resolver.canAsk(operation) ? asked(operation) : null;
    Operation parked = require(account, operation.head().id());
    if (said != null && parked.sending().state() == State.DONE) {
      note(request, "operation.asked", parked, "the provider says " + word(said));
      return body(parked, word(said));
    }
    requireParked(parked);
    switch (word) {
      case ProviderResult.Approved approved -> requireFree(parked, approved.providerReference());
      default -> requireOver(parked, word, said);
    }
    note(
        request,
        "operation.settled",
        parked,
        sent.requiredString("outcome") + ": " + sent.requiredString("reason"));
    // Whoever has written it since it was read as parked goes first, and then it is not applied.
    resolver.believe(parked, word);
    return body(require(account, parked.head().id()), said == null ? null : word(said));
  }

  private static void requireParked(Operation operation) {
    if (operation.sending().state() != State.PARKED) {
      throw refused(
          "operation_state",
          "Only an operation that waits for a person (parked) is settled by one; this one is "
              + operation.sending().state().wire()
              + ".");
    }
  }

  /** What is said to have failed is paid anew, and must not turn up after that. */
  private void requireOver(
      Operation operation, ProviderResult word, @Nullable ProviderResult said) {
    if (said instanceof ProviderResult.Pending || said instanceof ProviderResult.RequiresAction) {
      throw refused(
          "provider_goes_on",
          "The provider still goes on with it. Have it canceled at the provider first.");
    }
    if (resolver.wouldStick(operation, word)) {
      throw refused(
          "operation_owed",
          "It gives back what was approved when nobody waited for it any more, and that is owed"
              + " until it has. Cancel or refund the payment at the provider, then say that it"
              + " succeeded.");
    }
    if (resolver.mayTurnUp(operation)) {
      throw refused(
          "operation_too_young",
          "It was sent so lately that the provider may not show it yet. Ask again in an hour.");
    }
  }

  /**
   * A payment booked under the name of another one would be refunded from that one. What follows a
   * payment may be called like it: some providers void the payment itself.
   */
  private void requireFree(Operation operation, String reference) {
    if (reference.equals(operation.attempt().authorization())) {
      return;
    }
    Head head = operation.head();
    AtProvider at = new AtProvider(head.account(), head.livemode(), operation.provider().name());
    boolean taken =
        store.operationsCalled(at, reference).stream()
            .anyMatch(each -> !each.attempt().object().equals(operation.attempt().object()));
    if (taken) {
      throw new ApiException(
          ApiErrors.invalid(
              "reference",
              "reference_taken",
              "The provider's name "
                  + reference
                  + " stands for something else here. Look up what this operation is called."));
    }
  }

  private void note(AdminRequest request, String action, Operation operation, String detail) {
    audit.append(
        new Actor(request.session().person(), request.address()),
        action,
        operation.head().account(),
        operation.head().id(),
        detail);
  }

  private static ProviderResult word(Arguments sent) {
    if (!sent.requiredString("outcome").equals(SUCCEEDED)) {
      return new ProviderResult.Declined(
          DeclineCode.PROCESSING_ERROR, null, ProviderResult.Details.NONE);
    }
    return new ProviderResult.Approved(
        sent.string("reference")
            .orElseThrow(() -> new ApiException(ApiErrors.missing("reference"))),
        ProviderResult.Details.NONE);
  }

  private Operation require(String account, String id) {
    Found found =
        store
            .findOperation(account, id)
            .orElseThrow(() -> new ApiException(ApiErrors.noSuch("operation", id, "id")));
    return switch (found) {
      case Found.Read(Operation operation) -> operation;
      case Found.Unread _ ->
          throw refused(
              "operation_unreadable",
              "This release cannot read the operation: it is damaged, or a newer release wrote it."
                  + " Settle it with that release, or restore its row.");
    };
  }

  private static ApiException refused(String code, String message) {
    return new ApiException(ApiErrors.badRequest(message).withCode(code));
  }

  /**
   * An operation as it is shown.
   *
   * @param said what the provider has just said of it, or null
   */
  private Map<String, @Nullable Object> body(Operation operation, @Nullable String said) {
    Map<String, @Nullable Object> doc = operation.doc();
    Map<String, @Nullable Object> body =
        begin(operation.head(), operation.sending().state().wire(), true);
    body.put("kind", operation.kind().name().toLowerCase(Locale.ROOT));
    body.put("amount", doc.get("amount"));
    body.put("currency", doc.get("currency"));
    body.put("about", operation.attempt().object());
    body.put("provider", operation.provider().name());
    body.put("sent", operation.sending().sends());
    body.put("looked_up", operation.sending().looks());
    body.put("reference", operation.exchange().reference());
    body.put("can_be_asked", resolver.canAsk(operation));
    body.put("provider_says", said);
    return body;
  }

  private static String word(ProviderResult said) {
    return switch (said) {
      case ProviderResult.Approved _ -> SUCCEEDED;
      case ProviderResult.Declined _ -> "declined";
      case ProviderResult.Rejected _ -> "rejected";
      case ProviderResult.RequiresAction _ -> "requires_action";
      case ProviderResult.Pending _ -> "pending";
      case ProviderResult.NotFound _ -> "not_found";
      case ProviderResult.Unknown _ -> "unknown";
    };
  }
}
