package dev.portcullis.cli.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reconciliations in lines for a person. */
final class ReconcileLines {

  private ReconcileLines() {}

  /** What came of a run. */
  static String of(Map<String, @Nullable Object> run, Map<String, @Nullable Object> report) {
    long differences = AdminCommand.number(report, "differences");
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s on %s: %s records of the report, %s operations match"
            .formatted(
                AdminCommand.text(run, "provider"),
                AdminCommand.text(run, "day"),
                AdminCommand.text(run, "records"),
                AdminCommand.text(report, "matched")));
    if (differences == 0) {
      lines.add("  nothing differs");
    } else {
      lines.add(
          "  %s reported and not known here, %s known here and not reported, %s of another amount,"
                  .formatted(
                      AdminCommand.text(report, "missing_here"),
                      AdminCommand.text(report, "missing_there"),
                      AdminCommand.text(report, "amount_differs"))
              + " %s in another currency".formatted(AdminCommand.text(report, "currency_differs")));
      lines.add("  reconcile items shows what is open still, and what to do about it");
    }
    if (Boolean.TRUE.equals(report.get("more"))) {
      lines.add("  more differ than are listed: is it this account's report, and of this day?");
    }
    if (AdminCommand.number(report, "explained") > 0) {
      lines.add(
          "  " + AdminCommand.text(report, "explained") + " earlier differences are explained");
    }
    return String.join(System.lineSeparator(), lines);
  }

  /** Items, each with what to do about it. */
  static String items(List<Map<String, @Nullable Object>> items) {
    if (items.isEmpty()) {
      return "Nothing is open.";
    }
    List<String> lines = new ArrayList<>();
    for (Map<String, @Nullable Object> item : items) {
      lines.add(
          "%s  %s  %s  %-16s  %s  here %s, there %s"
              .formatted(
                  AdminCommand.text(item, "id"),
                  AdminCommand.text(item, "day"),
                  AdminCommand.text(item, "provider"),
                  AdminCommand.text(item, "verdict").replace('_', ' '),
                  AdminCommand.text(item, "kind"),
                  sum(item, "our"),
                  sum(item, "their")));
      lines.add(
          "    operation %s, at the provider %s"
              .formatted(named(item, "operation"), named(item, "provider_reference")));
      lines.add(
          AdminCommand.text(item, "status").equals("settled")
              ? "    settled by %s on %s: %s"
                  .formatted(
                      AdminCommand.text(item, "settled_by"),
                      AdminCommand.time(item, "settled_at", ""),
                      AdminCommand.text(item, "reason"))
              : "    "
                  + AdminCommand.text(item, "status")
                  + ": "
                  + AdminCommand.text(item, "action"));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String named(Map<String, @Nullable Object> item, String member) {
    String text = AdminCommand.text(item, member);
    return text.isEmpty() ? "unknown" : text;
  }

  private static String sum(Map<String, @Nullable Object> item, String whose) {
    String amount = AdminCommand.text(item, whose + "_amount");
    return amount.isEmpty()
        ? "nothing"
        : amount + " " + AdminCommand.text(item, whose + "_currency").toUpperCase(Locale.ROOT);
  }
}
