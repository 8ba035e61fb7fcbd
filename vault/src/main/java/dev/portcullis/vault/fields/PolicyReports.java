package dev.portcullis.vault.fields;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What browsers report when a frame would do what its policy forbids (Content Security Policy 3,
 * 5.3, and the older form of level 2). Anybody can send one: only the directive, one of a list, and
 * the origin that was blocked are read, never a sample of what was run or an address with its path.
 */
public final class PolicyReports {

  /** Where they go. */
  public static final String PATH = "/fields/reports";

  private static final int MOST = 20;
  private static final String OTHER = "other";

  private static final Set<String> DIRECTIVES =
      Set.of(
          "base-uri",
          "connect-src",
          "default-src",
          "font-src",
          "form-action",
          "frame-ancestors",
          "frame-src",
          "img-src",
          "media-src",
          "object-src",
          "require-trusted-types-for",
          "script-src",
          "script-src-attr",
          "script-src-elem",
          "style-src",
          "style-src-attr",
          "style-src-elem",
          "trusted-types",
          "worker-src");

  /**
   * One violation.
   *
   * @param directive one of a few names
   * @param blocked an origin, or a word such as {@code inline}
   */
  public record Violation(String directive, String blocked) {}

  private PolicyReports() {}

  /** All names that a violation's directive may have. */
  public static List<String> directives() {
    List<String> all = new ArrayList<>(DIRECTIVES);
    all.add(OTHER);
    return all;
  }

  /** Reads a body; what is no report is left out. */
  public static List<Violation> read(byte[] body) {
    List<Violation> violations = new ArrayList<>();
    try {
      Object tree = Json.read(body);
      List<?> reports =
          tree instanceof List<?> list ? list : tree == null ? List.of() : List.of(tree);
      for (Object report : reports) {
        if (report instanceof Map<?, ?> members && violations.size() < MOST) {
          violation(members, violations);
        }
      }
    } catch (MalformedJsonException e) {
      return List.of();
    }
    return violations;
  }

  private static void violation(Map<?, ?> report, List<Violation> violations) {
    if (report.get("csp-report") instanceof Map<?, ?> old) {
      violations.add(
          of(
              old.get("effective-directive") == null
                  ? old.get("violated-directive")
                  : old.get("effective-directive"),
              old.get("blocked-uri")));
    } else if (report.get("body") instanceof Map<?, ?> body) {
      violations.add(of(body.get("effectiveDirective"), body.get("blockedURL")));
    }
  }

  private static Violation of(@Nullable Object directive, @Nullable Object blocked) {
    return new Violation(
        directive instanceof String name && DIRECTIVES.contains(name) ? name : OTHER,
        blocked instanceof String url ? origin(url) : OTHER);
  }

  private static String origin(String url) {
    if (url.matches("[a-z-]{1,32}")) {
      return url;
    }
    try {
      URI uri = new URI(url);
      String host = uri.getHost();
      String scheme = uri.getScheme();
      return host != null && host.length() <= 253 && scheme != null && scheme.matches("https?|wss?")
          ? scheme + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
          : OTHER;
    } catch (URISyntaxException e) {
      return OTHER;
    }
  }
}
