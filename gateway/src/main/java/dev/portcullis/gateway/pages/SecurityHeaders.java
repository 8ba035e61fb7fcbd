package dev.portcullis.gateway.pages;

import dev.portcullis.gateway.pages.Item.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The header fields that say what a page may do, or have the browser do more than the page says
 * (PCI DSS 4.0.1, 11.6.1: "security-impacting HTTP headers").
 */
final class SecurityHeaders {

  static final List<String> NAMES =
      List.of(
          "content-security-policy",
          "content-security-policy-report-only",
          "content-type",
          "cross-origin-embedder-policy",
          "cross-origin-opener-policy",
          "cross-origin-resource-policy",
          "link",
          "origin-agent-cluster",
          "permissions-policy",
          "referrer-policy",
          "refresh",
          "reporting-endpoints",
          "service-worker-allowed",
          "speculation-rules",
          "strict-transport-security",
          "x-content-type-options",
          "x-frame-options");

  private static final Pattern NONCE = Pattern.compile("'nonce-[^']*'");
  private static final Pattern MAX_AGE = Pattern.compile("max-age=\"?([0-9]{1,15})");

  /** Less would be a weakness; how much more is the edge's own business. */
  private static final long A_YEAR = 31_536_000;

  private SecurityHeaders() {}

  /**
   * Those that are there.
   *
   * @param headers by lower-case name
   */
  static List<Item> items(Map<String, List<String>> headers) {
    List<Item> items = new ArrayList<>();
    for (String name : NAMES) {
      List<String> lines = headers.getOrDefault(name, List.of());
      if (!lines.isEmpty()) {
        String value =
            lines.stream().map(line -> normal(name, line)).collect(Collectors.joining(", "));
        items.add(new Item(Kind.HEADER, name, value));
      }
    }
    return items;
  }

  /** A field's text without what may differ from one answer to the next. */
  static String normal(String name, String sent) {
    String value = sent.strip().replaceAll("\\s+", " ");
    return switch (name) {
      case "content-security-policy", "content-security-policy-report-only" ->
          NONCE.matcher(value).replaceAll("'nonce-*'");
      case "content-type" -> value.toLowerCase(Locale.ROOT).replace(" ", "");
      case "strict-transport-security" -> lasting(value.toLowerCase(Locale.ROOT));
      default -> value;
    };
  }

  private static String lasting(String value) {
    Matcher age = MAX_AGE.matcher(value);
    return age.find() && Long.parseLong(age.group(1)) >= A_YEAR ? "for a year or more" : value;
  }
}
