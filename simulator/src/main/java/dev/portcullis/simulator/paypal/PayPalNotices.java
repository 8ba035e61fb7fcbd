package dev.portcullis.simulator.paypal;

import dev.portcullis.simulator.Answer;
import dev.portcullis.simulator.Call;
import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Members;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.ProviderApi.Message;
import dev.portcullis.simulator.Tree;
import dev.portcullis.wire.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks, signed by the key of a certificate that each of them names. PayPal's certificates come
 * from an authority that everybody trusts; this one from the sandbox's, which nobody else does.
 * {@code verify-webhook-signature} verifies them as well.
 */
final class PayPalNotices {
  static final String CERTIFICATES = "/v1/notifications/certs/";
  private static final String CERTIFICATE = "CERT-simulator";
  private static final String ALGORITHM = "SHA256withRSA";
  private static final Base64.Encoder PEM =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final Desk desk;

  PayPalNotices(Desk desk) {
    this.desk = desk;
  }

  void routes() {
    desk.get(CERTIFICATES + "{name}", "certificate", this::certificate)
        .post("/v1/notifications/verify-webhook-signature", "verify", this::verify);
  }

  private Answer certificate(Call call) {
    if (!call.variable("name").equals(CERTIFICATE)) {
      throw PayPalErrors.missing();
    }
    StringBuilder pem = new StringBuilder();
    for (X509Certificate each : desk.signer().chain()) {
      try {
        pem.append("-----BEGIN CERTIFICATE-----\n")
            .append(PEM.encodeToString(each.getEncoded()))
            .append("\n-----END CERTIFICATE-----\n");
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a certificate has no encoding", e);
      }
    }
    return new Answer(200, Map.of("pem", pem.toString()));
  }

  /** A certificate is no JSON. */
  static Message pem(Answer answer) {
    return new Message(
        Map.of("Content-Type", "application/x-pem-file"),
        String.valueOf(Objects.requireNonNull(answer.body()).get("pem"))
            .getBytes(StandardCharsets.US_ASCII));
  }

  static List<Map<String, @Nullable Object>> of(
      Desk desk, @Nullable Operation before, Operation after) {
    PayPalObjects objects = new PayPalObjects(desk);
    return switch (after) {
      case Operation.Authorization it -> order(desk, (Operation.Authorization) before, it);
      case Operation.Movement it -> {
        Operation.Status old = before instanceof Operation.Movement was ? was.status() : null;
        Operation.Authorization order =
            desk.books().find(it.authorization()).orElse(null)
                    instanceof Operation.Authorization found
                ? found
                : null;
        yield order == null || old == it.status() ? List.of() : movement(desk, objects, it, order);
      }
      case Operation.Dispute it ->
          List.of(
              event(
                  desk,
                  PayPalDisputes.event(before, it),
                  "dispute",
                  PayPalDisputes.object(desk, it)));
      case Operation.Receipt _ -> List.of();
    };
  }

  private static List<Map<String, @Nullable Object>> order(
      Desk desk, Operation.@Nullable Authorization before, Operation.Authorization after) {
    Operation.Status status = after.outcome().status();
    boolean decided = status == Operation.Status.APPROVED || status == Operation.Status.DECLINED;
    boolean changed = before == null || before.outcome().status() != status;
    if (!decided || !changed || after.funds().voided()) {
      return List.of();
    }
    boolean approved = status == Operation.Status.APPROVED;
    boolean capture = after.terms().capture();
    String type =
        capture
            ? approved ? "PAYMENT.CAPTURE.COMPLETED" : "PAYMENT.CAPTURE.DECLINED"
            : approved ? "PAYMENT.AUTHORIZATION.CREATED" : "PAYMENT.AUTHORIZATION.DENIED";
    return List.of(
        event(
            desk,
            type,
            capture ? "capture" : "authorization",
            new PayPalObjects(desk).payment(after)));
  }

  private static List<Map<String, @Nullable Object>> movement(
      Desk desk, PayPalObjects objects, Operation.Movement it, Operation.Authorization order) {
    return switch (it.kind()) {
      case CAPTURE ->
          List.of(event(desk, "PAYMENT.CAPTURE.COMPLETED", "capture", objects.capture(it, order)));
      case VOID ->
          List.of(
              event(desk, "PAYMENT.AUTHORIZATION.VOIDED", "authorization", objects.payment(order)));
      case REFUND ->
          List.of(
              event(
                  desk,
                  switch (it.status()) {
                    case APPROVED -> "PAYMENT.CAPTURE.REFUNDED";
                    case DECLINED -> "PAYMENT.REFUND.FAILED";
                    case PENDING, CREATED, REQUIRES_ACTION -> "PAYMENT.REFUND.PENDING";
                  },
                  "refund",
                  objects.refund(it, order)));
      case EVIDENCE, ACCEPTANCE -> List.of();
    };
  }

  private static Map<String, @Nullable Object> event(
      Desk desk, String type, String resource, Map<String, @Nullable Object> object) {
    String id = type + object.get("id") + object.get("dispute_id") + object.get("status");
    return new Members()
        .put("id", "WH-" + Integer.toHexString(id.hashCode()) + "-" + object.get("id"))
        .put("event_version", "1.0")
        .put("create_time", desk.clock().instant().toString())
        .put("resource_type", resource)
        .put("resource_version", "2.0")
        .put("event_type", type)
        .put("resource", object)
        .build();
  }

  /** The webhook's id is part of what is signed. */
  Message signed(Map<String, @Nullable Object> event, byte[] webhookId, Instant now) {
    byte[] body = Json.write(event);
    String id = String.valueOf(event.get("id")).replaceAll("[^0-9A-Za-z-]", "-");
    String time = Instant.ofEpochSecond(now.getEpochSecond()).toString();
    String text = text(id, time, new String(webhookId, StandardCharsets.UTF_8), body);
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(desk.signer().key());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return new Message(
          Map.of(
              "PAYPAL-TRANSMISSION-ID", id,
              "PAYPAL-TRANSMISSION-TIME", time,
              "PAYPAL-TRANSMISSION-SIG", Base64.getEncoder().encodeToString(signature.sign()),
              "PAYPAL-AUTH-ALGO", ALGORITHM,
              "PAYPAL-CERT-URL", desk.providerUrl() + CERTIFICATES + CERTIFICATE),
          body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  private static String text(String id, String time, String webhook, byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return String.join("|", id, time, webhook, Long.toString(crc.getValue()));
  }

  private Answer verify(Call call) {
    Tree body = new Tree(call.body());
    String text =
        text(
            body.at("transmission_id").orEmpty(),
            body.at("transmission_time").orEmpty(),
            body.at("webhook_id").orEmpty(),
            Json.write(body.at("webhook_event").value()));
    boolean valid = isSigned(text, body.at("transmission_sig").orEmpty());
    return new Answer(200, Map.of("verification_status", valid ? "SUCCESS" : "FAILURE"));
  }

  private boolean isSigned(String text, String written) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(desk.signer().chain().getFirst());
      signature.update(text.getBytes(StandardCharsets.UTF_8));
      return signature.verify(Base64.getDecoder().decode(written));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
