package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.NotificationSignature.Notification;
import dev.portcullis.vault.forward.Policy.Notifications;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * PayPal's notifications: {@code PAYPAL-TRANSMISSION-SIG} is of {@code ID|TIME|WEBHOOK|CRC32}, by
 * the key of the certificate at {@code PAYPAL-CERT-URL}.
 *
 * <p>Of the body no more than its CRC-32 is signed, which is easily met by another body. So a
 * genuine notification that somebody got hold of can be changed: it says that there is something to
 * look up at PayPal, and what it says besides is to be taken from there.
 */
final class PayPalSignature {

  /** The only one; what a notification says of it is compared, and chooses nothing. */
  private static final String ALGORITHM = "SHA256withRSA";

  private static final int FEWEST_BITS = 2_048;
  private static final int LONGEST_SIGNATURE = 2_048;

  /** Nothing that could be read as another part: no bar. */
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z_-]{1,64}");

  /** PayPal tries again for three days, with what was signed at first. */
  private static final Duration OLDEST = Duration.ofDays(3).plusHours(1);

  private static final Duration FASTEST_CLOCK = Duration.ofMinutes(5);

  private PayPalSignature() {}

  /** Checks one; a certificate is fetched only for what could be signed with it. */
  static Verdict of(
      Notifications.PayPal how,
      Notification notification,
      SigningCertificates certificates,
      Instant now) {
    Map<String, String> headers = notification.headers();
    String id = headers.getOrDefault("paypal-transmission-id", "");
    String time = headers.getOrDefault("paypal-transmission-time", "");
    byte[] signature = signature(headers.getOrDefault("paypal-transmission-sig", ""));
    if (!ALGORITHM.equals(headers.get("paypal-auth-algo"))) {
      return new Verdict.Unsigned("it is not signed by " + ALGORITHM);
    }
    if (!ID.matcher(id).matches() || signature.length == 0) {
      return new Verdict.Unsigned("it has no id, or no signature");
    }
    if (!isTimely(time, now)) {
      return new Verdict.Unsigned("it is not of these days");
    }
    String message = String.join("|", id, time, how.webhookId(), crc(notification.body()));
    return switch (certificates.find(headers.getOrDefault("paypal-cert-url", ""), now)) {
      case SigningCertificates.Found.Trusted(String name, X509Certificate certificate) ->
          isSigned(certificate, message, signature)
              ? new Verdict.Signed(name)
              : new Verdict.Unsigned("its certificate has not signed it");
      case SigningCertificates.Found.Refused(String reason) -> new Verdict.Unsigned(reason);
      case SigningCertificates.Found.Unavailable(String reason) -> new Verdict.Unknown(reason);
    };
  }

  private static byte[] signature(String text) {
    try {
      return text.length() > LONGEST_SIGNATURE ? new byte[0] : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  private static boolean isTimely(String time, Instant now) {
    try {
      Instant sent = Instant.parse(time);
      return sent.isAfter(now.minus(OLDEST)) && sent.isBefore(now.plus(FASTEST_CLOCK));
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static String crc(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return Long.toString(crc.getValue());
  }

  private static boolean isSigned(X509Certificate certificate, String message, byte[] signature) {
    if (!(certificate.getPublicKey() instanceof RSAPublicKey key)
        || key.getModulus().bitLength() < FEWEST_BITS) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(key);
      verifier.update(message.getBytes(StandardCharsets.UTF_8));
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false; // a signature of another length, which is none
    }
  }
}
