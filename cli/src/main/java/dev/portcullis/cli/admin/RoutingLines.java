package dev.portcullis.cli.admin;

import dev.portcullis.wire.json.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the commands about routing say to a person. */
final class RoutingLines {

  private static final String MOVE = "%-20s %-20s %-12s %-14s %9s  %s";

  private RoutingLines() {}

  static String shown(Map<String, @Nullable Object> routing) {
    List<String> lines = new ArrayList<>();
    long active = AdminCommand.number(routing, "active");
    lines.add(
        active == 0
            ? "No rules: payments go to the provider accounts in their order (providers list)."
            : "Version " + active + " routes:");
    if (active != 0) {
      lines.add(pretty(routing.get("document")));
    }
    for (Object each : list(routing, "activations")) {
      Map<String, @Nullable Object> activation = AdminCommand.object(each);
      lines.add(
          "%s  version %s by %s"
              .formatted(
                  AdminCommand.time(activation, "at", ""),
                  AdminCommand.text(activation, "version"),
                  AdminCommand.text(activation, "author")));
    }
    for (Object each : list(routing, "circuits_open")) {
      lines.add("out of the route, as not answering or not connected: " + each + " cards");
    }
    return String.join(System.lineSeparator(), lines);
  }

  static String explained(List<Map<String, @Nullable Object>> decisions) {
    List<String> lines = new ArrayList<>();
    for (Map<String, @Nullable Object> decision : decisions) {
      lines.add(
          "%s  attempt %s went to %s: %s"
              .formatted(
                  AdminCommand.time(decision, "created", ""),
                  AdminCommand.text(decision, "attempt"),
                  AdminCommand.text(decision, "provider"),
                  outcome(decision)));
      retry(decision, lines);
      for (Object each : list(decision, "rules")) {
        Map<String, @Nullable Object> rule = AdminCommand.object(each);
        lines.add(
            "    rule %s: %s"
                .formatted(
                    AdminCommand.text(rule, "name"),
                    Boolean.TRUE.equals(rule.get("matched"))
                        ? "matches"
                        : AdminCommand.text(rule, "failed") + " does not hold"));
      }
      list(decision, "providers").stream()
          .sorted(Comparator.comparingLong(RoutingLines::place))
          .forEach(standing -> lines.add(standing(AdminCommand.object(standing))));
    }
    return String.join(System.lineSeparator(), lines);
  }

  static String retries(List<Map<String, @Nullable Object>> planned) {
    if (planned.isEmpty()) {
      return "Nothing is going to be tried again.";
    }
    List<String> lines = new ArrayList<>();
    for (Map<String, @Nullable Object> plan : planned) {
      lines.add(
          "%s  %s  retry %s: %s"
              .formatted(
                  AdminCommand.time(plan, "planned", ""),
                  AdminCommand.text(plan, "payment"),
                  AdminCommand.text(plan, "number"),
                  AdminCommand.text(plan, "reason")));
    }
    return String.join(System.lineSeparator(), lines);
  }

  /** What the attempt tried again, and when it is tried again itself. */
  private static void retry(Map<String, @Nullable Object> decision, List<String> lines) {
    if (decision.get("retry") instanceof Map<?, ?> made) {
      Map<String, @Nullable Object> plan = AdminCommand.object(made);
      lines.add(
          "    retry %s of %s: %s"
              .formatted(
                  AdminCommand.text(plan, "number"),
                  AdminCommand.text(plan, "of"),
                  AdminCommand.text(plan, "reason")));
    }
    if (decision.get("retried") instanceof Map<?, ?> made) {
      Map<String, @Nullable Object> plan = AdminCommand.object(made);
      String ended = AdminCommand.text(plan, "ended");
      lines.add(
          "    to be tried again from %s on: %s"
              .formatted(
                  AdminCommand.time(plan, "planned", ""),
                  ended.isEmpty() ? AdminCommand.text(plan, "state") : "dropped, " + ended));
    }
  }

  /** Those that were left out come last. */
  private static long place(Object standing) {
    long place = AdminCommand.number(AdminCommand.object(standing), "place");
    return place == 0 ? Long.MAX_VALUE : place;
  }

  private static String standing(Map<String, @Nullable Object> standing) {
    long place = AdminCommand.number(standing, "place");
    return "    %-3s %s: %s"
        .formatted(
            place == 0 ? "-" : place + ".",
            AdminCommand.text(standing, "provider"),
            AdminCommand.text(standing, "reason"));
  }

