package dev.portcullis.vault.http;

import dev.portcullis.vault.fields.FieldFiles;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.fields.PolicyViolation;
import dev.portcullis.wire.limits.TokenBuckets;
import dev.portcullis.wire.net.ClientAddress;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What a browser loads of the card fields, without a key, and what their pages report. A sealed
 * vault serves them too: a shopper then reads that cards are not taken, and not that a page is
 * broken.
 */
public final class FieldRoutes {

  static final String COUNTER = "portcullis_vault_policy_violations_total";

  private static final Logger LOG = Logger.getLogger(FieldRoutes.class.getName());

  /** Reports of one network in ten minutes; a browser sends few, and more say nothing new. */
  private static final int REPORTS = 20;

  private static final Duration REFILL = Duration.ofMinutes(10);
  private static final int NETWORKS = 10_000;

  private final FieldFiles files;
  private final Metrics metrics;
  private final TokenBuckets reports;

  /**
   * @param metrics where violations of a frame's policy are counted
   */
  public FieldRoutes(FieldFiles files, Metrics metrics, InstantSource clock) {
    this.files = files;
    this.metrics = metrics;
    this.reports = new TokenBuckets(REPORTS, REFILL, NETWORKS, clock);
    PolicyViolation.directives()
        .forEach(directive -> metrics.count(COUNTER, "directive", directive, 0));
  }

  /** Whether it is one of these paths, there or not. */
  boolean isFor(String path) {
    return path.startsWith(FieldFiles.FRAMES) || files.find(path).isPresent();
  }

  /** For metrics: one of a few names. */
  String nameOf(String path) {
    return path.equals(FieldFiles.REPORTS) ? path : "/fields";
  }

  /**
   * Answers.
   *
   * @throws ApiException if there is no such file, or not by this method
   */
  Reply answer(Exchange exchange, InetAddress address) {
    String path = exchange.path();
    boolean report = path.equals(FieldFiles.REPORTS);
    if (!report && files.find(path).isEmpty()) {
      throw new ApiException(ApiErrors.unrecognizedUrl(exchange.method(), path));
    }
    if (!exchange.method().equals(report ? "POST" : "GET")) {
      throw new ApiException(ApiErrors.methodNotAllowed(exchange.method(), path));
    }
    return report
        ? note(exchange, ClientAddress.network(address))
        : file(files.find(path).orElseThrow(), exchange);
  }

  /**
   * {@code POST /internal/v1/card_fields}: what the frames are, for the gateway, which holds it
   * against what arrives at the public address. {@code pages} have {@code path}, {@code headers}
   * and {@code html}; {@code files} are the {@code sha384-...} of each script and stylesheet by
   * path.
   */
  public Answer describe(InternalArguments arguments) {
    arguments.refuseOthers();
    List<Object> pages = new ArrayList<>();
    Map<String, Object> hashes = new LinkedHashMap<>();
    for (String path : files.paths()) {
      FieldFiles.Served served = files.find(path).orElseThrow();
      if (served.headers().getOrDefault("Content-Type", "").startsWith("text/html")) {
        String html = new String(served.file().bytes(), StandardCharsets.UTF_8);
        pages.add(Map.of("path", path, "headers", served.headers(), "html", html));
      } else {
        hashes.put(path, served.file().integrity());
      }
    }
    return Answer.json(200, Map.of("pages", pages, "files", hashes));
  }

  private static Reply file(FieldFiles.Served served, Exchange exchange) {
    Map<String, String> headers = new LinkedHashMap<>(served.headers());
    headers.put("ETag", served.file().tag());
    headers.put("Vary", "Accept-Encoding");
    String known = exchange.header("If-None-Match");
    if (known != null && known.length() < 1_000 && known.contains(served.file().tag())) {
      return new Reply(304, headers, new byte[0]);
    }
    if (takesGzip(exchange.header("Accept-Encoding"))) {
      headers.put("Content-Encoding", "gzip");
      return new Reply(200, headers, served.file().gzipped());
    }
    return new Reply(200, headers, served.file().bytes());
  }

  /** Whoever names it with a weight of zero does not want it (RFC 9110, 12.5.3). */
  private static boolean takesGzip(@Nullable String accepted) {
    return accepted != null
        && accepted.length() < 1_000
        && List.of(accepted.toLowerCase(Locale.ROOT).split(",")).stream()
            .map(String::strip)
            .anyMatch(
                one -> one.equals("gzip") || one.matches("gzip\\s*;\\s*q=(1|0\\.\\d*[1-9])\\S*"));
  }

  private Reply note(Exchange exchange, String network) {
    if (reports.take(network).isZero()) {
      for (PolicyViolation violation : PolicyViolation.read(exchange.body())) {
        metrics.count(COUNTER, "directive", violation.directive(), 1);
        LOG.log(
            Level.WARNING,
            "{0}: a card field's policy was violated by {1} ({2})",
            new Object[] {exchange.requestId(), violation.blocked(), violation.directive()});
      }
    }
    return new Reply(204, Map.of(), new byte[0]);
  }
}
