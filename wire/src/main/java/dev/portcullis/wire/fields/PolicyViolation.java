package dev.portcullis.wire.fields;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a browser reports that a page's policy has stopped (Content Security Policy 3, 5.2 and 5.3,
 * and the older form of level 2). Anybody can send such a report, so it is a hint and never more,
 * and nothing of it is repeated but what is known or has the form of an origin: never a sample of
 * what was run, and no path or query, which may hold what a shopper typed.
 *
 * @param directive one of {@link #directives()}
 * @param blocked an origin of {@code http}, {@code https} or {@code wss}, in lower case and at most
 *     {@value #LONGEST} characters, or a word such as {@code inline}; {@code other} for all else
 * @param path of the page, as it was sent and for comparing alone: it may hold a secret. Empty
 *     where the report names none
 */
public record PolicyViolation(String directive, String blocked, String path) {

  /** What stands for all that is not known. */
  public static final String OTHER = "other";

  /** Of an origin. */
  static final int LONGEST = 200;

  /** Of one body; a browser sends few at once. */
  static final int MOST = 20;

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

  private static final Set<String> WORDS =
      Set.of(
          "inline",
          "eval",
          "wasm-eval",
          "trusted-types-policy",
          "trusted-types-sink",
          "data",
          "blob");

  private static final Set<String> SCHEMES = Set.of("http", "https", "wss");

  /** A name or an address; no underscore, no zone, nothing that is percent-encoded. */
  private static final Pattern HOST = Pattern.compile("[a-z0-9.-]+|\\[[0-9a-f:.]+]");

  private static final int MAX_PORT = 65_535;

  /** Without the path: it may let somebody in. */
  @Override
  public String toString() {
    return directive + " " + blocked;
  }

  /** All names that a violation's directive may have. */
  public static List<String> directives() {
    return Stream.concat(new TreeSet<>(DIRECTIVES).stream(), Stream.of(OTHER)).toList();
  }

  /** Reads a body as browsers send it; what is no report is left out. */
  public static List<PolicyViolation> read(byte[] body) {
    try {
      Object tree = Json.read(body);
      List<?> reports = tree instanceof List<?> list ? list : Collections.singletonList(tree);
      return reports.stream().limit(MOST).flatMap(report -> violation(report).stream()).toList();
    } catch (MalformedJsonException _) {
      return List.of();
    }
  }

  private static Optional<PolicyViolation> violation(@Nullable Object report) {
    if (!(report instanceof Map<?, ?> members)) {
      return Optional.empty();
    }
    if (members.get("csp-report") instanceof Map<?, ?> old) {
      return of(
          old.get("effective-directive") == null
              ? old.get("violated-directive")
              : old.get("effective-directive"),
          old.get("blocked-uri"),
          old.get("document-uri"));
    }
    return "csp-violation".equals(members.get("type"))
            && members.get("body") instanceof Map<?, ?> body
        ? of(body.get("effectiveDirective"), body.get("blockedURL"), body.get("documentURL"))
        : Optional.empty();
  }

  /** A report that names no directive says nothing. */
  private static Optional<PolicyViolation> of(
      @Nullable Object directive, @Nullable Object blocked, @Nullable Object document) {
    return directive instanceof String name
        ? Optional.of(
            new PolicyViolation(
                known(name),
                blocked instanceof String url ? origin(url) : OTHER,
                document instanceof String url ? path(url) : ""))
        : Optional.empty();
  }

  /** Level 2 sends the whole directive, of which the first word is the name. */
  private static String known(String sent) {
    int end = sent.indexOf(' ');
    String name = (end < 0 ? sent : sent.substring(0, end)).toLowerCase(Locale.ROOT);
    return DIRECTIVES.contains(name) ? name : OTHER;
  }

  private static String origin(String sent) {
    return WORDS.contains(sent) ? sent : url(sent).flatMap(PolicyViolation::origin).orElse(OTHER);
  }

  private static Optional<String> origin(URI url) {
    String scheme = lower(url.getScheme());
    String host = lower(url.getHost());
    boolean ours =
        SCHEMES.contains(scheme) && HOST.matcher(host).matches() && url.getPort() <= MAX_PORT;
    String origin = scheme + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort());
    return ours && origin.length() <= LONGEST ? Optional.of(origin) : Optional.empty();
  }

  private static String path(String sent) {
    return url(sent).map(URI::getRawPath).orElse("");
  }

  private static Optional<URI> url(String sent) {
    try {
      return Optional.of(new URI(sent));
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }
}
