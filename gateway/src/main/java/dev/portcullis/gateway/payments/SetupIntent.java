package dev.portcullis.gateway.payments;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A card that is being made ready for later payments.
 *
 * @param head identity and version
 * @param terms which card, whose, for what
 * @param progress how far it is
 * @param details what the merchant says about it, in the API's form
 */
public record SetupIntent(
    Head head, Terms terms, Progress progress, Map<String, @Nullable Object> details)
    implements Entity {

  /** Where a set-up can stand. */
  public enum Status {
    REQUIRES_PAYMENT_METHOD,
    REQUIRES_CONFIRMATION,
    REQUIRES_ACTION,
    PROCESSING,
    CANCELED,
    SUCCEEDED;

    /** The word in the API. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Status of(String wire) {
      return valueOf(wire.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * Which card, whose, for what.
   *
   * @param customer who will own the card, or null
   * @param paymentMethod the card, or null while that is open
   * @param usage {@code off_session} or {@code on_session}
   * @param returnUrl where the shopper goes after a challenge, or null
   */
  public record Terms(
      @Nullable String customer,
      @Nullable String paymentMethod,
      String usage,
      @Nullable String returnUrl) {
    Terms withPaymentMethod(@Nullable String id) {
      return new Terms(customer, id, usage, returnUrl);
    }

    Terms withReturnUrl(@Nullable String url) {
      return new Terms(customer, paymentMethod, usage, url);
    }
  }

  /**
   * How far it is.
   *
   * @param status the API's status
   * @param operation the provider operation that is under way or was the last, or null
   * @param lastError why the last attempt failed, in the API's form, or null
   * @param nextAction what the shopper has to do, or null
   * @param networkTransactionId the network's name for the agreement, once there is one
   */
  public record Progress(
      Status status,
      @Nullable String operation,
      @Nullable Map<String, @Nullable Object> lastError,
      @Nullable NextAction nextAction,
      @Nullable String networkTransactionId) {

    static Progress at(Status status) {
      return new Progress(status, null, null, null, null);
    }

    Progress to(Status next) {
      return new Progress(next, operation, lastError, null, networkTransactionId);
    }

    Progress by(String newOperation) {
      return new Progress(status, newOperation, lastError, nextAction, networkTransactionId);
    }

    Progress failed(@Nullable Map<String, @Nullable Object> error) {
      return new Progress(status, operation, error, nextAction, networkTransactionId);
    }

    Progress asking(NextAction action) {
      return new Progress(status, operation, lastError, action, networkTransactionId);
    }

    Progress agreed(@Nullable String networkId) {
      return new Progress(status, operation, null, nextAction, networkId);
    }
  }

  /** The status. */
  public Status status() {
    return progress.status;
  }

  SetupIntent with(Terms newTerms, Progress next) {
    return new SetupIntent(head.next(), newTerms, next, details);
  }

  SetupIntent with(Terms newTerms, Map<String, @Nullable Object> newDetails, Progress next) {
    return new SetupIntent(head.next(), newTerms, next, newDetails);
  }

  @Override
  public String object() {
    return "setup_intent";
  }

  @Override
  public Map<String, @Nullable Object> doc() {
    Map<String, @Nullable Object> doc = Doc.begin(head);
    Doc.put(doc, "customer", terms.customer);
    Doc.put(doc, "payment_method", terms.paymentMethod);
    doc.put("usage", terms.usage);
    Doc.put(doc, "return_url", terms.returnUrl);
    doc.put("status", progress.status.wire());
    Doc.put(doc, "operation", progress.operation);
    Doc.put(doc, "last_error", progress.lastError);
    Doc.put(doc, "network_transaction_id", progress.networkTransactionId);
    if (progress.nextAction != null) {
      doc.put("action_url", progress.nextAction.url());
      Doc.put(doc, "action_return_url", progress.nextAction.returnUrl());
    }
    doc.put("details", details);
    return doc;
  }

  static SetupIntent read(Head head, Doc doc) {
    String actionUrl = doc.optionalText("action_url");
    return new SetupIntent(
        head,
        new Terms(
            doc.optionalText("customer"),
            doc.optionalText("payment_method"),
            doc.text("usage"),
            doc.optionalText("return_url")),
        new Progress(
            Status.of(doc.text("status")),
            doc.optionalText("operation"),
            doc.optionalMap("last_error"),
            actionUrl == null
                ? null
                : new NextAction(actionUrl, doc.optionalText("action_return_url")),
            doc.optionalText("network_transaction_id")),
        doc.map("details"));
  }
}
