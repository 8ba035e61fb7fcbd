package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.connectors.spi.NetworkAdvice;
import dev.portcullis.connectors.spi.ProviderResult;
import dev.portcullis.connectors.spi.ProviderResult.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may follow on an attempt: nothing, another provider at once, or the same one later. Only a
 * definite failure is followed by anything: an answer that did not come, or that is not final, may
 * yet be a payment.
 *
 * <p>What the networks allow, each attempt at any provider counted:
 *
 * <table border="1">
 *   <caption>Sources</caption>
 *   <tr><th>rule</th><th>source</th></tr>
 *   <tr><td>a decline that says that the issuer will never approve (Visa's category 1: lost, stolen
 *       and closed cards, revoked orders) is never tried again</td>
 *       <td>Visa Core Rules, 7.3 (authorization reattempts)</td></tr>
 *   <tr><td>other Visa declines: 15 attempts in 30 days for a card and merchant. Visa allows 20
 *       since May 2025; acquirers still charge from the 15th on</td>
 *       <td>the same, and Checkout.com, "When can I retry a declined transaction"</td></tr>
 *   <tr><td>Mastercard: 10 attempts in 24 hours and 35 in 30 days</td>
 *       <td>Transaction Processing Excellence programme, excessive attempts</td></tr>
 *   <tr><td>Mastercard's merchant advice codes: 03 and 21 never; 01 not with the same card data; 24
 *       after 1 hour, 25 after 24 hours, 26 after 2 days, 27 after 4, 28 after 6, 29 after 8, 30
 *       after 10; 02 later, of which the earliest time is not said: 3 days; 40 and 41 cards whose
 *       money is spent, never</td>
 *       <td>the same, merchant advice codes</td></tr>
 * </table>
 *
 * <p>The networks that say nothing are held to Visa's number.
 */
public sealed interface Retry {

  /** How many providers one confirmation may ask. */
  int MOST_PROVIDERS = 3;

  /** In 30 days for a card, by Visa's rule. */
  int MOST_ATTEMPTS = 15;

  /** In 24 hours for a card, by Mastercard's rule. */
  int MOST_IN_A_DAY = 10;

  /** How far back attempts count. */
  Duration WINDOW = Duration.ofDays(30);

  /** Nothing follows. */
  record Never(String reason) implements Retry {}

  /** Another provider may be asked at once, with an operation of its own. */
  record NextProvider(String reason) implements Retry {}

  /**
   * The same provider may be asked again.
   *
   * @param when not before
   */
  record Later(Instant when, String reason) implements Retry {}

  /**
   * What went before.
   *
   * @param now the time of the answer
   * @param brand the card's
   * @param offSession whether the merchant charges a stored card without the shopper. Of those
   *     alone there is a later: a shopper who is there chooses, and has agreed to nothing else
   * @param providers how many providers were asked for this confirmation, this one included
   * @param attempts when this card was tried by this merchant, this attempt included; older ones
   *     than {@link #WINDOW} do not matter
   */
  record Past(
      Instant now, String brand, boolean offSession, int providers, List<Instant> attempts) {
    /** Takes a copy. */
    public Past {
      attempts = List.copyOf(attempts);
    }

    private long within(Duration window) {
      Instant since = now.minus(window);
      return attempts.stream().filter(at -> at.isAfter(since)).count();
    }
  }

  /** What a decline code says of another attempt. */
  enum Kind {
    /** The issuer, the shopper or the card's data would have to change first. */
    HARD,
    /** The attempt failed on its way and nobody decided on the card: another way may work. */
    TECHNICAL,
    /** The issuer decided, and may decide otherwise another day. */
    SOFT
  }

  /** How long after the first attempt, the second one and so on a merchant's own charge waits. */
  List<Duration> PAUSES =
      List.of(
          Duration.ofDays(1),
          Duration.ofDays(2),
          Duration.ofDays(3),
          Duration.ofDays(5),
          Duration.ofDays(7),
          Duration.ofDays(7));

  /** By Mastercard's advice: after how long. */
  Map<String, Duration> ADVISED =
      Map.of(
          "02", Duration.ofDays(3),
          "24", Duration.ofHours(1),
          "25", Duration.ofHours(24),
          "26", Duration.ofDays(2),
          "27", Duration.ofDays(4),
          "28", Duration.ofDays(6),
          "29", Duration.ofDays(8),
          "30", Duration.ofDays(10));

  /** Visa's own codes of its category 1, whatever a provider makes of them. */
  Set<String> NEVER_BY_VISA =
      Set.of("04", "07", "12", "15", "41", "43", "46", "57", "R0", "R1", "R3");

  /** What may follow on that answer. */
  static Retry after(ProviderResult result, Past past) {
    return switch (result) {
      case ProviderResult.Approved _ -> new Never("It was approved.");
      case ProviderResult.Declined declined -> afterDecline(declined, past);
      case Rejected rejected -> afterRejection(rejected.kind(), past);
      case ProviderResult.RequiresAction _ -> new Never("The shopper is asked; it is not over.");
      case ProviderResult.Pending _ -> new Never("The provider has not decided.");
      case ProviderResult.Unknown _ -> new Never("Nobody knows whether it happened.");
      case ProviderResult.NotFound _ -> new Never("It may still turn up.");
    };
  }

