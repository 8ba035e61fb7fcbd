package dev.portcullis.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** The table. */
record Report(
    Sample full,
    Sample floor,
    Sample half,
    Usage.Spent spent,
    Map<String, Long> residentMegabytes) {

  void print(PrintStream out) {
    out.println();
    line(out, "", "per second", "p50 ms", "p99 ms", "failed");
    line(out, "payments, 16 connections", full);
    line(out, "payments, half the rate", half);
    line(out, "floor: the same rows by plain JDBC", floor);
    out.println();
    out.printf(
        Locale.ROOT,
        "ratio to the floor  %.2f%n%n",
        full.perSecond() / (double) Math.max(1, floor.perSecond()));
    out.printf(Locale.ROOT, "%-20s %14s %14s%n", "process", "CPU ms/payment", "resident MB");
    spent
        .cpu()
        .forEach(
            (name, cpu) ->
                out.printf(
                    Locale.ROOT,
                    "%-20s %14.3f %14s%n",
                    name,
                    cpu.toNanos() / 1_000_000.0 / Math.max(1, full.count()),
                    residentMegabytes.containsKey(name) ? residentMegabytes.get(name) : "-"));
  }

  static void line(PrintStream out, String name, Sample sample) {
    line(
        out,
        name,
        Long.toString(sample.perSecond()),
        "%.1f".formatted(sample.percentileMillis(50)),
        "%.1f".formatted(sample.percentileMillis(99)),
        Long.toString(sample.failures()));
  }

  static void line(PrintStream out, String name, String... cells) {
    out.printf(
        Locale.ROOT, "%-36s %12s %10s %10s %8s%n", name, cells[0], cells[1], cells[2], cells[3]);
  }
}
