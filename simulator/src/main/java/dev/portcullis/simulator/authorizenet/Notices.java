package dev.portcullis.simulator.authorizenet;

import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.ProviderApi.Message;
import dev.portcullis.wire.json.Json;
import java.math.BigDecimal;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What Authorize.Net tells by webhooks: what was made, and nothing of what was refused. */
final class Notices {
  private static final String ALGORITHM = "HmacSHA512";
  private static final String PREFIX = "net.authorize.payment.";

  private final View view;
  private final Instant now;

  Notices(View view, Instant now) {
    this.view = view;
    this.now = now;
  }

  List<Map<String, @Nullable Object>> of(@Nullable Operation before, Operation after) {
    if (before != null) {
      return List.of();
    }
    return switch (after) {
      case Authorization payment when View.approved(payment) ->
          List.of(
              notice(
                  payment.terms().capture() ? "authcapture.created" : "authorization.created",
                  payment,
                  View.decimal(payment.terms().amount(), payment.terms().currency())));
      case Movement movement -> List.of(moved(movement));
      case Authorization refused -> List.of();
      case Operation.Dispute dispute -> List.of();
      case Operation.Receipt receipt -> List.of();
    };
  }

  private Map<String, @Nullable Object> moved(Movement movement) {
    String type =
        switch (movement.kind()) {
          case CAPTURE -> "priorAuthCapture.created";
          case VOID -> "void.created";
          case REFUND -> "refund.created";
          case EVIDENCE, ACCEPTANCE -> throw new IllegalArgumentException("not of a payment");
        };
    return notice(type, movement, View.decimal(movement.amount(), movement.currency()));
  }

  private Map<String, @Nullable Object> notice(String type, Operation about, BigDecimal amount) {
    Map<String, @Nullable Object> payload = new LinkedHashMap<>();
    payload.put("responseCode", 1L);
    if (about instanceof Authorization payment) {
      payload.put("authCode", CardChecks.authorizationCode(payment));
      payload.put("avsResponse", View.avs(payment));
    }
    payload.put("authAmount", amount);
    String reference = about.notes().get("ref_id");
    if (!reference.isEmpty()) {
      payload.put("merchantReferenceId", reference);
    }
    payload.put("invoiceNumber", about.notes().alias());
    payload.put("entityName", "transaction");
    payload.put("id", transaction(about));
    Map<String, @Nullable Object> notice = new LinkedHashMap<>();
    notice.put("notificationId", "ntf_" + about.identity().id());
    notice.put("eventType", PREFIX + type);
    notice.put("eventDate", now.toString());
    notice.put("webhookId", "63d6fea2-aa13-4b1d-a204-f5fbc15942b7");
    notice.put("payload", payload);
    return notice;
  }

  /** What follows a payment has its name; a refund has one of its own. */
  private String transaction(Operation about) {
    return about instanceof Movement movement && movement.kind() != Operation.Kind.REFUND
        ? view.ofPayment(movement)
        : View.id(about);
  }

  /** An HMAC-SHA-512 of the body, in capital hexadecimal digits, keyed with the signature key. */
  static Message signed(Map<String, @Nullable Object> notice, byte[] secret) {
    byte[] body = Json.write(notice);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      String signature = HexFormat.of().withUpperCase().formatHex(mac.doFinal(body));
      return new Message(
          Map.of("Content-Type", "application/json", "X-ANET-Signature", "sha512=" + signature),
          body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
