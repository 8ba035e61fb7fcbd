package dev.portcullis.simulator;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counters in Prometheus' text form. */
final class Metrics {
  private final Map<String, LongAdder> counters = new ConcurrentSkipListMap<>();

  void answered(String operation, int status) {
    count(
        "portcullis_simulator_requests_total{operation=\""
            + operation
            + "\",status=\""
            + status
            + "\"}");
  }

  void faulted(Fault fault) {
    count("portcullis_simulator_faults_total{fault=\"" + fault.wire() + "\"}");
  }

  private void count(String series) {
    counters.computeIfAbsent(series, name -> new LongAdder()).increment();
  }

  /** All counters and the size of the ledger. */
  String text(int operations) {
    StringBuilder text = new StringBuilder(1_024);
    text.append("# TYPE portcullis_simulator_requests_total counter\n");
    text.append("# TYPE portcullis_simulator_faults_total counter\n");
    counters.forEach((series, value) -> text.append(series).append(' ').append(value).append('\n'));
    text.append("# TYPE portcullis_simulator_operations gauge\n");
    return text.append("portcullis_simulator_operations ")
        .append(operations)
        .append('\n')
        .toString();
  }
}
