package dev.portcullis.gateway.payments;

import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.connectors.spi.OperationKind;
import dev.portcullis.connectors.spi.ProviderOperation;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.gateway.payments.Operation.State;
import dev.portcullis.gateway.payments.PaymentStore.AtProvider;
import dev.portcullis.gateway.provider.Provider;
import dev.portcullis.kit.Money;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes in what a provider tells by itself of an operation. A provider that can be asked is: what
 * it told may be old by now, and is but a reason to ask. Of one that cannot, what it told is the
 * operation's answer.
 *
 * <p>What is done stays done. A provider that tells something else of it afterwards moves money
 * that the books know nothing of, which is for a person to see to.
 */
public final class OutcomeIntake {

  private static final Logger LOG = Logger.getLogger(OutcomeIntake.class.getName());

  /** So much of an operation's id tells it from all others; no provider keeps less of it. */
  private static final int SHORTEST_END = 20;

  private final PaymentStore store;
  private final Resolver resolver;

  public OutcomeIntake(PaymentStore store, Resolver resolver) {
    this.store = store;
    this.resolver = resolver;
  }

  /** What became of what was told. */
  public sealed interface Taken {
    /** The operation stands as was told, or the provider has been asked. */
    record In() implements Taken {}

    /** It cannot be taken in yet. */
    record NotYet() implements Taken {}

    /** It is about no operation that is known here; not yet, perhaps. */
    record NotOurs() implements Taken {}

    /**
     * It is not applied, and a person has to see to it.
     *
     * @param why a sentence with ids alone
     */
    record Alarm(String why) implements Taken {}
  }

  /** Takes in what that provider told of an operation of that account and mode. */
  public Taken take(
      String account, boolean livemode, Provider provider, Notification.Outcome told) {
    AtProvider at = new AtProvider(account, livemode, provider.name());
    Optional<Operation> found = find(at, told);
    if (found.isEmpty()) {
      return new Taken.NotOurs();
    }
    Operation operation = found.get();
    if (operation.sending().state() == State.DONE) {
      return compare(operation, told);
    }
    if (resolver.isUnderWay(operation)) {
      // Its answer says more than the notification does.
      return new Taken.NotYet();
    }
    if (resolver.canAsk(operation)) {
      return ask(operation, told);
    }
    return resolver.isAboutToBeSentAgain(operation) ? new Taken.NotYet() : believe(operation, told);
  }

  /**
   * By the provider's own name for it first. One that only knows the authorization's id means what
   * goes on with that, once something does.
   */
  private Optional<Operation> find(AtProvider at, Notification.Outcome told) {
    Notification.About about = told.about();
    String called = about.providerReference();
    return fitting(called == null ? List.of() : store.operationsCalled(at, called), about)
        .or(() -> fitting(store.operationsOf(at, about.reference()), about))
        .or(() -> fitting(ending(at, about.reference()), about))
        .map(found -> newest(at, found, told));
  }

  private static Optional<Operation> fitting(List<Operation> found, Notification.About about) {
    return found.stream().filter(each -> fits(each, about.kind())).findFirst();
  }

  private static boolean fits(Operation operation, OperationKind kind) {
    return operation.kind() == kind
        || (kind == OperationKind.AUTHORIZE && operation.kind() == OperationKind.COMPLETE);
  }

  /** Some providers keep only the end of an operation's id. Two that end alike are neither. */
  private List<Operation> ending(AtProvider at, String end) {
    List<Operation> found =
        end.length() < SHORTEST_END ? List.of() : store.openOperationsEnding(at, end);
    return found.size() == 1 ? found : List.of();
  }

  private Operation newest(AtProvider at, Operation found, Notification.Outcome told) {
    String first =
        switch (found.attempt().ask()) {
          case ProviderOperation.Authorize authorize -> authorize.id();
          case ProviderOperation.Complete complete -> complete.of();
          case ProviderOperation.Capture _,
              ProviderOperation.Cancel _,
              ProviderOperation.Refund _,
              ProviderOperation.SubmitEvidence _,
              ProviderOperation.AcceptDispute _,
              ProviderOperation.Lookup _ ->
              null;
        };
    if (first == null) {
      return found;
    }
    List<Operation> steps = store.operationsOf(at, first);
    String called = reference(told.result());
    return steps.stream()
        .filter(each -> each.sending().state() != State.DONE)
        .findFirst()
        .or(
            () ->
                steps.stream()
                    .filter(each -> Objects.equals(each.exchange().reference(), called))
                    .findFirst())
        .or(() -> steps.stream().findFirst())
        .orElse(found);
  }

