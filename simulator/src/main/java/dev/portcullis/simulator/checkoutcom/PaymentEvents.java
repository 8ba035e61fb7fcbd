package dev.portcullis.simulator.checkoutcom;

import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.Operation.Kind;
import dev.portcullis.simulator.Operation.Movement;
import dev.portcullis.simulator.Operation.Status;
import dev.portcullis.simulator.ProviderApi.Message;
import dev.portcullis.wire.json.Json;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What Checkout.com tells by webhooks (checkout.com/docs, "Webhook event types"). */
final class PaymentEvents {
  private static final String ALGORITHM = "HmacSHA256";

  private PaymentEvents() {}

  /** The payment that a change is about. */
  static Optional<Authorization> payment(Desk desk, Operation changed) {
    return switch (changed) {
      case Authorization authorization -> Optional.of(authorization);
      case Movement movement ->
          desk.books().find(movement.authorization()).stream()
              .filter(Authorization.class::isInstance)
              .map(Authorization.class::cast)
              .findFirst();
      case Operation.Dispute dispute -> Optional.of(desk.books().disputed(dispute));
      case Operation.Receipt receipt -> Optional.empty();
    };
  }

  static List<Map<String, @Nullable Object>> of(
      PaymentView payment, @Nullable Operation before, Operation after, Instant now) {
    return switch (after) {
      case Authorization authorization -> authorized(payment, before, authorization, now);
      case Movement movement -> moved(payment, before, movement, now);
      case Operation.Dispute dispute -> List.of(DisputeEvents.of(payment, dispute, now));
      case Operation.Receipt receipt -> List.of();
    };
  }

  private static List<Map<String, @Nullable Object>> authorized(
      PaymentView payment, @Nullable Operation before, Authorization after, Instant now) {
    Status status = after.outcome().status();
    if (before instanceof Authorization earlier && earlier.outcome().status() == status) {
      return List.of();
    }
    List<Map<String, @Nullable Object>> events = new ArrayList<>();
    long amount = after.terms().amount();
    events.add(event(type(after), payment, after, amount, now));
    if (status == Status.APPROVED && after.terms().capture() && !after.isVerification()) {
      events.add(event("payment_captured", payment, after, amount, now));
    }
    return events;
  }

  private static String type(Authorization authorization) {
    boolean verification = authorization.isVerification();
    return switch (authorization.outcome().status()) {
      case APPROVED -> verification ? "card_verified" : "payment_approved";
      case CREATED, PENDING, REQUIRES_ACTION -> "payment_pending";
      case DECLINED -> {
        if ("authentication_failed".equals(authorization.outcome().declineCode())) {
          yield "payment_authentication_failed";
        }
        if (authorization.funds().voided()) {
          yield "payment_canceled";
        }
        yield verification ? "card_verification_declined" : "payment_declined";
      }
    };
  }

  private static List<Map<String, @Nullable Object>> moved(
      PaymentView payment, @Nullable Operation before, Movement after, Instant now) {
    if (before instanceof Movement earlier && earlier.status() == after.status()) {
      return List.of();
    }
    String type = type(after);
    return type == null ? List.of() : List.of(event(type, payment, after, after.amount(), now));
  }

  private static @Nullable String type(Movement movement) {
    String what =
        switch (movement.kind()) {
          case CAPTURE -> "capture";
          case VOID -> "void";
          case REFUND -> "refund";
          case EVIDENCE, ACCEPTANCE -> throw new IllegalArgumentException("not of a payment");
        };
    return switch (movement.status()) {
      case APPROVED -> "payment_" + what + (movement.kind() == Kind.CAPTURE ? "d" : "ed");
      case DECLINED -> "payment_" + what + "_declined";
      case PENDING -> movement.kind() == Kind.VOID ? null : "payment_" + what + "_pending";
      case CREATED, REQUIRES_ACTION -> null;
    };
  }

  private static Map<String, @Nullable Object> event(
      String type, PaymentView payment, Operation about, long amount, Instant now) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("id", PaymentView.id(payment.authorization()));
    data.put(
        "action_id",
        type.equals("payment_captured") && about instanceof Authorization
            ? PaymentView.ownCapture(payment.authorization())
            : PaymentView.action(about));
    data.put(
        "reference",
        about instanceof Movement movement
            ? movement.notes().get("reference")
            : payment.reference());
    data.put("amount", amount);
    data.put("currency", payment.currency());
    PaymentView.issuer(data, about);
    if (about instanceof Operation.Authorization) {
      payment.processing(data);
    }
    data.put("processed_on", now.toString());
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("id", "evt_" + type + "_" + PaymentView.action(about).substring("act_".length()));
    event.put("type", type);
    event.put("version", "1.0.0");
    event.put("created_on", now.toString());
    event.put("data", data);
    return event;
  }

  /** An HMAC-SHA-256 of the body, in hexadecimal, keyed with the webhook's signature key. */
  static Message signed(Map<String, @Nullable Object> event, byte[] secret) {
    byte[] body = Json.write(event);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      String signature = HexFormat.of().formatHex(mac.doFinal(body));
      return new Message(
          Map.of("Content-Type", "application/json", "Cko-Signature", signature), body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
