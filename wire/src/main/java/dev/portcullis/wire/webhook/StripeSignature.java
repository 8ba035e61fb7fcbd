package dev.portcullis.wire.webhook;

import dev.portcullis.wire.webhook.Verdict.Genuine;
import dev.portcullis.wire.webhook.Verdict.Reason;
import dev.portcullis.wire.webhook.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Stripe's scheme: {@code Stripe-Signature: t=TIME,v1=HEX,...}, HMAC-SHA-256 of the time, a dot and
 * the body as it stands, in small hexadecimal; one {@code v1} for each secret while it is rolled.
 */
public final class StripeSignature {

  /** The header's name. */
  public static final String HEADER = "Stripe-Signature";

  /** Has room for more signatures than anybody has secrets. */
  private static final int LONGEST_HEADER = 4_096;

  private StripeSignature() {}

  /**
   * The header's value.
   *
   * @param at when it is sent; each attempt has its own time
   * @param secrets one at least
   */
  public static String sign(Instant at, byte[] body, List<SigningSecret> secrets) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("nothing to sign with");
    }
    String seconds = Long.toString(at.getEpochSecond());
    StringBuilder header = new StringBuilder("t=").append(seconds);
    for (SigningSecret secret : secrets) {
      header.append(",v1=").append(mac(secret, seconds, body));
    }
    return header.toString();
  }

  /**
   * Verifies what came. All secrets and signatures are compared, each in constant time: how long it
   * takes says nothing of how much of one is right.
   *
   * @param headers the values of all headers of that name
   * @param body the bytes as they were received
   * @param secrets those that may have signed it
   * @param tolerance how far the time may be from now, in either direction; not negative
   */
  public static Verdict verify(
      List<String> headers,
      byte[] body,
      List<SigningSecret> secrets,
      Instant now,
      Duration tolerance) {
    Optional<Reason> fault = Headers.fault(headers, LONGEST_HEADER);
    if (fault.isPresent()) {
      return new Refused(fault.get());
    }
    List<String> times = new ArrayList<>();
    List<byte[]> signatures = new ArrayList<>();
    String header = headers.getFirst();
    // No sender writes blanks; they are what remains where a header was folded or joined.
    if (header.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      return new Refused(Reason.HEADER_MALFORMED);
    }
    for (String part : header.split(",")) {
      if (part.startsWith("t=")) {
        times.add(part.substring(2));
      } else if (part.startsWith("v1=")) {
        signatures.add(ascii(part.substring(3)));
      }
      // Signatures of other schemes count for nothing: v0 is not keyed with the secret.
    }
    Optional<Reason> incomplete = incomplete(times, signatures);
    if (incomplete.isPresent()) {
      return new Refused(incomplete.get());
    }
    String seconds = times.getFirst();
    return Headers.staleness(seconds, now, tolerance)
        .<Verdict>map(Refused::new)
        .orElseGet(() -> judge(seconds, body, secrets, signatures));
  }

  private static Optional<Reason> incomplete(List<String> times, List<byte[]> signatures) {
    if (times.isEmpty()) {
      return Optional.of(Reason.TIME_MISSING);
    }
    if (times.size() > 1) {
      return Optional.of(Reason.TIME_REPEATED);
    }
    if (!Headers.isTime(times.getFirst())) {
      return Optional.of(Reason.TIME_MALFORMED);
    }
    return signatures.isEmpty() ? Optional.of(Reason.SIGNATURE_MISSING) : Optional.empty();
  }

  private static Verdict judge(
      String seconds, byte[] body, List<SigningSecret> secrets, List<byte[]> signatures) {
    int by = -1;
    for (int i = 0; i < secrets.size(); i++) {
      byte[] right = ascii(mac(secrets.get(i), seconds, body));
      boolean signed = false;
      for (byte[] signature : signatures) {
        signed |= MessageDigest.isEqual(right, signature);
      }
      by = signed && by < 0 ? i : by;
    }
    return by < 0 ? new Refused(Reason.SIGNATURE_WRONG) : new Genuine(by);
  }

  private static String mac(SigningSecret secret, String seconds, byte[] body) {
    return HexFormat.of().formatHex(secret.stripeMac(ascii(seconds + "."), body));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
