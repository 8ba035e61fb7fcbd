package dev.portcullis.simulator.braintree;

import dev.portcullis.simulator.Desk;
import dev.portcullis.simulator.Operation;
import dev.portcullis.simulator.Operation.Authorization;
import dev.portcullis.simulator.ProviderApi.Message;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What Braintree tells by webhooks: that a transaction settled, and of disputes. It tells nothing
 * of an authorization.
 */
final class Notices {
  private static final String ALGORITHM = "HmacSHA1";

  private Notices() {}

  static List<Map<String, @Nullable Object>> of(
      Desk desk, @Nullable Operation before, Operation after) {
    Transactions transactions = new Transactions(desk);
    Instant now = desk.clock().instant();
    return switch (after) {
      case Authorization payment ->
          before instanceof Authorization earlier && transactions.hasSettled(earlier, payment)
              ? List.of(
                  notice(
                      "transaction_settled",
                      Map.of("transaction", XmlView.transaction(transactions.shown(payment))),
                      now))
              : List.of();
      case Operation.Dispute dispute ->
          List.of(
              notice(
                  Disputes.kind(dispute),
                  Map.of("dispute", XmlView.dispute(dispute, desk.books().disputed(dispute))),
                  now));
      case Operation.Movement movement -> List.of();
      case Operation.Receipt receipt -> List.of();
    };
  }

  private static Map<String, @Nullable Object> notice(
      String kind, Map<String, Object> subject, Instant now) {
    Map<String, @Nullable Object> notice = new LinkedHashMap<>();
    notice.put("kind", kind);
    notice.put("timestamp", now.truncatedTo(ChronoUnit.SECONDS));
    notice.put("subject", subject);
    return notice;
  }

  /**
   * A form with the payload in base64, and the HMAC-SHA-1 of that, keyed with the private key's
   * SHA-1.
   *
   * @param secret the private key, or {@code PUBLIC|PRIVATE} for whoever looks for the public key
   */
  static Message signed(Map<String, @Nullable Object> notice, byte[] secret) {
    String keys = new String(secret, StandardCharsets.UTF_8);
    int bar = keys.indexOf('|');
    String payload =
        Base64.getMimeEncoder(60, new byte[] {'\n'})
                .encodeToString(XmlView.element("notification", notice).document())
            + "\n";
    String signature = bar < 0 ? "simulator" : keys.substring(0, bar);
    signature += "|" + mac(keys.substring(bar + 1), payload);
    String form = "bt_signature=" + encoded(signature) + "&bt_payload=" + encoded(payload);
    return new Message(
        Map.of("Content-Type", "application/x-www-form-urlencoded"),
        form.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String mac(String privateKey, String payload) {
    try {
      byte[] key =
          MessageDigest.getInstance("SHA-1").digest(privateKey.getBytes(StandardCharsets.UTF_8));
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(payload.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
