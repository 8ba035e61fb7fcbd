package dev.portcullis.connectors.paypal;

import static java.util.Map.entry;

import dev.portcullis.connectors.spi.DisputeFeed;
import dev.portcullis.connectors.spi.DisputeFeed.Page;
import dev.portcullis.connectors.spi.DisputeNotice;
import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.ForwardAnswer;
import dev.portcullis.connectors.spi.ForwardRequest;
import dev.portcullis.connectors.spi.JsonTree;
import dev.portcullis.kit.Money;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * PayPal's disputes (developer.paypal.com/docs/api/customer-disputes/v1). Their list does not say
 * which payment each is about, so that after each page its disputes are asked for one by one. Read
 * to its end, the list is begun anew from the day before the last change that was seen: days
 * overlap, since one may have changed after it was read.
 */
final class PayPalDisputes {

  /** What a dispute without decision asks of the merchant, where the bank has the money. */
  private static final Map<String, Boolean> WAITS_FOR_MERCHANT =
      Map.of(
          "OPEN", true,
          "WAITING_FOR_SELLER_RESPONSE", true,
          "OTHER", true,
          "WAITING_FOR_BUYER_RESPONSE", false,
          "UNDER_REVIEW", false);

  private static final Set<String> LOST = Set.of("RESOLVED_BUYER_FAVOUR", "ACCEPTED");

  /** Where PayPal pays the customer by itself, the merchant keeps the money. */
  private static final Set<String> WON =
      Set.of("RESOLVED_SELLER_FAVOUR", "RESOLVED_WITH_PAYOUT", "CANCELED_BY_BUYER", "DENIED");

  private static final Set<String> WITH_MONEY =
      Set.of("CHARGEBACK", "PRE_ARBITRATION", "ARBITRATION");

  private static final Map<String, String> REASONS =
      Map.ofEntries(
          entry("UNAUTHORISED", "fraudulent"),
          entry("MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "product_not_received"),
          entry("MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED", "product_unacceptable"),
          entry("CREDIT_NOT_PROCESSED", "credit_not_processed"),
          entry("DUPLICATE_TRANSACTION", "duplicate"),
          entry("CANCELED_RECURRING_BILLING", "subscription_canceled"));

  private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,128}");

  /** PayPal counts no further; its pages have as many as it allows. */
  private static final int LAST_PAGE = 50;

  /** What a person is told of where there are more than that. */
  private static final Map<String, Object> BEYOND =
      Map.of("beyond", "PayPal has more disputes than it lists: the oldest were not read");

  private static final String NEVER = "0";

  private PayPalDisputes() {}

  /**
   * A place in the list.
   *
   * @param since the day from which changes are listed, or {@link #NEVER} for all
   * @param seen the day of the last change that was seen, or {@link #NEVER}
   * @param page the number of the page that is read, from 1
   * @param more whether a page follows it
   * @param left the disputes of that page that are still to be asked for
   */
  private record Place(String since, String seen, int page, boolean more, List<String> left) {

    private static final Pattern FORM =
        Pattern.compile(
            "(0|\\d{4}-\\d\\d-\\d\\d)_(0|\\d{4}-\\d\\d-\\d\\d)_(\\d{1,2})_([01])"
                + "((?:_[0-9A-Za-z-]{1,128})*)");

    static Place of(String cursor) {
      Matcher form = FORM.matcher(cursor);
      if (!form.matches()) {
        return new Place(NEVER, NEVER, 1, false, List.of());
      }
      String left = form.group(5);
      return new Place(
          form.group(1),
          form.group(2),
          Integer.parseInt(form.group(3)),
          form.group(4).equals("1"),
          left.isEmpty() ? List.of() : List.of(left.substring(1).split("_")));
    }

    /** Behind the first of what is left, or behind the page that has none left. */
    Place next() {
      if (left.size() > 1) {
        return new Place(since, seen, page, more, left.subList(1, left.size()));
      }
      return more && page < LAST_PAGE
          ? new Place(since, seen, page + 1, false, List.of())
          : new Place(dayBefore(), NEVER, 1, false, List.of());
    }

    private String dayBefore() {
      return seen.equals(NEVER) ? since : LocalDate.parse(seen).minusDays(1).toString();
    }

    boolean isBeginning() {
      return page == 1 && left.isEmpty();
    }

    String cursor() {
      String place = String.join("_", since, seen, Integer.toString(page), more ? "1" : "0");
      return left.isEmpty() ? place : place + "_" + String.join("_", left);
    }
  }

  static ForwardRequest after(String cursor) {
    Place place = Place.of(cursor);
    if (!place.left.isEmpty()) {
      return new ForwardRequest("paypal.dispute", Map.of("dispute", place.left.getFirst()), null);
    }
    String page = Integer.toString(place.page);
    return place.since.equals(NEVER)
        ? new ForwardRequest("paypal.disputes", Map.of("page", page), null)
        : new ForwardRequest(
            "paypal.disputes_since", Map.of("page", page, "day", place.since), null);
  }

  static Optional<Page> read(String cursor, ForwardAnswer answer) {
    Place place = Place.of(cursor);
    JsonTree body = JsonTree.of(answer.body());
    return place.left.isEmpty() ? list(place, answer, body) : one(place, answer, body);
  }

