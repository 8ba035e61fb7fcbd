package dev.portcullis.vault.http;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** Counts requests and writes them in Prometheus' text form (version 0.0.4). */
public final class Metrics {

  private static final double[] BUCKETS_MILLIS = {1, 2, 5, 10, 25, 50, 100, 250, 1_000, 5_000};
  private static final double MILLIS_PER_SECOND = 1_000;

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Map<String, Times> times = new ConcurrentHashMap<>();
  private final Map<String, IntSupplier> gauges = new TreeMap<>();
  private final Map<String, Map<String, LongAdder>> counters = new ConcurrentHashMap<>();

  private static final class Times {
    final LongAdder[] buckets = new LongAdder[BUCKETS_MILLIS.length + 1];
    final LongAdder sumMicros = new LongAdder();

    Times() {
      for (int at = 0; at < buckets.length; at++) {
        buckets[at] = new LongAdder();
      }
    }
  }

  /** Adds a gauge; before the first request. */
  public void gauge(String name, IntSupplier value) {
    gauges.put(name, value);
  }

  /**
   * Counts.
   *
   * @param name ends with {@code _total}
   * @param label one of a few
   * @param value one of a few
   * @param times how often, 0 or more
   */
  public void count(String name, String label, String value, long times) {
    counters
        .computeIfAbsent(name, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(label + "=\"" + value + "\"", _ -> new LongAdder())
        .add(times);
  }

  /** What was counted so. */
  public long count(String name, String label, String value) {
    return counters
        .getOrDefault(name, Map.of())
        .getOrDefault(label + "=\"" + value + "\"", new LongAdder())
        .sum();
  }

  /**
   * Counts a request.
   *
   * @param route one of a few names
   * @param micros how long it took, in microseconds
   */
  void request(String route, int status, long micros) {
    counts
        .computeIfAbsent(
            "route=\"" + route + "\",status=\"" + status + "\"", name -> new LongAdder())
        .increment();
    Times of = times.computeIfAbsent(route, name -> new Times());
    of.sumMicros.add(micros);
    int bucket = 0;
    while (bucket < BUCKETS_MILLIS.length && micros > BUCKETS_MILLIS[bucket] * MILLIS_PER_SECOND) {
      bucket++;
    }
    of.buckets[bucket].increment();
  }

  /** All of it as text. */
  String text() {
    StringBuilder out = new StringBuilder();
    out.append("# TYPE portcullis_vault_requests_total counter\n");
    new TreeMap<>(counts)
        .forEach(
            (labels, count) -> line(out, "portcullis_vault_requests_total", labels, count.sum()));
    out.append("# TYPE portcullis_vault_request_seconds histogram\n");
    new TreeMap<>(times).forEach((route, of) -> histogram(out, route, of));
    new TreeMap<>(counters)
        .forEach(
            (name, of) -> {
              out.append("# TYPE ").append(name).append(" counter\n");
              new TreeMap<>(of).forEach((labels, count) -> line(out, name, labels, count.sum()));
            });
    gauges.forEach(
        (name, value) -> {
          out.append("# TYPE ").append(name).append(" gauge\n");
          out.append(name).append(' ').append(value.getAsInt()).append('\n');
        });
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    out.append("# TYPE jvm_memory_used_bytes gauge\n");
    line(out, "jvm_memory_used_bytes", "area=\"heap\"", heap);
    return out.toString();
  }

  private static void histogram(StringBuilder out, String route, Times of) {
    String name = "portcullis_vault_request_seconds";
    long count = 0;
    for (int at = 0; at < of.buckets.length; at++) {
      count += of.buckets[at].sum();
      String bound =
          at < BUCKETS_MILLIS.length
              ? Double.toString(BUCKETS_MILLIS[at] / MILLIS_PER_SECOND)
              : "+Inf";
      line(out, name + "_bucket", "route=\"" + route + "\",le=\"" + bound + "\"", count);
    }
    line(out, name + "_count", "route=\"" + route + "\"", count);
    out.append(name)
        .append("_sum{route=\"")
        .append(route)
        .append("\"} ")
        .append(of.sumMicros.sum() / 1e6)
        .append('\n');
  }

  private static void line(StringBuilder out, String name, String labels, long value) {
    out.append(name).append('{').append(labels).append("} ").append(value).append('\n');
  }
}
