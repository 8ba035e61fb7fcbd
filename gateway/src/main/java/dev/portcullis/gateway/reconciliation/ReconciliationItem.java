package dev.portcullis.gateway.reconciliation;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A difference between a provider's report and what is known here.
 *
 * @param difference what differs
 * @param state {@code open}, {@code explained} by a later report, or {@code settled} by a person
 */
record ReconciliationItem(
    String id,
    Instant created,
    String provider,
    LocalDate day,
    Difference difference,
    String state,
    @Nullable Settled settled) {

  /**
   * Who settled it.
   *
   * @param reason in that person's words
   */
  record Settled(String by, Instant at, String reason) {}

  /** Minor units of a currency; both null where that side has none. */
  record Sum(@Nullable Long amount, @Nullable String currency) {
    static final Sum NONE = new Sum(null, null);
  }

  /**
   * What differs.
   *
   * @param subject the operation, or {@code line:} and the line of the report
   * @param operation ours, or null where none is known
   * @param providerId the provider's name for it, or null
   */
  record Difference(
      String subject,
      Verdict verdict,
      String kind,
      @Nullable String operation,
      @Nullable String providerId,
      Sum ours,
      Sum theirs) {

    /** What a person would do about it. */
    String action() {
      return switch (verdict) {
        case MISSING_HERE ->
            operation == null
                ? "look the payment up at the provider; book it by hand, or have the provider give"
                    + " it back"
                : "the operation did not succeed here: have the provider give it back, or book it"
                    + " by hand";
        case MISSING_THERE ->
            "wait for the next day's report; when it is not there either, ask the provider by the"
                + " operation's id";
        case AMOUNT_DIFFERS ->
            "wait for the next report where the provider settles in parts; otherwise ask the"
                + " provider for the rest, or book the difference";
        case CURRENCY_DIFFERS ->
            "compare the currency that the provider account settles in; book the exchange";
      };
    }
  }

  /** What can differ. */
  enum Verdict {
    MISSING_HERE,
    MISSING_THERE,
    AMOUNT_DIFFERS,
    CURRENCY_DIFFERS;

    String wire() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    static Verdict of(String wire) {
      return valueOf(wire.toUpperCase(java.util.Locale.ROOT));
    }
  }
}
