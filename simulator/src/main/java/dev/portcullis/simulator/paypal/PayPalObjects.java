package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.NetworkSaid;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.PrintedId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Operations in PayPal's wire form. An order that was paid has a payment of its own: what it took
 * at once, or what it reserved.
 */
final class PayPalObjects {
  private static final int LENGTH = 17;
  private static final int PLACE = 8;

  private final Desk desk;

  PayPalObjects(Desk desk) {
    this.desk = desk;
  }

  /** The id of an order, of a later capture, of a refund. */
  static String id(Operation operation) {
    return PrintedId.of(operation, LENGTH);
  }

  /** The id of the payment that an order made: its own, differently written. */
  static String paymentId(Operation.Authorization order) {
    return turned(id(order));
  }

  private static String turned(String id) {
    return id.substring(0, PLACE) + new StringBuilder(id.substring(PLACE)).reverse();
  }

  Optional<Operation> find(String id) {
    return PrintedId.find(desk.books(), id);
  }

  Optional<Operation.Authorization> paidBy(String payment) {
    return payment.length() == LENGTH
        ? find(turned(payment))
            .filter(Operation.Authorization.class::isInstance)
            .map(Operation.Authorization.class::cast)
        : Optional.empty();
  }

  static String returnUrl(Operation.Authorization order) {
    String url = order.challenge() == null ? "" : order.challenge().returnUrl();
    return url + (url.contains("?") ? "&" : "?") + "token=" + id(order);
  }

  Map<String, @Nullable Object> order(Operation.Authorization it) {
    Operation.Notes notes = it.notes();
    Members unit =
        new Members()
            .put("reference_id", notes.values().getOrDefault("reference_id", "default"))
            .put("amount", PayPalAmounts.write(it.terms().amount(), it.terms().currency()))
            .some("custom_id", notes.get("custom_id"))
            .some("invoice_id", notes.alias())
            .some("payments", payments(it));
    return new Members()
        .put("id", id(it))
        .put("intent", it.terms().capture() ? "CAPTURE" : "AUTHORIZE")
        .put("status", status(it))
        .some("payment_source", source(it))
        .put("purchase_units", List.of(unit.build()))
        .put("create_time", time(it))
        .put("links", links(it))
        .build();
  }

  private static String status(Operation.Authorization it) {
    return switch (it.outcome().status()) {
      case CREATED -> it.funds().voided() ? "VOIDED" : "CREATED";
      case REQUIRES_ACTION -> hasPassed(it) ? "APPROVED" : "PAYER_ACTION_REQUIRED";
      case APPROVED, DECLINED, PENDING -> "COMPLETED";
    };
  }

  private static boolean hasPassed(Operation.Authorization it) {
    return it.challenge() != null && Boolean.TRUE.equals(it.challenge().passed());
  }

  private List<Object> links(Operation.Authorization it) {
    String self = desk.providerUrl() + "/v2/checkout/orders/" + id(it);
    List<Object> links = new ArrayList<>();
    links.add(link(self, "self", "GET"));
    String challenge = desk.challengeUrl(it);
    if (challenge != null) {
      links.add(link(challenge, "payer-action", "GET"));
    }
    if (it.outcome().status() == Operation.Status.CREATED) {
      String verb = it.terms().capture() ? "capture" : "authorize";
      links.add(link(self + "/" + verb, verb, "POST"));
    }
    return links;
  }

  private static Map<String, @Nullable Object> link(String href, String rel, String method) {
    return new Members().put("href", href).put("rel", rel).put("method", method).build();
  }

  private static @Nullable Object source(Operation.Authorization it) {
    if (it.outcome().status() == Operation.Status.CREATED) {
      return null;
    }
    String[] expiry = (it.notes().get("expiry") + "/").split("/", -1);
    return new Members()
        .put(
            "card",
            new Members()
                .put("last_digits", it.terms().last4())
                .put("brand", it.notes().get("brand").toUpperCase(Locale.ROOT))
                .put("type", "CREDIT")
                .put("expiry", expiry[1] + "-" + expiry[0])
                .some("authentication_result", authentication(it)))
        .build();
  }

  private static @Nullable Object authentication(Operation.Authorization it) {
    Boolean passed = it.challenge() == null ? null : it.challenge().passed();
    if (passed == null) {
      return null;
    }
    return new Members()
        .put("liability_shift", passed ? "POSSIBLE" : "NO")
        .put(
            "three_d_secure",
            new Members()
                .put("enrollment_status", "Y")
                .put("authentication_status", passed ? "Y" : "N"))
        .build();
  }

  private @Nullable Object payments(Operation.Authorization it) {
    Operation.Status status = it.outcome().status();
    if (status == Operation.Status.CREATED || status == Operation.Status.REQUIRES_ACTION) {
      return null;
    }
    List<Object> captures = new ArrayList<>();
    List<Object> refunds = new ArrayList<>();
    if (it.terms().capture()) {
      captures.add(payment(it));
    }
    for (Operation.Movement movement : desk.books().movements(it)) {
      switch (movement.kind()) {
        case CAPTURE -> captures.add(capture(movement, it));
        case REFUND -> refunds.add(refund(movement, it));
        case VOID, EVIDENCE, ACCEPTANCE -> {
          // Seen by the status of what they are about.
        }
      }
    }
    Members payments = new Members();
    if (!it.terms().capture()) {
      payments.put("authorizations", List.of(payment(it)));
    }
    return payments
        .some("captures", captures.isEmpty() ? null : captures)
        .some("refunds", refunds.isEmpty() ? null : refunds)
        .build();
  }

