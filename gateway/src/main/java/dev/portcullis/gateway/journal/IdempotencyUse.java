package dev.portcullis.gateway.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request's use of an idempotency key.
 *
 * @param key as the client sent it
 * @param fingerprint of method, path and parameters, in hexadecimal
 * @param requestId the request that uses it
 * @param publishable whether it came with a publishable key: a page's keys are apart from those of
 *     the merchant's server, so that no page can take one or be answered for one
 */
public record IdempotencyUse(
    String key, String fingerprint, String requestId, boolean publishable) {

  /** Where they are stored. */
  public static final Table TABLE =
      Table.of(
          "idempotency_keys",
          "fixed fingerprint text",
          "fixed request text",
          "status integer",
          "sealed body text");

  /** A use by the merchant's server. */
  public IdempotencyUse(String key, String fingerprint, String requestId) {
    this(key, fingerprint, requestId, false);
  }

  /** The row's id for that key: the two modes are apart, and so are pages and servers. */
  public String rowId(boolean livemode) {
    return (publishable ? "p" : "") + (livemode ? "l:" : "t:") + key;
  }

  Row row(
      boolean livemode, int version, Instant now, @Nullable Integer status, @Nullable String body) {
    return Row.of(rowId(livemode), version, now, fingerprint, requestId, status, body);
  }
}