  private static String outcome(Map<String, @Nullable Object> decision) {
    String outcome = AdminCommand.text(decision, "outcome");
    String code = AdminCommand.text(decision, "decline_code");
    String latency = AdminCommand.text(decision, "latency_ms");
    return (outcome.isEmpty() ? "open" : outcome)
        + (code.isEmpty() ? "" : " (" + code + ")")
        + (latency.isEmpty() ? "" : " in " + latency + " ms");
  }

  static String replayed(Map<String, @Nullable Object> replay) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s payments of %s days: %s would go where they went, %s would find no provider account."
            .formatted(
                AdminCommand.text(replay, "payments"),
                AdminCommand.text(replay, "days"),
                AdminCommand.text(replay, "unchanged"),
                AdminCommand.text(replay, "without_provider")));
    List<?> moves = list(replay, "moves");
    if (moves.isEmpty()) {
      return String.join(System.lineSeparator(), lines);
    }
    lines.add(
        MOVE.formatted("FROM", "TO", "BRAND", "REGION", "PAYMENTS", "APPROVED, AND EXPECTED"));
    for (Object each : moves) {
      Map<String, @Nullable Object> move = AdminCommand.object(each);
      lines.add(
          MOVE.formatted(
              AdminCommand.text(move, "from"),
              AdminCommand.text(move, "to"),
              AdminCommand.text(move, "brand"),
              AdminCommand.text(move, "region"),
              AdminCommand.text(move, "payments"),
              judged(move) + latency(move)));
    }
    Map<String, @Nullable Object> total = AdminCommand.object(replay.get("total"));
    lines.add(
        "Of those that can be judged: %s. %s payments moved that cannot be judged."
            .formatted(judged(total), AdminCommand.text(total, "payments_without_data")));
    for (Object each : list(replay, "costs")) {
      Map<String, @Nullable Object> cost = AdminCommand.object(each);
      lines.add(
          "Cost of %s approved payments that move, in minor units of %s: %s, and %s instead (%s"
                  .formatted(
                      AdminCommand.text(cost, "payments"),
                      AdminCommand.text(cost, "currency"),
                      AdminCommand.text(cost, "cost"),
                      AdminCommand.text(cost, "expected_cost"),
                      AdminCommand.text(cost, "payments_of_unknown_cost"))
              + " more have no known cost).");
    }
    lines.add("Estimates take cards of one brand and region for alike, which they need not be.");
    return String.join(System.lineSeparator(), lines);
  }

  private static String judged(Map<String, @Nullable Object> counts) {
    String was =
        AdminCommand.text(counts, "approved") + " of " + AdminCommand.text(counts, "ended");
    if (counts.get("expected") == null) {
      return was + ", and no data";
    }
    Map<String, @Nullable Object> expected = AdminCommand.object(counts.get("expected"));
    return "%s, and %s (%s to %s, judged by %s)"
        .formatted(
            was,
            AdminCommand.text(expected, "approved"),
            AdminCommand.text(expected, "low"),
            AdminCommand.text(expected, "high"),
            AdminCommand.text(expected, "judged_by"));
  }

  private static String latency(Map<String, @Nullable Object> move) {
    String was = AdminCommand.text(move, "latency_ms");
    String would = AdminCommand.text(move, "expected_latency_ms");
    return was.isEmpty() || would.isEmpty() ? "" : "; %s ms, and %s ms".formatted(was, would);
  }

  private static List<?> list(Map<String, @Nullable Object> object, String member) {
    return object.get(member) instanceof List<?> list ? list : List.of();
  }

  /** JSON with each member of the outermost two levels on a line of its own. */
  static String pretty(@Nullable Object document) {
    return pretty(document, "", 0);
  }

  private static final int DEEPEST = 2;

  private static String pretty(@Nullable Object value, String indent, int depth) {
    String inner = indent + "  ";
    List<String> parts = new ArrayList<>();
    if (depth < DEEPEST && value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach(
          (name, member) ->
              parts.add(inner + Json.writeString(name) + ": " + pretty(member, inner, depth + 1)));
      return "{\n" + String.join(",\n", parts) + "\n" + indent + "}";
    }
    if (depth < DEEPEST && value instanceof List<?> list && !list.isEmpty()) {
      list.forEach(each -> parts.add(inner + pretty(each, inner, depth + 1)));
      return "[\n" + String.join(",\n", parts) + "\n" + indent + "]";
    }
    return Json.writeString(value);
  }
}