  /** The payment that the order made: a capture, or an authorization. */
  Map<String, @Nullable Object> payment(Operation.Authorization it) {
    boolean approved = it.outcome().status() == Operation.Status.APPROVED;
    String id = paymentId(it);
    return new Members()
        .put("id", id)
        .put("status", paymentStatus(it, approved))
        .put("amount", PayPalAmounts.write(taken(it, approved), it.terms().currency()))
        .some("custom_id", it.notes().get("custom_id"))
        .some("invoice_id", it.notes().alias())
        .some("final_capture", it.terms().capture() ? true : null)
        .some("network_transaction_reference", network(it, approved))
        .put("processor_response", processor(it))
        .put("supplementary_data", related(it))
        .put("create_time", time(it))
        .put(
            "links",
            List.of(
                link(
                    desk.providerUrl()
                        + "/v2/payments/"
                        + (it.terms().capture() ? "captures/" : "authorizations/")
                        + id,
                    "self",
                    "GET")))
        .build();
  }

  private static long taken(Operation.Authorization it, boolean approved) {
    boolean took = approved && it.terms().capture() && !it.funds().voided();
    return took ? it.funds().captured() : it.terms().amount();
  }

  private static @Nullable Object network(Operation.Authorization it, boolean approved) {
    return approved
        ? new Members()
            .put("id", NetworkTransaction.of(it))
            .put("network", it.notes().get("brand").toUpperCase(Locale.ROOT))
            .build()
        : null;
  }

  private String paymentStatus(Operation.Authorization it, boolean approved) {
    Operation.Funds funds = it.funds();
    if (it.terms().capture()) {
      return approved ? captureStatus(it, paymentId(it), it.funds().captured()) : "DECLINED";
    }
    if (!approved) {
      return "DENIED";
    }
    if (funds.voided()) {
      return "VOIDED";
    }
    if (funds.captured() == 0) {
      return "CREATED";
    }
    return funds.closed() ? "CAPTURED" : "PARTIALLY_CAPTURED";
  }

  private String captureStatus(Operation.Authorization it, String capture, long amount) {
    long refunded = refunded(it, capture);
    if (refunded == 0) {
      return "COMPLETED";
    }
    return refunded == amount ? "REFUNDED" : "PARTIALLY_REFUNDED";
  }

  /** How much of that capture was given back. */
  long refunded(Operation.Authorization it, String capture) {
    return desk.books().movements(it).stream()
        .filter(each -> each.kind() == Operation.Kind.REFUND)
        .filter(each -> each.status() != Operation.Status.DECLINED)
        .filter(each -> each.notes().get("capture").equals(capture))
        .mapToLong(Operation.Movement::amount)
        .sum();
  }

  private static Members processor(Operation.Authorization it) {
    CardChecks said = CardChecks.of(it);
    String decline = it.outcome().declineCode();
    Members processor = new Members();
    if (!it.notes().get("address").isEmpty()) {
      processor.put("avs_code", avs(said));
    }
    return processor
        .put(
            "cvv_code",
            switch (said.cvc()) {
              case "pass" -> "M";
              case "fail" -> "N";
              default -> "P";
            })
        .put("response_code", decline == null ? "0000" : PayPalErrors.response(decline))
        .some("payment_advice_code", advice(it));
  }

  /** PayPal passes on no other ones. */
  private static @Nullable String advice(Operation.Authorization it) {
    NetworkSaid said = NetworkSaid.of(it);
    String code = said == null ? null : said.adviceCode();
    return code != null && List.of("01", "02", "03", "21").contains(code) ? code : null;
  }

  private static String avs(CardChecks said) {
    if (said.line1().equals("unavailable")) {
      return "U";
    }
    boolean code = said.postalCode().equals("pass");
    return said.line1().equals("pass") ? (code ? "Y" : "A") : code ? "Z" : "N";
  }

  private static Members related(Operation.Authorization it) {
    return new Members().put("related_ids", new Members().put("order_id", id(it)));
  }

  Map<String, @Nullable Object> capture(Operation.Movement it, Operation.Authorization order) {
    return new Members()
        .put("id", id(it))
        .put(
            "status",
            it.status() == Operation.Status.PENDING
                ? "PENDING"
                : captureStatus(order, id(it), it.amount()))
        .put("amount", PayPalAmounts.write(it.amount(), it.currency()))
        .some("custom_id", order.notes().get("custom_id"))
        .some("invoice_id", it.notes().alias())
        .put("final_capture", order.funds().closed())
        .some("network_transaction_reference", network(order, true))
        .put("processor_response", processor(order))
        .put("supplementary_data", related(order))
        .put("create_time", time(it))
        .put(
            "links",
            List.of(link(desk.providerUrl() + "/v2/payments/captures/" + id(it), "self", "GET")))
        .build();
  }

  Map<String, @Nullable Object> refund(Operation.Movement it, Operation.Authorization order) {
    return new Members()
        .put("id", id(it))
        .put(
            "status",
            switch (it.status()) {
              case APPROVED -> "COMPLETED";
              case DECLINED -> "FAILED";
              case PENDING, CREATED, REQUIRES_ACTION -> "PENDING";
            })
        .put("amount", PayPalAmounts.write(it.amount(), it.currency()))
        .some("custom_id", it.notes().get("custom_id"))
        .some("invoice_id", it.notes().alias())
        .put("create_time", time(it))
        .put(
            "links",
            List.of(
                link(desk.providerUrl() + "/v2/payments/refunds/" + id(it), "self", "GET"),
                link(
                    desk.providerUrl() + "/v2/payments/captures/" + captureOf(it, order),
                    "up",
                    "GET")))
        .build();
  }

  private static String captureOf(Operation.Movement refund, Operation.Authorization order) {
    String capture = refund.notes().get("capture");
    return capture.isEmpty() ? paymentId(order) : capture;
  }

  private static String time(Operation operation) {
    return Instant.ofEpochSecond(operation.identity().created()).toString();
  }
}
