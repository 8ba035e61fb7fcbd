package dev.portcullis.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters in Prometheus' text form. */
final class Metrics {
  private final Map<String, LongAdder> counters = new ConcurrentSkipListMap<>();

  void answered(String provider, String operation, int status) {
    count(
        "portcullis_simulator_requests_total{"
            + label(provider)
            + ",operation=\""
            + operation
            + "\",status=\""
            + status
            + "\"}");
  }

  void faulted(String provider, Fault fault) {
    count(
        "portcullis_simulator_faults_total{"
            + label(provider)
            + ",fault=\""
            + fault.wire()
            + "\"}");
  }

  private static String label(String provider) {
    return "provider=\"" + provider + "\"";
  }

  private void count(String series) {
    counters.computeIfAbsent(series, name -> new LongAdder()).increment();
  }

  /**
   * All counters and the size of each ledger.
   *
   * @param operations by provider, in order
   */
  String text(Map<String, Integer> operations) {
    StringBuilder text = new StringBuilder(1_024);
    text.append("# TYPE portcullis_simulator_requests_total counter\n");
    text.append("# TYPE portcullis_simulator_faults_total counter\n");
    counters.forEach((series, value) -> text.append(series).append(' ').append(value).append('\n'));
    text.append("# TYPE portcullis_simulator_operations gauge\n");
    operations.forEach(
        (provider, size) ->
            text.append("portcullis_simulator_operations{")
                .append(label(provider))
                .append("} ")
                .append(size)
                .append('\n'));
    return text.toString();
  }
}
