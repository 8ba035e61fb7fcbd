package dev.portcullis.simulator.stripe;

import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi.Message;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Events, signed as {@code Stripe-Signature} (docs.stripe.com/webhooks/signature). */
final class StripeEvents {
  private static final String VERSION = "2026-10-28.endive";

  private final Desk desk;
  private final StripeObjects objects;

  StripeEvents(Desk desk) {
    this.desk = desk;
    this.objects = new StripeObjects(desk);
  }

  List<Map<String, @Nullable Object>> of(@Nullable Operation before, Operation after) {
    return switch (after) {
      case Operation.Authorization it -> intent((Operation.Authorization) before, it);
      case Operation.Movement it when it.kind() == Operation.Kind.REFUND ->
          refund((Operation.Movement) before, it);
      case Operation.Dispute it -> dispute((Operation.Dispute) before, it);
      case Operation.Movement _, Operation.Receipt _ -> List.of();
    };
  }

  private List<Map<String, @Nullable Object>> intent(
      Operation.@Nullable Authorization before, Operation.Authorization after) {
    String object = after.isVerification() ? "setup_intent" : "payment_intent";
    String status = StripeObjects.status(after);
    // Each confirmation is an attempt, also when it fails as the one before.
    boolean tried = before != null && isTried(before, after);
    List<String> types = new ArrayList<>();
    if (before == null) {
      types.add("created");
    }
    if (tried && status.equals("requires_payment_method")) {
      types.add(after.isVerification() ? "setup_failed" : "payment_failed");
    } else if (before == null || !StripeObjects.status(before).equals(status)) {
      switch (status) {
        case "succeeded", "requires_action", "canceled" -> types.add(status);
        case "requires_capture" -> types.add("amount_capturable_updated");
        default -> {
          // Nobody is told of it.
        }
      }
    }
    return types.stream()
        .map(type -> event(object + "." + type, after, objects.intent(after, false)))
        .toList();
  }

  private static boolean isTried(Operation.Authorization before, Operation.Authorization after) {
    return after.outcome().declineCode() != null
        && !after.funds().voided()
        && (before.outcome().status() == Operation.Status.REQUIRES_ACTION
            || !after.notes().get("attempts").equals(before.notes().get("attempts")));
  }

  private List<Map<String, @Nullable Object>> refund(
      Operation.@Nullable Movement before, Operation.Movement after) {
    if (before != null && before.status() == after.status()) {
      return List.of();
    }
    String type =
        before == null
            ? "refund.created"
            : after.status() == Operation.Status.DECLINED ? "refund.failed" : "refund.updated";
    return desk.books().find(after.authorization()).stream()
        .map(found -> event(type, after, objects.refund(after, (Operation.Authorization) found)))
        .toList();
  }

  private List<Map<String, @Nullable Object>> dispute(
      Operation.@Nullable Dispute before, Operation.Dispute after) {
    String type =
        before == null
            ? "charge.dispute.created"
            : switch (after.stage()) {
              case WON, LOST, INQUIRY_CLOSED -> "charge.dispute.closed";
              case INQUIRY, INQUIRY_UNDER_REVIEW, CHARGEBACK, CHARGEBACK_UNDER_REVIEW ->
                  "charge.dispute.updated";
            };
    return List.of(event(type, after, new StripeDisputes(desk).object(after)));
  }

  private Map<String, @Nullable Object> event(
      String type, Operation about, Map<String, @Nullable Object> object) {
    String seed = type + Json.writeString(object);
    return new Members()
        .put("id", "evt_" + StripeObjects.tail(about) + Integer.toHexString(seed.hashCode()))
        .put("object", "event")
        .put("api_version", VERSION)
        .put("created", desk.clock().instant().getEpochSecond())
        .put("data", new Members().put("object", object))
        .put("livemode", false)
        .put("pending_webhooks", 1L)
        .put("request", new Members().put("id", null).put("idempotency_key", null))
        .put("type", type)
        .build();
  }

  static Message signed(Map<String, @Nullable Object> event, byte[] secret, Instant now) {
    byte[] body = Json.write(event);
    String stamp = Long.toString(now.getEpochSecond());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update((stamp + ".").getBytes(StandardCharsets.US_ASCII));
      String signature = HexFormat.of().formatHex(mac.doFinal(body));
      return new Message(Map.of("Stripe-Signature", "t=" + stamp + ",v1=" + signature), body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
