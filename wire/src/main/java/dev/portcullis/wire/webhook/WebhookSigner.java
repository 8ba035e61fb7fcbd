package dev.portcullis.wire.webhook;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Signs a delivery for both schemes at once, so that a receiver verifies by whichever it has a
 * library for.
 *
 * @param secrets one at least, several while one is rolled; as {@link SigningSecret#parse} reads
 *     them
 * @param keys those that sign asymmetrically as well; may be empty
 */
public record WebhookSigner(List<SigningSecret> secrets, List<SigningKey> keys) {

  /** Copies the lists. */
  public WebhookSigner {
    secrets = List.copyOf(secrets);
    keys = List.copyOf(keys);
  }

  /**
   * The four headers, by name.
   *
   * @param id of the message, the same in each attempt: 1 to 256 printable characters without
   *     blanks and dots
   * @param at when this attempt is made
   * @param body the bytes that are sent
   */
  public Map<String, String> headers(String id, Instant at, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(StripeSignature.HEADER, StripeSignature.sign(at, body, secrets));
    headers.put(StandardSignature.ID, id);
    headers.put(StandardSignature.TIMESTAMP, Long.toString(at.getEpochSecond()));
    headers.put(StandardSignature.SIGNATURE, StandardSignature.sign(id, at, body, secrets, keys));
    return headers;
  }
}
