package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.payments.HostedIntents.Seen;
import dev.portcullis.gateway.payments.HostedIntents.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a session by what has become of its intent: a pure function, so that the page,
 * its status and the sweep all come to the same.
 *
 * @param session its next version
 * @param event what the merchant is told, or null
 */
record SessionOutcome(CheckoutSession session, @Nullable String event) {

  static final String COMPLETED = "checkout.session.completed";
  static final String SUCCEEDED_LATER = "checkout.session.async_payment_succeeded";
  static final String FAILED_LATER = "checkout.session.async_payment_failed";

  /**
   * How long a payment whose answer has not come keeps its session open. Then the session is
   * complete and not paid, and how the payment ended is told later, as of one that takes its time.
   */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** The outcome, or empty while nothing changes. */
  static Optional<SessionOutcome> of(
      CheckoutSession session, Seen seen, Duration patience, Instant now) {
    if (session.attempted().isEmpty()) {
      return Optional.empty();
    }
    if (session.isOpen()) {
      return ofOpen(session, seen, patience, now);
    }
    return session.isComplete() ? ofComplete(session, seen.stage()) : Optional.empty();
  }

  private static Optional<SessionOutcome> ofOpen(
      CheckoutSession session, Seen seen, Duration patience, Instant now) {
    return switch (seen.stage()) {
      case OPEN, ACTION -> Optional.empty();
      case SUCCEEDED ->
          Optional.of(
              completed(session, session.isSetup() ? "no_payment_required" : "paid", false));
      // The merchant has the promise and not the money.
      case RESERVED -> Optional.of(completed(session, "unpaid", false));
      case PROCESSING ->
          session.isSetup() || now.isBefore(since(session, seen).plus(patience))
              ? Optional.empty()
              : Optional.of(completed(session, "unpaid", true));
      case CANCELED -> Optional.of(new SessionOutcome(session.expired(), SessionExpiry.EVENT));
    };
  }

  /** A challenge takes as long as it takes; what follows it is an operation of its own. */
  private static Instant since(CheckoutSession session, Seen seen) {
    Instant attempted = session.attempted().orElseThrow();
    Instant begun = seen.since();
    return begun == null || begun.isBefore(attempted) ? attempted : begun;
  }

  private static SessionOutcome completed(CheckoutSession session, String paid, boolean awaits) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("status", "complete");
    members.put("payment_status", paid);
    members.put("url", null);
    members.put(
        CheckoutSession.ATTEMPTED, awaits ? session.doc().get(CheckoutSession.ATTEMPTED) : null);
    return new SessionOutcome(session.with(members), COMPLETED);
  }

  private static Optional<SessionOutcome> ofComplete(CheckoutSession session, Stage stage) {
    return switch (stage) {
      // Whoever could go on with the latter two has gone: they are given up first.
      case PROCESSING, OPEN, ACTION -> Optional.empty();
      case SUCCEEDED -> Optional.of(ended(session, "paid", SUCCEEDED_LATER));
      case RESERVED -> Optional.of(ended(session, "unpaid", null));
      case CANCELED -> Optional.of(ended(session, "unpaid", FAILED_LATER));
    };
  }

  private static SessionOutcome ended(
      CheckoutSession session, String paid, @Nullable String event) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("payment_status", paid);
    members.put(CheckoutSession.ATTEMPTED, null);
    return new SessionOutcome(session.with(members), event);
  }
}
