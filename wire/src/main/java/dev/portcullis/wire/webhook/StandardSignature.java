package dev.portcullis.wire.webhook;

import dev.portcullis.wire.webhook.Verdict.Genuine;
import dev.portcullis.wire.webhook.Verdict.Reason;
import dev.portcullis.wire.webhook.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Standard Webhooks specification: id, time and body, joined with dots, are signed by
 * HMAC-SHA-256 ({@code v1}) or Ed25519 ({@code v1a}); a list that is separated by blanks holds the
 * signatures, several while a secret or a key is rolled.
 */
public final class StandardSignature {

  /** The header with the id, which is the same in each attempt. */
  public static final String ID = "webhook-id";

  /** The header with the time of the attempt, in seconds since 1970. */
  public static final String TIMESTAMP = "webhook-timestamp";

  /** The header with the signatures. */
  public static final String SIGNATURE = "webhook-signature";

  private static final String SYMMETRIC = "v1,";
  private static final String ASYMMETRIC = "v1a,";
  private static final int LONGEST_HEADER = 4_096;

  /**
   * No dot: where an id may hold one, the dots that join the three parts can be moved, and one
   * signature is good for two messages.
   */
  private static final Pattern IDS = Pattern.compile("[!-\\-/-~]{1,256}");

  private StandardSignature() {}

  /**
   * The values of the three headers, all that came of each.
   *
   * @param id of {@link #ID}
   * @param timestamp of {@link #TIMESTAMP}
   * @param signature of {@link #SIGNATURE}
   */
  public record Received(List<String> id, List<String> timestamp, List<String> signature) {
    public Received {
      id = List.copyOf(id);
      timestamp = List.copyOf(timestamp);
      signature = List.copyOf(signature);
    }
  }

  /**
   * The value of {@link #SIGNATURE}.
   *
   * @param id 1 to 256 printable characters without blanks and dots
   * @param at when it is sent; each attempt has its own time
   * @param secrets those that sign symmetrically
   * @param keys those that sign asymmetrically; one of either kind at least
   */
  public static String sign(
      String id, Instant at, byte[] body, List<SigningSecret> secrets, List<SigningKey> keys) {
    if (!IDS.matcher(id).matches()) {
      throw new IllegalArgumentException("no id of a message: " + id);
    }
    if (secrets.isEmpty() && keys.isEmpty()) {
      throw new IllegalArgumentException("nothing to sign with");
    }
    byte[] head = head(id, Long.toString(at.getEpochSecond()));
    Stream<String> symmetric = secrets.stream().map(secret -> mac(secret, head, body));
    Stream<String> asymmetric = keys.stream().map(key -> ASYMMETRIC + base64(key.sign(head, body)));
    return String.join(" ", Stream.concat(symmetric, asymmetric).toList());
  }

  /**
   * Verifies what came. All keys and signatures are compared, those of an HMAC in constant time.
   *
   * @param body the bytes as they were received
   * @param keys those that may have signed it; secrets as {@link SigningSecret#parse} reads them
   * @param tolerance how far the time may be from now, in either direction; not negative
   */
  public static Verdict verify(
      Received headers, byte[] body, List<StandardKey> keys, Instant now, Duration tolerance) {
    Optional<Reason> fault =
        Stream.of(headers.id(), headers.timestamp(), headers.signature())
            .flatMap(values -> Headers.fault(values, LONGEST_HEADER).stream())
            .findFirst();
    if (fault.isPresent()) {
      return new Refused(fault.get());
    }
    String id = headers.id().getFirst();
    String seconds = headers.timestamp().getFirst();
    List<String> signatures = List.of(headers.signature().getFirst().split(" "));
    if (!IDS.matcher(id).matches()) {
      return new Refused(Reason.ID_MALFORMED);
    }
    if (!Headers.isTime(seconds)) {
      return new Refused(Reason.TIME_MALFORMED);
    }
    if (signatures.stream().noneMatch(each -> keys.stream().anyMatch(key -> isFor(key, each)))) {
      return new Refused(Reason.SIGNATURE_MISSING);
    }
    return Headers.staleness(seconds, now, tolerance)
        .<Verdict>map(Refused::new)
        .orElseGet(() -> judge(head(id, seconds), body, keys, signatures));
  }

  /** The key says which scheme counts: what is sent cannot choose it. */
  private static boolean isFor(StandardKey key, String signature) {
    return switch (key) {
      case SigningSecret _ -> signature.startsWith(SYMMETRIC);
      case VerificationKey _ -> signature.startsWith(ASYMMETRIC);
    };
  }

  private static Verdict judge(
      byte[] head, byte[] body, List<StandardKey> keys, List<String> signatures) {
    List<Integer> by = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      boolean signed =
          switch (keys.get(i)) {
            case SigningSecret secret -> isMac(mac(secret, head, body), signatures);
            case VerificationKey key -> isSigned(key, head, body, signatures);
          };
      if (signed) {
        by.add(i);
      }
    }
    return by.isEmpty() ? new Refused(Reason.SIGNATURE_WRONG) : new Genuine(by.getFirst());
  }

  /** Compared as text, so that a signature has one form alone. */
  private static boolean isMac(String right, List<String> signatures) {
    byte[] expected = right.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (String signature : signatures) {
      found |= MessageDigest.isEqual(expected, signature.getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  private static boolean isSigned(
      VerificationKey key, byte[] head, byte[] body, List<String> signatures) {
    return signatures.stream()
        .filter(signature -> signature.startsWith(ASYMMETRIC))
        .flatMap(signature -> Keys.canonical(signature.substring(ASYMMETRIC.length())).stream())
        .anyMatch(signature -> key.isSignature(signature, head, body));
  }

  private static String mac(SigningSecret secret, byte[] head, byte[] body) {
    if (!secret.isStandard()) {
      throw new IllegalArgumentException("a secret that is none of Standard Webhooks");
    }
    return SYMMETRIC + base64(secret.standardMac(head, body));
  }

  private static byte[] head(String id, String seconds) {
    return (id + "." + seconds + ".").getBytes(StandardCharsets.US_ASCII);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
