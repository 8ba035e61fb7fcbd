package dev.portcullis.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the documented cards' disputes begin and end, and in which order they changed. Not
 * thread-safe: {@link Acquirer} holds a lock.
 */
final class Disputes {

  private static final int PAGE = 50;
  private static final Duration TIME_TO_RESPOND = Duration.ofDays(9);

  /** The last change of each dispute, and the dispute's number in the ledger. */
  private final TreeMap<Long, Integer> byChange = new TreeMap<>();

  private final Map<Integer, Long> lastChange = new HashMap<>();

  /**
   * A part of the feed.
   *
   * @param disputes in the order of their last changes
   * @param cursor the last change that it holds, or where it was asked to begin
   * @param more whether there are more
   */
  record Page(List<Operation.Dispute> disputes, long cursor, boolean more) {}

  /** The number of the next change. */
  long next() {
    return byChange.isEmpty() ? 1 : byChange.lastKey() + 1;
  }

  void remember(Operation.Dispute dispute) {
    int number = dispute.identity().number();
    Long before = lastChange.put(number, dispute.sequence());
    if (before != null) {
      byChange.remove(before);
    }
    byChange.put(dispute.sequence(), number);
  }

  Page after(long change, IntFunction<Operation.Dispute> ledger) {
    List<Operation.Dispute> page = new ArrayList<>();
    long cursor = change;
    for (Map.Entry<Long, Integer> each : byChange.tailMap(change, false).entrySet()) {
      if (page.size() == PAGE) {
        return new Page(page, cursor, true);
      }
      page.add(ledger.apply(each.getValue()));
      cursor = each.getKey();
    }
    return new Page(page, cursor, false);
  }

  /** How a charge of that card is disputed, or null if it is not. */
  static Operation.@Nullable Stage first(Story story) {
    return switch (story) {
      case DISPUTE_FRAUDULENT, DISPUTE_NOT_RECEIVED -> Operation.Stage.CHARGEBACK;
      case DISPUTE_INQUIRY -> Operation.Stage.INQUIRY;
      default -> null;
    };
  }

  static Operation.Claim claim(Operation.Authorization authorization, long captured, Instant now) {
    return new Operation.Claim(
        authorization.identity().reference(),
        captured,
        authorization.terms().currency(),
        authorization.terms().story(),
        now.getEpochSecond(),
        now.plus(TIME_TO_RESPOND).getEpochSecond());
  }

  /**
   * What the bank makes of evidence, by the words that Stripe documents for its test mode.
   *
   * @throws Refused if none is taken any more
   */
  static Operation.Stage afterEvidence(
      Operation.Dispute dispute, Map<String, String> evidence, Instant now) {
    if (!dispute.stage().awaitsEvidence()) {
      throw Refused.state("dispute_not_open", "The dispute takes no evidence.");
    }
    if (now.getEpochSecond() > dispute.claim().dueSeconds()) {
      throw Refused.state("evidence_too_late", "The time for evidence is over.");
    }
    boolean inquiry = dispute.stage() == Operation.Stage.INQUIRY;
    String said = evidence.getOrDefault("uncategorized_text", "");
    return switch (said.strip().toLowerCase(Locale.ROOT)) {
      case "winning_evidence" -> inquiry ? Operation.Stage.INQUIRY_CLOSED : Operation.Stage.WON;
      case "losing_evidence" -> Operation.Stage.LOST;
      case "escalate_inquiry_evidence" ->
          inquiry ? Operation.Stage.CHARGEBACK : Operation.Stage.CHARGEBACK_UNDER_REVIEW;
      default ->
          inquiry ? Operation.Stage.INQUIRY_UNDER_REVIEW : Operation.Stage.CHARGEBACK_UNDER_REVIEW;
    };
  }

  /**
   * What an acceptance leads to.
   *
   * @throws Refused if it is over, or no money was taken
   */
  static Operation.Stage afterAcceptance(Operation.Dispute dispute) {
    return switch (dispute.stage()) {
      case CHARGEBACK, CHARGEBACK_UNDER_REVIEW -> Operation.Stage.LOST;
      case INQUIRY, INQUIRY_UNDER_REVIEW, INQUIRY_CLOSED, WON, LOST ->
          throw Refused.state("dispute_not_open", "There is no money to give up.");
    };
  }
}
