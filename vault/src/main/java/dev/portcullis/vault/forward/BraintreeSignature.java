package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.NotificationSignature.Notification;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Braintree's notifications: a form with {@code bt_payload}, base64, and {@code bt_signature},
 * pairs {@code PUBLIC_KEY|SIGNATURE} that are joined with {@code &}. A signature is the HMAC-SHA-1
 * of the payload's text, keyed with the SHA-1 of the private key.
 *
 * <p>SHA-1 because that is Braintree's protocol. What breaks SHA-1 as a hash, two texts with one
 * value, breaks no HMAC of it (RFC 6194, 3.3), and the private key is random.
 */
final class BraintreeSignature {

  private static final String MAC = "HmacSHA1";
  private static final int MOST_PAIRS = 16;
  private static final Pattern PAYLOAD = Pattern.compile("[0-9A-Za-z+/=\n]+");

  private BraintreeSignature() {}

  /**
   * Checks one.
   *
   * @param privateKey as it was entered
   */
  static boolean isValid(Notification notification, byte[] privateKey) {
    Map<String, String> fields = fields(notification.body());
    String payload = fields.getOrDefault("bt_payload", "");
    if (!PAYLOAD.matcher(payload).matches()) {
      return false;
    }
    // Whose public key stands before a signature says nothing that the signature does not.
    List<byte[]> signatures = new ArrayList<>();
    for (String pair : fields.getOrDefault("bt_signature", "").split("&")) {
      int bar = pair.indexOf('|');
      if (bar > 0 && signatures.size() < MOST_PAIRS) {
        signatures.add(NotificationSignature.hex(pair.substring(bar + 1)));
      }
    }
    byte[] key = sha1(privateKey);
    try {
      byte[] signed = payload.getBytes(StandardCharsets.US_ASCII);
      // Braintree's libraries take it without the end of its last line, which is easily lost, too.
      byte[] lineEnd = {'\n'};
      boolean whole =
          NotificationSignature.isOneOf(NotificationSignature.mac(MAC, key, signed), signatures);
      boolean withoutEnd =
          NotificationSignature.isOneOf(
              NotificationSignature.mac(MAC, key, signed, lineEnd), signatures);
      return whole || withoutEnd;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The form's fields; nothing where it is none, or has one twice: whoever reads it after us might
   * read the other one.
   */
  private static Map<String, String> fields(byte[] body) {
    Map<String, String> fields = new HashMap<>();
    try {
      for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        if (fields.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
          return Map.of();
        }
      }
      return fields;
    } catch (IllegalArgumentException _) {
      return Map.of(); // a broken escape
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no SHA-1", e);
    }
  }
}
