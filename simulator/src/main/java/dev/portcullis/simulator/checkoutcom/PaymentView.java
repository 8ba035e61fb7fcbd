package dev.portcullis.simulator.checkoutcom;

import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.NetworkSaid;
import dev.portcullis.simulator.NetworkTransaction;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Operation.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A payment as Checkout.com shows it. What was asked of it later counts once it has come true: of a
 * capture that is still pending the payment shows nothing.
 *
 * @param authorization as it stands now
 * @param movements what followed it
 */
record PaymentView(Authorization authorization, List<Movement> movements) {

  private static final String PAYMENT = "pay_";
  private static final String ACTION = "act_";
  private static final String SESSION = "sid_";
  private static final String BOOKS = "auth_";

  /** The books' name for a payment, or for that of a shopper's session. */
  static String inBooks(String payment) {
    return payment.startsWith(PAYMENT) || isSession(payment)
        ? BOOKS + payment.substring(PAYMENT.length())
        : payment;
  }

  /** Whether that is the name of a shopper's session. */
  static boolean isSession(String name) {
    return name.startsWith(SESSION);
  }

  /** The name of the session in which its shopper was asked. */
  static String session(Authorization authorization) {
    return SESSION + ending(authorization);
  }

  /** Checkout.com's name for it. */
  static String id(Operation.Authorization authorization) {
    return PAYMENT + ending(authorization);
  }

  /** Checkout.com's name for what was done: the request for the payment is an action too. */
  static String action(Operation operation) {
    return ACTION + ending(operation);
  }

  /** Its name for the capture of what is taken at once. */
  static String ownCapture(Authorization authorization) {
    return ACTION + "c" + ending(authorization);
  }

  /** What the network called it. */
  static String network(Authorization authorization) {
    return NetworkTransaction.of(authorization);
  }

  private static String ending(Operation operation) {
    String id = operation.identity().id();
    return id.substring(id.indexOf('_') + 1);
  }

  private long done(Kind kind) {
    return movements.stream()
        .filter(one -> one.kind() == kind && one.status() == Status.APPROVED)
        .mapToLong(Movement::amount)
        .sum();
  }

  private boolean isApproved() {
    return authorization.outcome().status() == Status.APPROVED;
  }

  private boolean voided() {
    return movements.stream()
        .anyMatch(one -> one.kind() == Kind.VOID && one.status() == Status.APPROVED);
  }

  long captured() {
    return isApproved() && authorization.terms().capture()
        ? authorization.terms().amount()
        : done(Kind.CAPTURE);
  }

  String status() {
    return switch (authorization.outcome().status()) {
      case CREATED, PENDING, REQUIRES_ACTION -> "Pending";
      case DECLINED -> authorization.funds().voided() ? "Canceled" : "Declined";
      case APPROVED -> authorization.isVerification() ? "Card Verified" : moneyStatus();
    };
  }

  private String moneyStatus() {
    long captured = captured();
    long refunded = done(Kind.REFUND);
    if (voided()) {
      return "Voided";
    }
    if (captured == 0) {
      return "Authorized";
    }
    if (refunded > 0) {
      return refunded < captured ? "Partially Refunded" : "Refunded";
    }
    return captured < authorization.terms().amount() ? "Partially Captured" : "Captured";
  }

