package dev.portcullis.cli.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the commands about pages say to a person. */
final class PageLines {

  private static final String REPORT = "%-8s  %-26s  %-40s  %8s  %-20s  %s";
  private static final String PAGE = "%-32s  %-10s  %-20s  %s";

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

  static String list(List<Map<String, @Nullable Object>> pages) {
    List<String> lines = new ArrayList<>();
    lines.add(PAGE.formatted("PAGE", "STANDS", "LAST GOOD LOOK", "ADDRESS"));
    for (Map<String, @Nullable Object> page : pages) {
      String account = AdminCommand.text(page, "account");
      lines.add(
          PAGE.formatted(
                  AdminCommand.text(page, "id"),
                  stands(page),
                  AdminCommand.time(page, "last_good", "never"),
                  AdminCommand.text(page, "url"))
              + (account.isEmpty() ? "" : "  (" + account + ")"));
    }
    if (pages.stream().anyMatch(page -> page.get("last_good") == null)) {
      lines.add("Each page is looked at by itself before long; `pages check` looks at once.");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String stands(Map<String, @Nullable Object> page) {
    String status = AdminCommand.text(page, "status");
    return page.get("fault") == null || status.equals("changed") ? status : "not got";
  }

  static String checked(List<Map<String, @Nullable Object>> pages) {
    return pages.stream()
        .map(PageLines::checked)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String checked(Map<String, @Nullable Object> page) {
    List<String> lines = new ArrayList<>();
    String head = AdminCommand.text(page, "id") + "  " + AdminCommand.text(page, "url") + ": ";
    String status = AdminCommand.text(page, "status");
    if (status.equals("changed")) {
      lines.add(head + "NOT as approved");
    } else if (page.get("fault") != null) {
      lines.add(head + "could not be looked at: " + AdminCommand.text(page, "fault"));
    } else {
      lines.add(head + (status.equals("same") ? "as approved" : "nobody has approved it yet"));
    }
    for (Object each : list(page, "changes")) {
      lines.add("    " + AdminCommand.text(AdminCommand.object(each), "message"));
    }
    if (!AdminCommand.text(page, "status").equals("same") && page.get("fingerprint") != null) {
      lines.add("    fingerprint " + AdminCommand.text(page, "fingerprint"));
    }
    return String.join(System.lineSeparator(), lines);
  }

  static String shown(Map<String, @Nullable Object> page) {
    List<String> lines = new ArrayList<>();
    lines.add(checked(page));
    lines.add("what it is made of, fingerprint " + AdminCommand.text(page, "fingerprint") + ":");
    list(page, "items").forEach(item -> lines.add("    " + line(item)));
    if (page.get("approval") instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> approval = AdminCommand.object(map);
      lines.add(
          "approved as version %s by %s on %s"
              .formatted(
                  AdminCommand.text(approval, "version"),
                  AdminCommand.text(approval, "approved_by"),
                  AdminCommand.time(approval, "created", "")));
      AdminCommand.object(approval.get("reasons"))
          .forEach((subject, why) -> lines.add("    " + subject + ": " + why));
    } else {
      lines.add("nobody has approved anything; expected is what the release itself serves");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(Object item) {
    return item instanceof List<?> parts
        ? parts.stream().map(String::valueOf).collect(Collectors.joining("  "))
        : "";
  }

  private static List<?> list(Map<String, @Nullable Object> object, String member) {
    return object.get(member) instanceof List<?> list ? list : List.of();
  }
}
