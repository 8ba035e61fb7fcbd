package dev.portcullis.cli.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code providers scorecard}: how each provider account does. */
@Command(
    name = "scorecard",
    description = {
      "Say how each provider account does: approvals, errors, latency, uptime, disputes, TLS and"
          + " attestation. A rate of too few payments is not shown; their number is."
    })
final class ProvidersScorecardCommand extends ProvidersCommand.OfAccount {

  private static final String COLUMNS = "%-24s  %-20s  %8s  %8s  %8s  %-18s  %8s";

  @Option(
      names = "--hours",
      paramLabel = "N",
      defaultValue = "24",
      description = "Of the last so many hours, 1 to 744 (${DEFAULT-VALUE}).")
  private int hours;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> cards =
        gateway().get("providers/scorecard" + query() + "&hours=" + hours);
    print(cards, table(data(cards), number(cards, "least_sample")));
    return 0;
  }

  static String table(List<Map<String, @Nullable Object>> cards, long least) {
    List<String> lines = new ArrayList<>();
    lines.add(
        COLUMNS
            .formatted("PROVIDER", "CARDS", "PAYMENTS", "APPROVED", "ERRORS", "P50/95/99 MS", "UP")
            .stripTrailing());
    boolean few = false;
    for (Map<String, @Nullable Object> card : cards) {
      few |= number(card, "attempts") < least;
      lines.add(line(text(card, "provider"), "all", card));
      if (card.get("segments") instanceof List<?> segments) {
        for (Object each : segments) {
          Map<String, @Nullable Object> segment = object(each);
          lines.add(line("", text(segment, "region") + " " + text(segment, "brand"), segment));
        }
      }
      lines.add("    " + standing(card));
    }
    if (few) {
      lines.add("-: of fewer than " + least + " payments no rate is made");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(String name, String cards, Map<String, @Nullable Object> figures) {
    return COLUMNS
        .formatted(
            name,
            cards,
            number(figures, "attempts"),
            percent(figures, "approval_rate_bp"),
            percent(figures, "error_rate_bp"),
            figures.get("latency_p50_ms") == null
                ? "-"
                : text(figures, "latency_p50_ms")
                    + "/"
                    + text(figures, "latency_p95_ms")
                    + "/"
                    + text(figures, "latency_p99_ms"),
            percent(figures, "uptime_bp"))
        .stripTrailing();
  }

  private static String percent(Map<String, @Nullable Object> figures, String member) {
    return figures.get(member) instanceof Long points
        ? "%d.%02d %%".formatted(points / 100, points % 100)
        : "-";
  }

  private static String standing(Map<String, @Nullable Object> card) {
    List<String> said = new ArrayList<>();
    said.add(number(card, "unanswered") + " calls unanswered");
    said.add(number(card, "disputes_open") + " disputes open");
    if (card.get("tls") instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> tls = object(map);
      said.add(
          Boolean.TRUE.equals(tls.get("verified"))
              ? "%s %s%s, certificate until %s"
                  .formatted(
                      text(tls, "protocol"),
                      text(tls, "cipher"),
                      Boolean.TRUE.equals(tls.get("pinned")) ? ", pinned" : "",
                      time(tls, "certificate_expires_at", "?"))
              : "TLS REFUSED: " + text(tls, "reason"));
    } else {
      said.add("TLS not seen yet");
    }
    String attested = text(card, "attestation_expires");
    said.add(attested.isEmpty() ? "no attestation noted" : "attested until " + attested);
    return String.join(", ", said);
  }

  /** {@code providers attest}. */
  @Command(
      name = "attest",
      description = "Note until when a provider's attestation of compliance (PCI DSS) holds.")
  static final class Attest extends ProvidersCommand.OfAccount {

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--expires", required = true, paramLabel = "YYYY-MM-DD", description = "When.")
    private String expires = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("expires", expires);
      Map<String, @Nullable Object> noted =
          gateway().post("providers/" + name + "/attestation", body);
      print(
          noted,
          name
              + " is attested until "
              + text(noted, "expires")
              + (Boolean.TRUE.equals(noted.get("expired")) ? ", which is over." : "."));
      return 0;
    }
  }
}
