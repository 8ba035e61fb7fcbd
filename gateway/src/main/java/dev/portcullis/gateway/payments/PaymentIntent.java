package dev.portcullis.gateway.payments;

import dev.portcullis.kit.Money;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A payment from the wish to the money.
 *
 * @param head identity and version
 * @param terms what is to be paid, and how
 * @param progress how far it is
 * @param details what the merchant says about it, in the API's form (description, metadata,
 *     shipping and the like); the state machine does not read it
 */
public record PaymentIntent(
    Head head, Terms terms, Progress progress, Map<String, @Nullable Object> details)
    implements Entity {

  /** Where a payment can stand; {@link #wire()} is the API's word. */
  public enum Status {
    REQUIRES_PAYMENT_METHOD,
    REQUIRES_CONFIRMATION,
    REQUIRES_ACTION,
    /** With the provider, whose answer is awaited. */
    PROCESSING,
    REQUIRES_CAPTURE,
    CANCELED,
    SUCCEEDED;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The word in the API. */
    public String wire() {
      return wire;
    }

    static Status of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * What is to be paid, and how.
   *
   * @param amount more than zero
   * @param manualCapture whether the money is only reserved until a capture
   * @param manualConfirmation whether the merchant's server has to confirm again once the shopper
   *     has answered a challenge
   * @param customer who pays, or null
   * @param paymentMethod with what, or null while that is open
   * @param setupFutureUsage {@code on_session}, {@code off_session} or null
   * @param returnUrl where the shopper goes after a challenge, or null
   */
  public record Terms(
      Money amount,
      boolean manualCapture,
      boolean manualConfirmation,
      @Nullable String customer,
      @Nullable String paymentMethod,
      @Nullable String setupFutureUsage,
      @Nullable String returnUrl) {
    Terms withPaymentMethod(@Nullable String id) {
      return new Terms(
          amount, manualCapture, manualConfirmation, customer, id, setupFutureUsage, returnUrl);
    }

    Terms withReturnUrl(@Nullable String url) {
      return new Terms(
          amount,
          manualCapture,
          manualConfirmation,
          customer,
          paymentMethod,
          setupFutureUsage,
          url);
    }
  }

  /**
   * How far it is.
   *
   * @param status the API's status
   * @param capturable what is reserved, minor units
   * @param received what was captured, minor units
   * @param operation the provider operation that is under way or was the last, or null
   * @param latestCharge the last charge, or null before the first
   * @param lastError why the last attempt failed, in the API's form, or null
   * @param nextAction what the shopper has to do, or null
   * @param reservedAt where it stands while money is reserved and nothing is under way, or null
   *     while none is
   */
  public record Progress(
      Status status,
      long capturable,
      long received,
      @Nullable String operation,
      @Nullable String latestCharge,
      @Nullable Map<String, @Nullable Object> lastError,
      @Nullable NextAction nextAction,
      @Nullable Status reservedAt) {

    static Progress at(Status status) {
      return new Progress(status, 0, 0, null, null, null, null, null);
    }

    /** At another status: whatever the shopper had to do is no longer asked. */
    Progress to(Status next) {
      return new Progress(
          next, capturable, received, operation, latestCharge, lastError, null, reservedAt);
    }

    Progress by(@Nullable String newOperation) {
      return new Progress(
          status,
          capturable,
          received,
          newOperation,
          latestCharge,
          lastError,
          nextAction,
          reservedAt);
    }

    Progress holding(long newCapturable, long newReceived) {
      return new Progress(
          status,
          newCapturable,
          newReceived,
          operation,
          latestCharge,
          lastError,
          nextAction,
          newCapturable == 0 ? null : reservedAt);
    }

    Progress charged(String charge, @Nullable Map<String, @Nullable Object> error) {
      return new Progress(
          status, capturable, received, operation, charge, error, nextAction, reservedAt);
    }

    Progress failed(@Nullable Map<String, @Nullable Object> error) {
      return new Progress(
          status, capturable, received, operation, latestCharge, error, nextAction, reservedAt);
    }

    Progress asking(NextAction action) {
      return new Progress(
          status, capturable, received, operation, latestCharge, lastError, action, reservedAt);
    }

    /** With that much reserved, and standing there unless something is under way. */
    Progress reserving(long amount, Status at) {
      return new Progress(at, amount, received, operation, latestCharge, lastError, nextAction, at);
    }
  }

  /** The status. */
  public Status status() {
    return progress.status;
  }

  /** Whether the shopper has agreed, the money is reserved, and the merchant has to say go on. */
  boolean awaitsSecondConfirmation() {
    return progress.status == Status.REQUIRES_CONFIRMATION && progress.capturable > 0;
  }

  /** The money that is to be paid. */
  public Money amount() {
    return terms.amount;
  }

  PaymentIntent with(Progress next) {
    return new PaymentIntent(head.next(), terms, next, details);
  }

  PaymentIntent with(Terms newTerms, Progress next) {
    return new PaymentIntent(head.next(), newTerms, next, details);
  }

  PaymentIntent with(Terms newTerms, Map<String, @Nullable Object> newDetails, Progress next) {
    return new PaymentIntent(head.next(), newTerms, next, newDetails);
  }

  @Override
  public String object() {
    return "payment_intent";
  }

  @Override
  public Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = Doc.begin(head);
    doc.put("amount", terms.amount.minorUnits());
    doc.put("currency", terms.amount.currency().code());
    doc.put("manual_capture", terms.manualCapture);
    doc.put("manual_confirmation", terms.manualConfirmation);
    Doc.put(doc, "customer", terms.customer);
    Doc.put(doc, "payment_method", terms.paymentMethod);
    Doc.put(doc, "setup_future_usage", terms.setupFutureUsage);
    Doc.put(doc, "return_url", terms.returnUrl);
    doc.put("status", progress.status.wire());
    doc.put("capturable", progress.capturable);
    doc.put("received", progress.received);
    Doc.put(doc, "reserved_at", progress.reservedAt == null ? null : progress.reservedAt.wire());
    Doc.put(doc, "operation", progress.operation);
    Doc.put(doc, "latest_charge", progress.latestCharge);
    Doc.put(doc, "last_error", progress.lastError);
    if (progress.nextAction != null) {
      doc.put("action_url", progress.nextAction.url());
      Doc.put(doc, "action_return_url", progress.nextAction.returnUrl());
    }
    doc.put("details", details);
    return doc;
  }

  private static @Nullable Status reservedAt(Doc doc) {
    String stored = doc.optionalText("reserved_at");
    if (stored != null) {
      return Status.of(stored);
    }
    return doc.number("capturable") > 0 ? Status.REQUIRES_CAPTURE : null;
  }

  /** Once, this stood among the details. */
  private static boolean isManual(Map<String, @Nullable Object> details) {
    return "manual".equals(details.get("confirmation_method"));
  }

  static PaymentIntent read(Head head, Doc doc) {
    String actionUrl = doc.optionalText("action_url");
    return new PaymentIntent(
        head,
        new Terms(
            doc.money("amount"),
            doc.truth("manual_capture"),
            doc.truth("manual_confirmation") || isManual(doc.map("details")),
            doc.optionalText("customer"),
            doc.optionalText("payment_method"),
            doc.optionalText("setup_future_usage"),
            doc.optionalText("return_url")),
        new Progress(
            Status.of(doc.text("status")),
            doc.number("capturable"),
            doc.number("received"),
            doc.optionalText("operation"),
            doc.optionalText("latest_charge"),
            doc.optionalMap("last_error"),
            actionUrl == null
                ? null
                : new NextAction(actionUrl, doc.optionalText("action_return_url")),
            reservedAt(doc)),
        doc.map("details"));
  }
}
