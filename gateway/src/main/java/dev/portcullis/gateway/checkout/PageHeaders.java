package dev.portcullis.gateway.checkout;

import dev.portcullis.wire.config.ZoneConfig;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * The header fields of hosted pages (PCI DSS 4.0.1, 6.4.3; ASVS 5.0, V3.4). Scripts, styles and
 * connections are our own alone, and no text becomes a script. The one list that is open are
 * frames: the card fields' origin is named, and beside it any {@code https:} address, because a
 * bank's challenge comes from whichever of thousands of servers the bank has, and they are known
 * only when the challenge begins. A frame reads nothing of the page, and the card fields' own
 * frames can be framed in nothing that reads them.
 */
@Component
final class PageHeaders {

  /** Where browsers report what the policy stopped. */
  static final String REPORTS = "/checkout/reports";

  private final String policy;

  PageHeaders(ZoneConfig config) {
    URI cards = URI.create(config.string("cards-url"));
    String origin = cards.getScheme() + "://" + cards.getRawAuthority();
    // The pretended bank speaks plain HTTP on this machine.
    String banks =
        config.bool("sandbox") ? "https: http://127.0.0.1:* http://localhost:*" : "https:";
    this.policy =
        String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "frame-src 'self' " + origin + " " + banks,
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            "report-to csp",
            "report-uri " + REPORTS);
  }

  /** Of a page, which is never stored. */
  Map<String, String> page(boolean gzip) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Content-Type", "text/html; charset=utf-8");
    fields.put("Content-Security-Policy", policy);
    fields.put("Reporting-Endpoints", "csp=\"" + REPORTS + "\"");
    fields.put("Cross-Origin-Opener-Policy", "same-origin");
    fields.put("Cross-Origin-Resource-Policy", "same-origin");
    fields.put(
        "Permissions-Policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(),"
            + " magnetometer=(), microphone=(), midi=(), payment=(self), serial=(), usb=()");
    fields.put("X-Frame-Options", "DENY");
    fields.put("Vary", "Accept-Encoding, Accept-Language");
    if (gzip) {
      fields.put("Content-Encoding", "gzip");
    }
    return fields;
  }

  /** Of a page that a frame of ours shows: the end of a challenge. */
  Map<String, String> framed(boolean gzip) {
    Map<String, String> fields = page(gzip);
    fields.put(
        "Content-Security-Policy",
        policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"));
    fields.put("X-Frame-Options", "SAMEORIGIN");
    return fields;
  }

  /** Of what never changes at its address. */
  static Map<String, String> forEver(String type, boolean gzip) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("Content-Type", type);
    fields.put("Cache-Control", "public, max-age=31536000, immutable");
    fields.put("Cross-Origin-Resource-Policy", "same-origin");
    fields.put("Vary", "Accept-Encoding");
    if (gzip) {
      fields.put("Content-Encoding", "gzip");
    }
    return fields;
  }
}
