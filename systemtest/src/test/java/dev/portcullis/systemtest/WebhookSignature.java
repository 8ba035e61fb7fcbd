package dev.portcullis.systemtest;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * {@code Stripe-Signature}: {@code t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">}, keyed with
 * the whole text of the endpoint's secret; one {@code v1} for each secret while it is being rolled.
 */
final class WebhookSignature {
  private WebhookSignature() {}

  static String header(long seconds, String body, String... secrets) {
    return "t="
        + seconds
        + ","
        + List.of(secrets).stream()
            .map(secret -> "v1=" + hmac(secret, seconds + "." + body))
            .collect(Collectors.joining(","));
  }

  private static String hmac(String secret, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
