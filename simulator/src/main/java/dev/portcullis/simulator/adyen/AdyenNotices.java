package dev.portcullis.simulator.adyen;

import dev.portcullis.simulator.CardChecks;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi.Message;
import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Standard webhooks, each item signed over eight of its fields (HMAC signatures). */
final class AdyenNotices {
  private final Desk desk;

  AdyenNotices(Desk desk) {
    this.desk = desk;
  }

  List<Map<String, @Nullable Object>> of(@Nullable Operation before, Operation after) {
    return switch (after) {
      case Operation.Authorization it -> authorisation((Operation.Authorization) before, it);
      case Operation.Movement it -> modification((Operation.Movement) before, it);
      case Operation.Dispute it -> dispute((Operation.Dispute) before, it);
      case Operation.Receipt _ -> List.of();
    };
  }

  private List<Map<String, @Nullable Object>> authorisation(
      Operation.@Nullable Authorization before, Operation.Authorization after) {
    boolean decided =
        after.outcome().status() == Operation.Status.APPROVED
            || (after.outcome().status() == Operation.Status.DECLINED && !after.funds().voided());
    boolean changed = before == null || before.outcome().status() != after.outcome().status();
    if (!decided || !changed) {
      return List.of();
    }
    String decline = after.outcome().declineCode();
    return List.of(
        item("AUTHORISATION", after, after)
            .put("amount", AdyenAmounts.write(after.terms().amount(), after.terms().currency()))
            .put("merchantReference", after.notes().alias())
            .put(
                "reason",
                decline == null ? authorization(after) : AdyenErrors.reason(decline).text())
            .put("success", decline == null ? "true" : "false")
            .build());
  }

  private static String authorization(Operation.Authorization payment) {
    String expiry = payment.notes().get("expiry");
    return CardChecks.authorizationCode(payment) + ":" + payment.terms().last4() + ":" + expiry;
  }

  private List<Map<String, @Nullable Object>> modification(
      Operation.@Nullable Movement before, Operation.Movement after) {
    if (before == null || before.status() == after.status()) {
      return List.of();
    }
    Operation.Authorization payment = payment(after.authorization());
    AdyenModifications.Kind kind =
        AdyenModifications.Kind.valueOf(after.notes().get("modification"));
    String failed = after.notes().get("failed");
    // What was thought to succeed and failed after all has an event of its own.
    boolean undone = after.status() == Operation.Status.DECLINED && failed.isEmpty();
    String reference =
        after.notes().alias() == null ? payment.notes().alias() : after.notes().alias();
    long amount = kind.hasAmount() ? after.amount() : payment.terms().amount();
    return List.of(
        item(undone ? kind.event() + "_FAILED" : kind.event(), after, payment)
            .put("amount", AdyenAmounts.write(amount, payment.terms().currency()))
            .put("merchantReference", reference)
            .put("originalReference", AdyenPayments.psp(payment))
            .put("reason", undone ? "Card issuer declined the refund" : failed)
            .put("success", failed.isEmpty() ? "true" : "false")
            .build());
  }

  private List<Map<String, @Nullable Object>> dispute(
      Operation.@Nullable Dispute before, Operation.Dispute after) {
    Operation.Authorization payment = desk.books().disputed(after);
    String code =
        switch (after.stage()) {
          case INQUIRY -> "REQUEST_FOR_INFORMATION";
          case CHARGEBACK -> "CHARGEBACK";
          case WON -> "CHARGEBACK_REVERSED";
          case INQUIRY_UNDER_REVIEW, INQUIRY_CLOSED, CHARGEBACK_UNDER_REVIEW ->
              "INFORMATION_SUPPLIED";
          case LOST -> "SECOND_CHARGEBACK";
        };
    return List.of(
        item(code, after, payment)
            .put("amount", AdyenAmounts.write(after.claim().amount(), after.claim().currency()))
            .put("merchantReference", payment.notes().alias())
            .put("originalReference", AdyenPayments.psp(payment))
            .put("reason", before == null ? "Fraudulent or disputed" : "")
            .put("success", "true")
            .build());
  }

  private Operation.Authorization payment(String id) {
    return (Operation.Authorization) desk.books().find(id).orElseThrow();
  }

  private Members item(String code, Operation about, Operation.Authorization payment) {
    return new Members()
        .put("eventCode", code)
        .put("eventDate", desk.clock().instant().toString())
        .put("merchantAccountCode", payment.notes().get("account"))
        .put("paymentMethod", payment.notes().get("method"))
        .put("pspReference", AdyenPayments.psp(about));
  }

  static Message signed(Map<String, @Nullable Object> item, byte[] secret) {
    Tree fields = new Tree(item);
    String signed =
        String.join(
            ":",
            fields.at("pspReference").scalar(),
            fields.at("originalReference").scalar(),
            fields.at("merchantAccountCode").scalar(),
            fields.at("merchantReference").scalar(),
            fields.at("amount", "value").scalar(),
            fields.at("amount", "currency").scalar(),
            fields.at("eventCode").scalar(),
            fields.at("success").scalar());
    Map<String, @Nullable Object> whole = new LinkedHashMap<>(item);
    whole.put("additionalData", Map.of("hmacSignature", mac(signed, secret)));
    Members body =
        new Members()
            .put("live", "false")
            .put("notificationItems", List.of(Map.of("NotificationRequestItem", whole)));
    return new Message(Map.of(), Json.write(body.build()));
  }

  /** The key is written in hexadecimal. */
  private static String mac(String signed, byte[] secret) {
    try {
      byte[] key = HexFormat.of().parseHex(new String(secret, StandardCharsets.US_ASCII));
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
