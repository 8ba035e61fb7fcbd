package dev.portcullis.simulator;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An operation in this provider's wire form. */
final class Answers {
  private final String shopperUrl;

  /**
   * Makes the renderer.
   *
   * @param shopperUrl the shopper listener's base URL, without a slash at the end
   */
  Answers(String shopperUrl) {
    this.shopperUrl = shopperUrl;
  }

  /** What the caller was told when the operation was made: what a repeated key gets. */
  Answer first(Operation operation) {
    return switch (operation) {
      case Operation.Authorization a ->
          a.challenge() != null
              ? body(a, Operation.Status.REQUIRES_ACTION, null, 0)
              : body(a, a.outcome().status(), a.outcome().declineCode(), takenAtOnce(a));
      case Operation.Movement m ->
          body(m, m.settlement() == null ? m.status() : m.settlement().first());
      case Operation.Dispute d -> dispute(d);
      case Operation.Receipt r -> throw new IllegalArgumentException("a receipt");
    };
  }

  /** How the operation stands now. */
  Answer current(Operation operation) {
    return switch (operation) {
      case Operation.Authorization a ->
          body(a, a.outcome().status(), a.outcome().declineCode(), a.funds().captured());
      case Operation.Movement m -> body(m, m.status());
      case Operation.Dispute d -> dispute(d);
      case Operation.Receipt r -> throw new IllegalArgumentException("a receipt");
    };
  }

  private static long takenAtOnce(Operation.Authorization authorization) {
    return authorization.terms().capture()
            && authorization.outcome().status() == Operation.Status.APPROVED
        ? authorization.terms().amount()
        : 0;
  }

  private Answer body(
      Operation.Authorization authorization,
      Operation.Status status,
      @Nullable String declineCode,
      long captured) {
    boolean approved = status == Operation.Status.APPROVED;
    Operation.Terms terms = authorization.terms();
    Map<String, @Nullable Object> body = head(authorization, status, declineCode);
    NetworkSaid said = declineCode == null ? null : NetworkSaid.of(authorization);
    body.put("advice_code", said == null ? null : said.action());
    body.put("network_advice_code", said == null ? null : said.adviceCode());
    body.put("network_decline_code", said == null ? null : said.declineCode());
    body.put("amount", terms.amount());
    body.put("currency", terms.currency());
    body.put("captured_amount", captured);
    body.put("redirect_url", redirectUrl(authorization, status));
    body.put("checks", checks(authorization));
    body.put("network_transaction_id", approved ? NetworkTransaction.of(authorization) : null);
    body.put("authorization_code", approved ? CardChecks.authorizationCode(authorization) : null);
    body.put("funds_available", approved && terms.story() == Story.FUNDS_AT_ONCE);
    body.put(
        "three_d_secure",
        status == Operation.Status.REQUIRES_ACTION ? null : threeDSecure(authorization.outcome()));
    return new Answer(200, body);
  }

  private static Answer body(Operation.Movement movement, Operation.Status status) {
    boolean declined = status == Operation.Status.DECLINED;
    Map<String, @Nullable Object> body =
        head(movement, status, declined ? "generic_decline" : null);
    body.put("authorization", movement.authorization());
    body.put("amount", movement.amount());
    body.put("currency", movement.currency());
    body.put("failure_reason", declined ? "expired_or_canceled_card" : null);
    return new Answer(200, body);
  }

  private static Map<String, @Nullable Object> head(
      Operation operation, Operation.Status status, @Nullable String declineCode) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", operation.identity().id());
    body.put("reference", operation.identity().reference());
    body.put("status", wire(status));
    body.put("decline_code", declineCode);
    return body;
  }

  /** A page of the feed of disputes. */
  static Answer disputes(Disputes.Page page) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("disputes", page.disputes().stream().map(each -> dispute(each).body()).toList());
    body.put("cursor", Long.toString(page.cursor()));
    body.put("more", page.more());
    return new Answer(200, body);
  }

  /** A page of the books. */
  static Answer operations(Books.Page page) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("operations", page.operations().stream().map(Answers::record).toList());
    body.put("cursor", Integer.toString(page.cursor()));
    body.put("more", page.more());
    return new Answer(200, body);
  }

  private static Map<String, @Nullable Object> record(Operation operation) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", operation.identity().id());
    body.put("reference", operation.identity().reference());
    body.put("created", operation.identity().created());
    switch (operation) {
      case Operation.Authorization a -> {
        body.put("kind", "authorization");
        body.put("status", wire(a.outcome().status()));
        body.put("amount", a.terms().amount());
        body.put("currency", a.terms().currency());
        body.put("last4", a.terms().last4());
        body.put("authorization", null);
      }
      case Operation.Movement m -> {
        body.put("kind", wire(m.kind()));
        body.put("status", wire(m.status()));
        body.put("amount", m.amount());
        body.put("currency", m.currency());
        body.put("last4", null);
        body.put("authorization", m.authorization());
      }
      case Operation.Dispute d -> throw new IllegalArgumentException("a dispute: " + d.identity());
      case Operation.Receipt r -> throw new IllegalArgumentException("a receipt");
    }
    return body;
  }

  private static Answer dispute(Operation.Dispute dispute) {
    Operation.Claim claim = dispute.claim();
    boolean goods = claim.story() == Story.DISPUTE_NOT_RECEIVED;
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("id", dispute.identity().id());
    body.put("operation", claim.authorization());
    body.put("sequence", dispute.sequence());
    body.put("amount", claim.amount());
    body.put("currency", claim.currency());
    body.put("reason", goods ? "product_not_received" : "fraudulent");
    body.put("network_reason_code", goods ? "13.1" : "10.4");
    body.put("stage", wire(dispute.stage()));
    body.put("opened", claim.openedSeconds());
    body.put("due_by", claim.dueSeconds());
    return new Answer(200, body);
  }

  static String wire(Enum<?> status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private @Nullable String redirectUrl(
      Operation.Authorization authorization, Operation.Status status) {
    return status == Operation.Status.REQUIRES_ACTION && authorization.challenge() != null
        ? shopperUrl
            + "/challenge/"
            + authorization.identity().id()
            + "?token="
            + authorization.challenge().token()
        : null;
  }

  /** What the issuer would say of an address; the gateway knows whether one was given. */
  private static Map<String, Object> checks(Operation.Authorization authorization) {
    CardChecks said = CardChecks.of(authorization);
    Map<String, Object> checks = new LinkedHashMap<>();
    checks.put("cvc", said.cvc());
    checks.put("address_line1", said.line1());
    checks.put("postal_code", said.postalCode());
    return checks;
  }

  private static @Nullable Map<String, Object> threeDSecure(Operation.Outcome outcome) {
    boolean failed = "authentication_failed".equals(outcome.declineCode());
    return outcome.authenticated() || failed
        ? Map.of("version", "2.2.0", "result", failed ? "failed" : "authenticated")
        : null;
  }
}
