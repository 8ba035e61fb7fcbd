package dev.portcullis.wire.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of every answer, errors that the server makes by itself included (ASVS 5.0,
 * V3.4 and V14.3.2), and who may read answers in a browser.
 */
public final class CommonHeaders {

  private static final Map<String, String> PLAIN =
      Map.of(
          "Cache-Control", "no-store",
          "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
          "Referrer-Policy", "no-referrer",
          "X-Content-Type-Options", "nosniff",
          // Whether a page may read an answer hangs on the key that asked for it.
          "Vary", "Authorization, Origin");

  private static final Map<String, String> SECURE = with(PLAIN);

  private CommonHeaders() {}

  private static Map<String, String> with(Map<String, String> plain) {
    Map<String, String> secure = new LinkedHashMap<>(plain);
    // RFC 6797, 7.2: never over plain HTTP.
    secure.put("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
    return Map.copyOf(secure);
  }

  /**
   * What every answer carries.
   *
   * @param tls whether it goes over TLS
   */
  public static Map<String, String> of(boolean tls) {
    return tls ? SECURE : PLAIN;
  }

  /**
   * Lets any page read the answer, without credentials of the browser's: a publishable key stands
   * in the pages of shops that nobody can list here.
   */
  public static Map<String, String> readable() {
    return Map.of(
        "Access-Control-Allow-Origin",
        "*",
        "Access-Control-Expose-Headers",
        "Request-Id, Stripe-Version, Idempotency-Key, Idempotent-Replayed, Retry-After");
  }

  /** The answer to a preflight request (Fetch, 4.8) for a route that pages may call. */
  public static Map<String, String> preflight(String methods) {
    return Map.of(
        "Access-Control-Allow-Origin",
        "*",
        "Access-Control-Allow-Methods",
        methods,
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Idempotency-Key, Stripe-Version, Stripe-Account,"
            + " X-Stripe-Client-User-Agent",
        "Access-Control-Max-Age",
        "7200");
  }

  /** Everything but what a secret key asked for: such a key must not work in a page. */
  public static boolean mayBeReadByAPage(@Nullable String authorization) {
    return authorization == null
        || authorization.regionMatches(true, 0, "bearer pk_", 0, "bearer pk_".length());
  }
}