  private Taken ask(Operation operation, Notification.Outcome told) {
    ProviderResult asked = resolver.ask(operation);
    LOG.log(
        Level.FINE,
        "{0} was told of, and asked for: {1}",
        new Object[] {operation.head().id(), asked.getClass().getSimpleName()});
    boolean definite =
        switch (told.result()) {
          case ProviderResult.Approved _, ProviderResult.Declined _ -> true;
          case ProviderResult.Rejected _,
              ProviderResult.RequiresAction _,
              ProviderResult.Pending _,
              ProviderResult.Unknown _,
              ProviderResult.NotFound _ ->
              false;
        };
    // What it tells by itself can be ahead of what it answers.
    return !definite || isOver(operation) ? new Taken.In() : new Taken.NotYet();
  }

  private Taken believe(Operation operation, Notification.Outcome told) {
    return switch (told.result()) {
      case ProviderResult.Approved approved when isAbout(operation, told.amount(), true) ->
          believe(operation, approved);
      case ProviderResult.Declined declined when isAbout(operation, told.amount(), false) ->
          believe(operation, declined);
      case ProviderResult.Approved _, ProviderResult.Declined _ ->
          alarm(operation, "it is told with another amount than was asked for");
      case ProviderResult.Rejected _,
          ProviderResult.RequiresAction _,
          ProviderResult.Pending _,
          ProviderResult.Unknown _,
          ProviderResult.NotFound _ ->
          new Taken.In();
    };
  }

  private Taken believe(Operation operation, ProviderResult result) {
    resolver.believe(operation, result);
    return isOver(operation) ? new Taken.In() : new Taken.NotYet();
  }

  /**
   * @param needed whether the amount has to be told
   */
  private static boolean isAbout(Operation operation, @Nullable Money told, boolean needed) {
    Money asked = operation.attempt().amount();
    return asked == null || (told == null ? !needed : told.equals(asked));
  }

  /** What waits for a person does so with what was told of it. */
  private boolean isOver(Operation operation) {
    return switch (store
        .operation(operation.head().account(), operation.head().id())
        .orElseThrow()
        .sending()
        .state()) {
      case DONE -> true;
      case SENT, WAITING, PARKED -> false;
    };
  }

  /** Holds what was told against how the operation ended. */
  private Taken compare(Operation operation, Notification.Outcome told) {
    Subject subject =
        Subject.load(store, Settlement.principal(operation.head()), operation.attempt());
    Ending ending = Ending.of(operation, subject);
    return switch (told.result()) {
      case ProviderResult.Approved approved -> approved(operation, ending, told, approved);
      case ProviderResult.Declined _ ->
          switch (ending) {
            case APPROVED ->
                alarm(operation, "it was approved, and the provider has undone it since");
            case IN_USE, UNSETTLED -> new Taken.NotYet();
            case REFUSED, NOT_KNOWN -> new Taken.In();
          };
      case ProviderResult.Rejected _,
          ProviderResult.RequiresAction _,
          ProviderResult.Pending _,
          ProviderResult.Unknown _,
          ProviderResult.NotFound _ ->
          new Taken.In();
    };
  }

  private static Taken approved(
      Operation operation,
      Ending ending,
      Notification.Outcome told,
      ProviderResult.Approved approved) {
    String known = operation.exchange().reference();
    boolean another =
        operation.attempt().authorizes()
            && known != null
            && !known.equals(approved.providerReference());
    return switch (ending) {
      case UNSETTLED -> new Taken.NotYet();
      case REFUSED -> alarm(operation, "it was refused, and the provider has done it all the same");
      case APPROVED, IN_USE, NOT_KNOWN ->
          another
              ? alarm(operation, "the provider has approved it twice")
              : isAbout(operation, told.amount(), false)
                  ? new Taken.In()
                  : alarm(operation, "it is told with another amount than was asked for");
    };
  }

  private static Taken alarm(Operation operation, String why) {
    return new Taken.Alarm("operation " + operation.head().id() + ": " + why);
  }

  private static @Nullable String reference(ProviderResult result) {
    return new Exchange("", false, null).heard(result).reference();
  }
}
