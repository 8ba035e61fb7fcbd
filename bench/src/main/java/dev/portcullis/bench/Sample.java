package dev.portcullis.bench;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What a part of the run measured.
 *
 * @param latency microseconds of each success
 * @param lastPayment the id of something that this part made, empty for the floor
 */
record Sample(Histogram latency, long failures, Duration took, String lastPayment) {

  /** Both together. */
  Sample plus(Sample more) {
    Histogram both = latency.copy();
    both.add(more.latency);
    return new Sample(both, failures + more.failures, took.plus(more.took), more.lastPayment);
  }

  long count() {
    return latency.getTotalCount();
  }

  long perSecond() {
    return count() * 1_000 / Math.max(1, took.toMillis());
  }

  double percentileMillis(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1_000.0;
  }
}