  private static Retry afterRejection(Rejected.Kind kind, Past past) {
    return switch (kind) {
      case CREDENTIAL, NOT_CONNECTED, UNSUPPORTED, MALFORMED, OTHER ->
          next("The provider did not take the request.", past);
      case CARD_GONE -> new Never("The card is not stored any more.");
      case UNKNOWN_REFERENCE -> new Never("What it refers to is not there.");
    };
  }

  private static Retry afterDecline(ProviderResult.Declined declined, Past past) {
    NetworkAdvice advice = declined.details().advice();
    if (advice.isAgainstAnotherAttempt()) {
      return new Never("The network advises against it (" + told(advice) + ").");
    }
    if (isNeverByVisa(past.brand, advice.declineCode())) {
      return new Never(
          "The issuer will never approve it (Visa's code " + advice.declineCode() + ").");
    }
    DeclineCode code = declined.code();
    Duration pause = advice.code() == null ? null : ADVISED.get(advice.code());
    return switch (kind(code)) {
      case HARD -> new Never(code.wire() + " will not change by another attempt.");
      case TECHNICAL -> {
        Retry next =
            pause == null
                ? next(code.wire() + " is no decision about the card.", past)
                : new Never("The network wants a pause.");
        yield next instanceof Never ? later(code, pause, past).orElse(next) : next;
      }
      case SOFT ->
          later(code, pause, past)
              .orElse(new Never(code.wire() + " may change later, and nobody asked for that."));
    };
  }

  /** Whether that code is one of Visa's for a card that its issuer will never approve. */
  static boolean isNeverByVisa(String brand, @Nullable String networkCode) {
    return networkCode != null && brand.equals("visa") && NEVER_BY_VISA.contains(networkCode);
  }

  private static String told(NetworkAdvice advice) {
    return advice.code() == null
        ? Objects.requireNonNull(advice.action()).wire()
        : "merchant advice code " + advice.code();
  }

  private static Retry next(String reason, Past past) {
    if (past.providers >= MOST_PROVIDERS) {
      return new Never(MOST_PROVIDERS + " providers were asked.");
    }
    return isAllowed(past)
        ? new NextProvider(reason)
        : new Never("The network allows no more attempts with this card now.");
  }

  /** Whether the networks allow another attempt with the card now. */
  static boolean isAllowed(Past past) {
    return past.within(WINDOW) < MOST_ATTEMPTS && past.within(Duration.ofHours(24)) < MOST_IN_A_DAY;
  }

  /** Empty where there is no later. */
  private static Optional<Retry> later(DeclineCode code, @Nullable Duration advised, Past past) {
    int done = (int) Math.max(past.within(WINDOW), 1);
    if (!past.offSession || done > PAUSES.size() || done >= MOST_ATTEMPTS) {
      return Optional.empty();
    }
    Duration pause = PAUSES.get(done - 1);
    Duration wait = advised == null || advised.compareTo(pause) < 0 ? pause : advised;
    return Optional.of(new Later(past.now.plus(wait), code.wire() + " may change."));
  }

  /** What the code says of another attempt: an exhaustive table, so that a new code is placed. */
  static Kind kind(DeclineCode code) {
    return switch (code) {
      case ISSUER_NOT_AVAILABLE, PROCESSING_ERROR, REENTER_TRANSACTION -> Kind.TECHNICAL;
      case APPROVE_WITH_ID,
          CARD_VELOCITY_EXCEEDED,
          DO_NOT_HONOR,
          GENERIC_DECLINE,
          INSUFFICIENT_FUNDS,
          NO_ACTION_TAKEN,
          TRY_AGAIN_LATER,
          WITHDRAWAL_COUNT_LIMIT_EXCEEDED ->
          Kind.SOFT;
      // A duplicate may be the very payment that was approved a moment ago.
      case DUPLICATE_TRANSACTION,
          // The issuer will never approve.
          DO_NOT_TRY_AGAIN,
          EXPIRED_CARD,
          FRAUDULENT,
          INVALID_ACCOUNT,
          LOST_CARD,
          MERCHANT_BLACKLIST,
          PICKUP_CARD,
          RESTRICTED_CARD,
          REVOCATION_OF_ALL_AUTHORIZATIONS,
          REVOCATION_OF_AUTHORIZATION,
          SECURITY_VIOLATION,
          STOLEN_CARD,
          STOP_PAYMENT_ORDER,
          // The card cannot do this.
          CARD_NOT_SUPPORTED,
          CURRENCY_NOT_SUPPORTED,
          INVALID_AMOUNT,
          NOT_PERMITTED,
          SERVICE_NOT_ALLOWED,
          TESTMODE_DECLINE,
          TRANSACTION_NOT_ALLOWED,
          // The shopper has to do something, or the card's data to be put right.
          AUTHENTICATION_FAILED,
          AUTHENTICATION_NOT_HANDLED,
          AUTHENTICATION_REQUIRED,
          CALL_ISSUER,
          INCORRECT_ADDRESS,
          INCORRECT_CVC,
          INCORRECT_NUMBER,
          INCORRECT_PIN,
          INCORRECT_ZIP,
          INVALID_CVC,
          INVALID_EXPIRY_MONTH,
          INVALID_EXPIRY_YEAR,
          INVALID_NUMBER,
          INVALID_PIN,
          MOBILE_DEVICE_AUTHENTICATION_REQUIRED,
          NEW_ACCOUNT_INFORMATION_AVAILABLE,
          OFFLINE_PIN_REQUIRED,
          ONLINE_OR_OFFLINE_PIN_REQUIRED,
          PIN_TRY_EXCEEDED ->
          Kind.HARD;
    };
  }
}
