package dev.portcullis.cli.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * API keys for a person to read, none of whose lines is longer than a terminal is wide: what each
 * one is in columns, and beneath it what it is for, who made it, its last use and where it may come
 * from.
 */
final class KeyTable {

  static final int WIDTH = 100;

  private static final String COLUMNS = "%-26s  %-15s  %-11s  %-4s  %-8s  %-20s";
  private static final String INDENT = "    ";

  private KeyTable() {}

  /** The table, or a sentence where there are no keys. */
  static String of(List<Map<String, @Nullable Object>> keys) {
    if (keys.isEmpty()) {
      return "There are no keys.";
    }
    List<String> lines = new ArrayList<>();
    lines.add(COLUMNS.formatted("ID", "KEY", "KIND", "MODE", "STATUS", "EXPIRES").stripTrailing());
    for (Map<String, @Nullable Object> key : keys) {
      lines.add(columns(key));
      wrap(words(key), " ", lines);
      wrap(uses(key), ", ", lines);
    }
    return String.join(System.lineSeparator(), lines);
  }

  private static String columns(Map<String, @Nullable Object> key) {
    return COLUMNS
        .formatted(
            AdminCommand.text(key, "id"),
            AdminCommand.text(key, "hint"),
            AdminCommand.text(key, "kind"),
            Boolean.TRUE.equals(key.get("livemode")) ? "live" : "test",
            AdminCommand.text(key, "status"),
            AdminCommand.time(key, "expires_at", "never"))
        .stripTrailing();
  }

  /** What somebody said that it is for. */
  private static List<String> words(Map<String, @Nullable Object> key) {
    return List.of(AdminCommand.text(key, "description").strip().split("\\s+"));
  }

  private static List<String> uses(Map<String, @Nullable Object> key) {
    String by = AdminCommand.text(key, "created_by");
    boolean used = key.get("last_used_at") != null;
    List<String> parts = new ArrayList<>();
    parts.add(by.isEmpty() ? "made by up" : "made by " + by);
    if (used) {
      // What whoever rolled a key waits for: that nobody uses the old one any more.
      parts.add(
          (AdminCommand.text(key, "status").equals("rolled") ? "still used " : "used ")
              + AdminCommand.time(key, "last_used_at", "")
              + " from "
              + AdminCommand.text(key, "last_used_address"));
    } else {
      parts.add("never used");
    }
    if (AdminCommand.text(key, "vault").equals("pending")) {
      parts.add("pending at vault");
    }
    List<String> cidrs =
        key.get("cidrs") instanceof List<?> blocks
            ? blocks.stream().map(String::valueOf).toList()
            : List.of();
    if (cidrs.isEmpty()) {
      parts.add("allowed from anywhere");
    } else {
      parts.add("allowed from " + cidrs.getFirst());
      parts.addAll(cidrs.subList(1, cidrs.size()));
    }
    return parts;
  }

  private static void wrap(List<String> parts, String between, List<String> lines) {
    String line = "";
    for (String part : parts) {
      int length = INDENT.length() + line.length() + between.length() + part.length();
      if (!line.isEmpty() && length + between.length() > WIDTH) {
        lines.add(INDENT + (line + between).stripTrailing());
        line = part;
      } else {
        line = line.isEmpty() ? part : line + between + part;
      }
    }
    if (!line.isEmpty()) {
      lines.add(INDENT + line);
    }
  }
}
