package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Refusal;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Transfers of cards in lines for a person. */
final class TransferLines {

  private static final long PAUSE_SECONDS = 1;
  private static final long SHOWN_EVERY = 8L << 20;

  private TransferLines() {}

  /** One line. */
  static String line(Map<String, @Nullable Object> transfer) {
    String total = AdminCommand.text(transfer, "total");
    return "%s  %-6s %-10s %s %s  %s of %s  by %s%s"
        .formatted(
            AdminCommand.text(transfer, "id"),
            AdminCommand.text(transfer, "kind"),
            AdminCommand.text(transfer, "status"),
            AdminCommand.text(transfer, "account"),
            Boolean.TRUE.equals(transfer.get("livemode")) ? "live" : "test",
            AdminCommand.text(transfer, "moved"),
            total.isEmpty() ? "?" : total,
            AdminCommand.text(transfer, "proposed_by"),
            AdminCommand.text(transfer, "confirmed_by").isEmpty()
                ? ""
                : " and " + AdminCommand.text(transfer, "confirmed_by"));
  }

  /** All of it: what was found, what came of it. */
  static String of(Map<String, @Nullable Object> transfer) {
    List<String> lines = new ArrayList<>();
    lines.add(line(transfer));
    lines.add("  purpose: " + AdminCommand.text(transfer, "purpose"));
    add(lines, transfer, "sha256");
    add(lines, transfer, "recipient");
    table(lines, "found", transfer.get("findings"));
    table(lines, "report", transfer.get("report"));
    return String.join(System.lineSeparator(), lines);
  }

  private static void add(
      List<String> lines, Map<String, @Nullable Object> transfer, String member) {
    if (!AdminCommand.text(transfer, member).isEmpty()) {
      lines.add("  " + member + ": " + AdminCommand.text(transfer, member));
    }
  }

  private static void table(List<String> lines, String name, @Nullable Object content) {
    if (!(content instanceof Map<?, ?> members)) {
      return;
    }
    lines.add("  " + name + ":");
    members.forEach(
        (member, value) -> {
          if (value instanceof List<?> list) {
            lines.add("    %-18s %d".formatted(member, list.size()));
            list.forEach(each -> lines.add("      " + flat(each)));
          } else {
            lines.add("    %-18s %s".formatted(member, flat(value)));
          }
        });
  }

  private static String flat(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> members)) {
      return String.valueOf(value);
    }
    List<String> parts = new ArrayList<>();
    members.forEach((member, each) -> parts.add(member + " " + each));
    return String.join(", ", parts);
  }

  /** Says now and then how far it is. */
  static void progress(PrintWriter err, String what, long done, long total) {
    if (done / SHOWN_EVERY != (done - 1) / SHOWN_EVERY || done == total) {
      err.println("  %d of %d %s".formatted(done, total, what));
      err.flush();
    }
  }

  /** A moment before it is asked again. */
  static void pause() {
    pause(PAUSE_SECONDS);
  }

  /** Waits that long. */
  static void pause(long seconds) {
    try {
      new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted; the transfer goes on.", e);
    }
  }
}
