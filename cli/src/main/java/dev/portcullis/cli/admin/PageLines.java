package dev.portcullis.cli.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the commands about pages say to a person. */
final class PageLines {

  private static final String REPORT = "%-8s  %-26s  %-40s  %8s  %-20s  %s";

  private PageLines() {}

  static String reports(List<Map<String, @Nullable Object>> reports) {
    if (reports.isEmpty()) {
      return "No browser has reported anything.";
    }
    List<String> lines = new ArrayList<>();
    lines.add(REPORT.formatted("PAGE", "DIRECTIVE", "STOPPED", "TIMES", "FIRST", "LAST"));
    for (Map<String, @Nullable Object> report : reports) {
      lines.add(
          REPORT.formatted(
              AdminCommand.text(report, "page"),
              AdminCommand.text(report, "directive"),
              AdminCommand.text(report, "blocked"),
              AdminCommand.text(report, "count"),
              AdminCommand.time(report, "first", ""),
              AdminCommand.time(report, "last", "")));
    }
    lines.add("Anybody can send a report: take them for hints.");
    return String.join(System.lineSeparator(), lines);
  }
}