  private static Optional<Page> list(Place place, ForwardAnswer answer, JsonTree list) {
    if (answer.status() == 400 && !place.since.equals(NEVER)) {
      // Nothing has changed for half a year, and PayPal lists no earlier day.
      return Optional.of(new Page(List.of(), List.of(), DisputeFeed.BEGINNING, true));
    }
    // Of an empty list PayPal leaves out the items.
    if (answer.status() != 200 || !(list.at("items").isList() || list.at("items").isAbsent())) {
      return Optional.empty();
    }
    List<String> ids = new ArrayList<>();
    List<@Nullable Object> unread = new ArrayList<>();
    String seen = place.seen;
    for (JsonTree dispute : list.at("items").each().toList()) {
      String id = dispute.at("dispute_id").text();
      Instant changed = dispute.at("update_time").time();
      if (id == null || !ID.matcher(id).matches() || changed == null) {
        unread.add(dispute.value());
        continue;
      }
      ids.add(id);
      String day = changed.atOffset(ZoneOffset.UTC).toLocalDate().toString();
      seen = day.compareTo(seen) > 0 ? day : seen;
    }
    boolean more = list.at("links").each().anyMatch(link -> link.at("rel").is("next"));
    if (more && place.page == LAST_PAGE) {
      unread.add(BEYOND);
    }
    // Oldest first: a charge may be disputed twice.
    Place here = new Place(place.since, seen, place.page, more, ids.reversed());
    return Optional.of(page(List.of(), unread, ids.isEmpty() ? here.next() : here));
  }

  private static Optional<Page> one(Place place, ForwardAnswer answer, JsonTree dispute) {
    if (answer.status() == 404) {
      return Optional.of(page(List.of(), List.of(), place.next()));
    }
    if (answer.status() != 200 || !dispute.at("dispute_id").is(place.left.getFirst())) {
      return Optional.empty();
    }
    boolean several = dispute.at("disputed_transactions").each().skip(1).findAny().isPresent();
    if (operation(dispute) == null && !several) {
      // About a payment that was made elsewhere.
      return Optional.of(page(List.of(), List.of(), place.next()));
    }
    Optional<DisputeNotice> notice = notice(dispute);
    List<@Nullable Object> unread = new ArrayList<>();
    if (notice.isEmpty()) {
      unread.add(dispute.value());
    }
    return Optional.of(page(notice.stream().toList(), unread, place.next()));
  }

  private static Page page(List<DisputeNotice> notices, List<@Nullable Object> unread, Place next) {
    return new Page(notices, unread, next.cursor(), !next.isBeginning());
  }

  /** What the order was made for. */
  private static @Nullable String operation(JsonTree dispute) {
    List<JsonTree> transactions = dispute.at("disputed_transactions").each().limit(2).toList();
    return transactions.size() == 1 ? transactions.getFirst().at("custom").id() : null;
  }

  static Optional<DisputeNotice> notice(JsonTree dispute) {
    String id = dispute.at("dispute_id").text();
    String operation = operation(dispute);
    Stage stage = stage(dispute);
    Money amount = amount(dispute, stage);
    Instant opened = dispute.at("create_time").time();
    Instant changed = dispute.at("update_time").time();
    if (id == null
        || !ID.matcher(id).matches()
        || operation == null
        || stage == null
        || amount == null
        || !amount.isPositive()
        || opened == null
        || changed == null
        || changed.toEpochMilli() < 1) {
      return Optional.empty();
    }
    String reason = String.valueOf(dispute.at("reason").text());
    return Optional.of(
        new DisputeNotice(
            id,
            operation,
            changed.toEpochMilli(),
            amount,
            REASONS.getOrDefault(reason, DisputeNotice.GENERAL),
            DisputeNotice.networkCode(dispute.at("external_reason_code")),
            stage,
            opened,
            dispute.at("seller_response_due_date").time()));
  }

  /** What was given back in the end, where the merchant lost, and what is disputed until then. */
  private static @Nullable Money amount(JsonTree dispute, @Nullable Stage stage) {
    JsonTree given = dispute.at("dispute_outcome", "amount_refunded");
    return money(stage == Stage.LOST && !given.isAbsent() ? given : dispute.at("dispute_amount"));
  }

  private static @Nullable Money money(JsonTree amount) {
    return PayPalConnector.AMOUNTS.decimalMoney(amount.at("value"), amount.at("currency_code"));
  }

  private static @Nullable Stage stage(JsonTree dispute) {
    String status = dispute.at("status").text();
    String cycle = dispute.at("dispute_life_cycle_stage").text();
    boolean taken = WITH_MONEY.contains(String.valueOf(cycle));
    if (status == null || !(taken || "INQUIRY".equals(cycle))) {
      return null;
    }
    if (status.equals("RESOLVED")) {
      String outcome = String.valueOf(dispute.at("dispute_outcome", "outcome_code").text());
      Stage kept = taken ? Stage.WON : Stage.INQUIRY_CLOSED;
      return LOST.contains(outcome) ? Stage.LOST : WON.contains(outcome) ? kept : null;
    }
    Boolean waits = WAITS_FOR_MERCHANT.get(status);
    if (waits == null) {
      return null;
    }
    return taken
        ? waits ? Stage.CHARGEBACK : Stage.CHARGEBACK_UNDER_REVIEW
        : waits ? Stage.INQUIRY : Stage.INQUIRY_UNDER_REVIEW;
  }
}
