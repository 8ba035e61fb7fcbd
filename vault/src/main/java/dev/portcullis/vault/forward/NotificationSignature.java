package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Notifications;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.StripeSignature;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Whether a notification is signed with a secret that is shared. Signatures are compared in
 * constant time, and all of those that came: how long it takes says nothing of how much of one is
 * right.
 */
final class NotificationSignature {

  private static final String SHA256 = "HmacSHA256";
  private static final int MOST_ITEMS = 100;

  private NotificationSignature() {}

  /**
   * What came.
   *
   * @param headers by lower-case name
   * @param body the bytes as they were received
   */
  record Notification(Map<String, String> headers, byte[] body) {
    Notification {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * Checks one.
   *
   * @param secret the secret as it was entered
   */
  static boolean isValid(
      Notifications.Keyed how, Notification notification, byte[] secret, Instant now) {
    return switch (how) {
      case Notifications.Stripe stripe -> isStripes(notification, secret, now, stripe.tolerance());
      case Notifications.Adyen _ -> isAdyens(notification, secret);
      case Notifications.Header header -> isInHeader(header, notification, secret);
      case Notifications.Braintree _ -> BraintreeSignature.isValid(notification, secret);
    };
  }

  private static boolean isStripes(
      Notification notification, byte[] secret, Instant now, Duration tolerance) {
    String header = notification.headers().getOrDefault("stripe-signature", "");
    SigningSecret signer = SigningSecret.ofText(secret);
    try {
      return StripeSignature.verify(
              List.of(header), notification.body(), List.of(signer), now, tolerance)
          .isGenuine();
    } finally {
      signer.destroy();
    }
  }

  /**
   * Adyen's standard webhooks: each item carries the signature of eight of its own fields, joined
   * with colons; the key is written in hexadecimal. What else is in an item is not signed.
   */
  private static boolean isAdyens(Notification notification, byte[] secret) {
    byte[] key = hex(new String(secret, StandardCharsets.US_ASCII));
    if (key.length == 0
        || !(read(notification.body()).get("notificationItems") instanceof List<?> items)
        || items.isEmpty()
        || items.size() > MOST_ITEMS) {
      return false;
    }
    boolean all = true;
    for (Object item : items) {
      all &=
          item instanceof Map<?, ?> wrapped
              && wrapped.get("NotificationRequestItem") instanceof Map<?, ?> fields
              && isAdyensItem(fields, key);
    }
    return all;
  }

  private static boolean isAdyensItem(Map<?, ?> item, byte[] key) {
    if (!(item.get("additionalData") instanceof Map<?, ?> more)
        || !(more.get("hmacSignature") instanceof String signature)) {
      return false;
    }
    Map<?, ?> amount = item.get("amount") instanceof Map<?, ?> map ? map : Map.of();
    String signed =
        String.join(
            ":",
            text(item.get("pspReference")),
            text(item.get("originalReference")),
            text(item.get("merchantAccountCode")),
            text(item.get("merchantReference")),
            text(amount.get("value")),
            text(amount.get("currency")),
            text(item.get("eventCode")),
            text(item.get("success")));
    return isOneOf(
        mac(SHA256, key, signed.getBytes(StandardCharsets.UTF_8)), List.of(base64(signature)));
  }

  private static String text(@Nullable Object value) {
    return Objects.toString(value, "");
  }

  private static boolean isInHeader(
      Notifications.Header header, Notification notification, byte[] secret) {
    String value = notification.headers().get(header.header());
    if (value == null || !value.startsWith(header.prefix())) {
      return false;
    }
    String written = value.substring(header.prefix().length());
    byte[] signature = header.base64() ? base64(written) : hex(written);
    return isOneOf(mac(header.algorithm(), secret, notification.body()), List.of(signature));
  }

  /** The MAC of the parts one after the other. */
  static byte[] mac(String algorithm, byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + algorithm, e);
    }
  }

  static boolean isOneOf(byte[] right, List<byte[]> signatures) {
    boolean found = false;
    for (byte[] signature : signatures) {
      found |= MessageDigest.isEqual(right, signature);
    }
    return found;
  }

  /** No bytes where it is none: no signature and no key is so short. */
  static byte[] hex(String text) {
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static Map<String, @Nullable Object> read(byte[] body) {
    try {
      return Json.readObject(body);
    } catch (MalformedJsonException e) {
      return Map.of();
    }
  }
}