  /** The answer to the request for the payment. */
  Map<String, @Nullable Object> requested(String base, @Nullable String challengeUrl) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", id(authorization));
    if (challengeUrl != null) {
      body.put("status", "Pending");
      body.put("reference", reference());
      body.put("3ds", Map.of("downgraded", false, "enrolled", "Y"));
      body.put("_links", links(base, challengeUrl));
      return body;
    }
    boolean approved = isApproved();
    body.put("action_id", action(authorization));
    body.put("amount", authorization.terms().amount());
    body.put("currency", currency());
    body.put("approved", approved);
    // What is taken at once is taken a moment later there.
    body.put("status", approved && !authorization.isVerification() ? "Authorized" : status());
    issuer(body, authorization);
    body.put("scheme_id", approved ? NetworkTransaction.of(authorization) : null);
    processing(body);
    body.put("risk", Map.of("flagged", false));
    body.put("source", source());
    body.put("processed_on", time(authorization));
    body.put("reference", reference());
    body.put("balances", balances());
    body.put("_links", links(base, null));
    return body;
  }

  /**
   * The payment as it stands now.
   *
   * @param inSession whether it is asked for by its session, which alone shows its actions
   */
  Map<String, @Nullable Object> current(
      String base, @Nullable String challengeUrl, boolean inSession) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", id(authorization));
    body.put("requested_on", time(authorization));
    body.put("source", source());
    body.put("amount", authorization.terms().amount());
    body.put("currency", currency());
    body.put("payment_type", authorization.notes().get("payment_type"));
    body.put("reference", reference());
    body.put("status", status());
    body.put("approved", isApproved());
    body.put("scheme_id", isApproved() ? NetworkTransaction.of(authorization) : null);
    processing(body);
    body.put("3ds", threeDSecure());
    body.put("balances", balances());
    body.put("risk", Map.of("flagged", false));
    if (inSession) {
      body.put("actions", actions(true));
    }
    body.put("_links", links(base, challengeUrl));
    return body;
  }

  /** What the network said of a refusal, as it came and as Checkout.com recommends. */
  void processing(Map<String, @Nullable Object> body) {
    NetworkSaid said = NetworkSaid.of(authorization);
    if (said == null) {
      return;
    }
    Map<String, @Nullable Object> processing = new LinkedHashMap<>();
    processing.put("partner_response_code", said.declineCode());
    if (said.adviceCode() != null) {
      processing.put("partner_merchant_advice_code", said.adviceCode());
    }
    processing.put(
        "recommendation_code",
        switch (said.action()) {
          case "confirm_card_data" -> "01";
          case "try_again_later" -> "02";
          default -> "03";
        });
    body.put("processing", processing);
  }

  /** What was done, the newest first. */
  List<Map<String, @Nullable Object>> actions(boolean summary) {
    List<Map<String, @Nullable Object>> actions = new ArrayList<>();
    Status status = authorization.outcome().status();
    if (status == Status.APPROVED || status == Status.DECLINED) {
      String type = authorization.isVerification() ? "Card Verification" : "Authorization";
      actions.addFirst(action(authorization, type, authorization.terms().amount(), summary));
    }
    if (authorization.terms().capture() && captured() > 0) {
      Map<String, @Nullable Object> taken =
          action(authorization, "Capture", authorization.terms().amount(), summary);
      taken.put("id", ownCapture(authorization));
      actions.addFirst(taken);
    }
    for (Movement movement : movements) {
      if (movement.status() != Status.PENDING) {
        actions.addFirst(action(movement, type(movement.kind()), movement.amount(), summary));
      }
    }
    return actions;
  }

  private static String type(Kind kind) {
    return switch (kind) {
      case CAPTURE -> "Capture";
      case VOID -> "Void";
      case REFUND -> "Refund";
      case EVIDENCE, ACCEPTANCE -> throw new IllegalArgumentException("no action of a payment");
    };
  }

  private Map<String, @Nullable Object> action(
      Operation operation, String type, long amount, boolean summary) {
    Map<String, @Nullable Object> action = new LinkedHashMap<>();
    action.put("id", action(operation));
    action.put("type", type);
    issuer(action, operation);
    if (!summary) {
      action.put("processed_on", time(operation));
      action.put("amount", amount);
      action.put("approved", "10000".equals(action.get("response_code")));
      action.put(
          "reference",
          operation instanceof Movement movement ? movement.notes().get("reference") : reference());
    }
    return action;
  }

  static void issuer(Map<String, @Nullable Object> body, Operation operation) {
    ResponseCode said =
        switch (operation) {
          case Authorization a ->
              a.outcome().status() == Status.APPROVED
                  ? ResponseCode.APPROVED
                  : ResponseCode.of(a.outcome().declineCode());
          case Movement m ->
              m.status() == Status.DECLINED ? ResponseCode.of(null) : ResponseCode.APPROVED;
          case Operation.Dispute d -> throw new IllegalArgumentException("no action");
          case Operation.Receipt r -> throw new IllegalArgumentException("no action");
        };
    if (said.equals(ResponseCode.APPROVED) && operation instanceof Authorization a) {
      body.put("auth_code", CardChecks.authorizationCode(a));
    }
    body.put("response_code", said.code());
    body.put("response_summary", said.summary());
  }

  private @Nullable Map<String, @Nullable Object> threeDSecure() {
    if (authorization.challenge() == null && !authorization.outcome().authenticated()) {
      return null;
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("downgraded", false);
    body.put("enrolled", "Y");
    body.put("version", "2.2.0");
    body.put("authentication_response", authenticationResponse());
    return body;
  }

  private @Nullable String authenticationResponse() {
    if (authorization.outcome().authenticated()) {
      return "Y";
    }
    return "authentication_failed".equals(authorization.outcome().declineCode()) ? "N" : null;
  }

  private Map<String, @Nullable Object> source() {
    Operation.Notes notes = authorization.notes();
    Map<String, @Nullable Object> source = new LinkedHashMap<>();
    source.put("type", "card");
    source.put("scheme", notes.get("scheme"));
    source.put("last4", authorization.terms().last4());
    source.put("expiry_month", number(notes.get("expiry_month")));
    source.put("expiry_year", number(notes.get("expiry_year")));
    source.put("avs_check", notes.get("address").isEmpty() ? null : avs());
    source.put("cvv_check", cvv());
    return source;
  }

  private static @Nullable Long number(String digits) {
    return digits.isEmpty() ? null : Long.valueOf(digits);
  }

  /** The networks' codes: address and postal code, one of them, none, or nobody compared. */
  private String avs() {
    return switch (authorization.terms().story()) {
      case POSTAL_CODE_FAILS -> "A";
      case LINE1_FAILS -> "Z";
      case ADDRESS_FAILS -> "N";
      case ADDRESS_UNAVAILABLE -> "U";
      default -> "Y";
    };
  }

  private String cvv() {
    return switch (authorization.outcome().cvcCheck()) {
      case "pass" -> "Y";
      case "fail" -> "N";
      default -> "P";
    };
  }

  private Map<String, Object> balances() {
    long amount = isApproved() ? authorization.terms().amount() : 0;
    long captured = captured();
    long refunded = done(Kind.REFUND);
    boolean open = captured == 0 && !voided();
    Map<String, Object> balances = new LinkedHashMap<>();
    balances.put("total_authorized", amount);
    balances.put("total_voided", voided() ? amount : 0);
    balances.put("available_to_void", open ? amount : 0);
    balances.put("total_captured", captured);
    balances.put(
        "available_to_capture", authorization.funds().closed() || voided() ? 0 : amount - captured);
    balances.put("total_refunded", refunded);
    balances.put("available_to_refund", captured - refunded);
    return balances;
  }

  private Map<String, Object> links(String base, @Nullable String challengeUrl) {
    String self = base + "/payments/" + id(authorization);
    Map<String, Object> links = new LinkedHashMap<>();
    links.put("self", Map.of("href", self));
    links.put("actions", Map.of("href", self + "/actions"));
    if (challengeUrl != null) {
      links.put("redirect", Map.of("href", challengeUrl));
    }
    return links;
  }

  @Nullable String reference() {
    return authorization.notes().alias();
  }

  String currency() {
    return authorization.terms().currency().toUpperCase(Locale.ROOT);
  }

  static String time(Operation operation) {
    return Instant.ofEpochSecond(operation.identity().created()).toString();
  }
}
