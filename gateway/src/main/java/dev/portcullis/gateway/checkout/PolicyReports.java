package dev.portcullis.gateway.checkout;

import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What browsers say that the policy of a hosted page has stopped (PCI DSS 4.0.1, 11.6.1): counted
 * by directive, and logged by directive and origin. Anybody can send such a report, so it is a hint
 * and never more, and nothing of it is repeated but what is known or has the form of an origin.
 */
@Component
final class PolicyReports {

  private static final Logger LOG = Logger.getLogger(PolicyReports.class.getName());
  private static final int MOST = 10;
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

  private final MeterRegistry meters;

  PolicyReports(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Takes a body as browsers send it (CSP 3, 5.2 and 5.3); one that is none says nothing. */
  void take(byte[] body) {
    try {
      Object read = Json.read(body);
      if (read instanceof List<?> reports) {
        reports.stream().limit(MOST).forEach(this::take);
      } else {
        take(read);
      }
    } catch (MalformedJsonException e) {
      LOG.log(Level.FINE, "a report could not be read", e);
    }
  }

  private void take(@Nullable Object report) {
    if (!(report instanceof Map<?, ?> map)) {
      return;
    }
    Map<?, ?> said = inside(map);
    String directive = directive(first(said, "effectiveDirective", "effective-directive"));
    String blocked = origin(first(said, "blockedURL", "blocked-uri"));
    Counter.builder("portcullis.page.policy.reports")
        .description("What browsers say that a hosted page's policy has stopped")
        .tag("directive", directive)
        .register(meters)
        .increment();
    LOG.log(
        Level.WARNING,
        "a browser reports that {0} of a hosted page has stopped {1}",
        new Object[] {directive, blocked});
  }

  private static Map<?, ?> inside(Map<?, ?> report) {
    for (String member : List.of("body", "csp-report")) {
      if (report.get(member) instanceof Map<?, ?> map) {
        return map;
      }
    }
    return Map.of();
  }

  private static String first(Map<?, ?> said, String one, String other) {
    Object value = said.containsKey(one) ? said.get(one) : said.get(other);
    return value instanceof String text ? text : "";
  }

  private static String directive(String sent) {
    String directive = sent.toLowerCase(Locale.ROOT);
    return DIRECTIVES.contains(directive) ? directive : "other";
  }

  /** Without path and query, which may hold what the shopper typed. */
  private static String origin(String blocked) {
    if (Set.of("inline", "eval", "trusted-types-policy", "trusted-types-sink").contains(blocked)) {
      return blocked;
    }
    try {
      URI url = new URI(blocked);
      String host = url.getHost();
      return host == null || host.length() > 100 ? "other" : url.getScheme() + "://" + host;
    } catch (URISyntaxException _) {
      return "other";
    }
  }
}
