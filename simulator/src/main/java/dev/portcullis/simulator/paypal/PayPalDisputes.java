package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Story;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PayPal's disputes (developer.paypal.com/docs/api/customer-disputes/v1). */
final class PayPalDisputes {
  private static final String PATH = "/v1/customer/disputes";
  private static final String ID = "PP-D-";
  private static final int MOST = 2_500;

  private final Desk desk;

  PayPalDisputes(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.get(PATH, "disputes", this::list).get(PATH + "/{id}", "dispute", this::details);
  }

  /** The newest first. It does not say what they are about. */
  private Answer list(Call call) {
    int size = number(call, "page_size", 10);
    int page = number(call, "page", 1);
    Instant after = after(call);
    List<Operation.Dispute> all =
        desk.books().disputes(MOST).stream().filter(it -> changed(it).isAfter(after)).toList();
    List<Map<String, @Nullable Object>> items =
        all.stream().skip((page - 1L) * size).limit(size).map(it -> summary(it).build()).toList();
    Members list = new Members();
    if (!items.isEmpty()) {
      list.put("items", items);
    }
    boolean more = (long) page * size < all.size();
    return new Answer(200, list.put("links", more ? List.of(next(page, size)) : List.of()).build());
  }

  private Map<String, @Nullable Object> next(int page, int size) {
    String href = desk.providerUrl() + PATH + "?page_size=" + size + "&page=" + (page + 1);
    return new Members().put("href", href).put("rel", "next").put("method", "GET").build();
  }

  private static int number(Call call, String name, int otherwise) {
    String text = call.query(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("[1-9]|[1-4][0-9]|50")) {
      throw PayPalErrors.field("INVALID_PARAMETER_VALUE", name);
    }
    return Integer.parseInt(text);
  }

  private static Instant after(Call call) {
    String text = call.query("update_time_after");
    try {
      return text.isEmpty() ? Instant.MIN : Instant.parse(text);
    } catch (DateTimeException e) {
      throw PayPalErrors.field("INVALID_PARAMETER_SYNTAX", "update_time_after");
    }
  }

  private Answer details(Call call) {
    return desk.books().disputes(MOST).stream()
        .filter(it -> id(it).equals(call.variable("id")))
        .findFirst()
        .map(it -> new Answer(200, object(desk, it)))
        .orElseThrow(PayPalErrors::missing);
  }

  private static String id(Operation.Dispute it) {
    return ID + it.identity().number();
  }

  /** No two of a dispute's changes have the same time. */
  private static Instant changed(Operation.Dispute it) {
    return Instant.ofEpochSecond(it.claim().openedSeconds()).plusMillis(it.sequence());
  }

  private static Members summary(Operation.Dispute it) {
    return new Members()
        .put("dispute_id", id(it))
        .put("create_time", Instant.ofEpochSecond(it.claim().openedSeconds()).toString())
        .put("update_time", changed(it).toString())
        .put("reason", reason(it))
        .put(
            "status",
            switch (it.stage()) {
              case INQUIRY, CHARGEBACK -> "WAITING_FOR_SELLER_RESPONSE";
              case INQUIRY_UNDER_REVIEW, CHARGEBACK_UNDER_REVIEW -> "UNDER_REVIEW";
              case INQUIRY_CLOSED, WON, LOST -> "RESOLVED";
            })
        .put(
            "dispute_life_cycle_stage",
            switch (it.stage()) {
              case INQUIRY, INQUIRY_UNDER_REVIEW, INQUIRY_CLOSED -> "INQUIRY";
              case CHARGEBACK, CHARGEBACK_UNDER_REVIEW, WON, LOST -> "CHARGEBACK";
            })
        .put("dispute_channel", "EXTERNAL")
        .put("dispute_amount", PayPalAmounts.write(it.claim().amount(), it.claim().currency()));
  }

  /** With what it is about, as details and webhooks show it. */
  static Map<String, @Nullable Object> object(Desk desk, Operation.Dispute it) {
    Operation.Authorization order = desk.books().disputed(it);
    Members transaction =
        new Members()
            .put("seller_transaction_id", PayPalObjects.paymentId(order))
            .some("invoice_number", order.notes().alias())
            .some("custom", order.notes().get("custom_id"));
    Members dispute =
        summary(it)
            .put("disputed_transactions", List.of(transaction.build()))
            .put("external_reason_code", isOfGoods(it) ? "13.1" : "10.4")
            .put(
                "seller_response_due_date",
                Instant.ofEpochSecond(it.claim().dueSeconds()).toString());
    return switch (it.stage()) {
      case INQUIRY, INQUIRY_UNDER_REVIEW, CHARGEBACK, CHARGEBACK_UNDER_REVIEW -> dispute.build();
      case INQUIRY_CLOSED, WON -> dispute.put("dispute_outcome", outcome("SELLER")).build();
      case LOST ->
          dispute
              .put(
                  "dispute_outcome",
                  outcome("BUYER")
                      .put(
                          "amount_refunded",
                          PayPalAmounts.write(it.claim().amount(), it.claim().currency())))
              .build();
    };
  }

  private static Members outcome(String winner) {
    return new Members().put("outcome_code", "RESOLVED_" + winner + "_FAVOUR");
  }

  private static String reason(Operation.Dispute it) {
    return isOfGoods(it) ? "MERCHANDISE_OR_SERVICE_NOT_RECEIVED" : "UNAUTHORISED";
  }

  private static boolean isOfGoods(Operation.Dispute it) {
    return it.claim().story() == Story.DISPUTE_NOT_RECEIVED;
  }

  /** The webhook's name for what happened to it. */
  static String event(@Nullable Operation before, Operation.Dispute after) {
    return switch (after.stage()) {
      case INQUIRY_CLOSED, WON, LOST -> "CUSTOMER.DISPUTE.RESOLVED";
      case INQUIRY, INQUIRY_UNDER_REVIEW, CHARGEBACK, CHARGEBACK_UNDER_REVIEW ->
          before == null ? "CUSTOMER.DISPUTE.CREATED" : "CUSTOMER.DISPUTE.UPDATED";
    };
  }
}
