package dev.portcullis.simulator;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go wrong, and how: a function of the seed, the reference and how often it came, so
 * that a run repeats.
 *
 * @param seed of the run
 * @param rates the share of requests for each fault, 0 to 1 together
 * @param latencyRate the share of requests that wait first
 * @param latencyLeast the shortest wait, milliseconds
 * @param latencyMost the longest wait, milliseconds
 * @param timeoutMillis how long a timed-out request is held
 */
record FaultPlan(
    long seed,
    Map<Fault, Double> rates,
    double latencyRate,
    int latencyLeast,
    int latencyMost,
    int timeoutMillis) {

  private static final int MAX_MILLIS = 120_000;

  /**
   * What happens to one request.
   *
   * @param latencyMillis how long it waits first, 0 for not at all
   * @param fault what goes wrong, or null
   * @param variety a seeded number from which garbage is made
   */
  record Draw(int latencyMillis, @Nullable Fault fault, int variety) {}

  Draw draw(String reference, int attempt) {
    SplittableRandom random =
        new SplittableRandom(seed * 31 + ReferenceIndex.hash(reference) + attempt);
    int latency =
        random.nextDouble() < latencyRate ? random.nextInt(latencyLeast, latencyMost + 1) : 0;
    return new Draw(latency, pick(random.nextDouble()), random.nextInt(1 << 20));
  }

  private @Nullable Fault pick(double at) {
    double from = 0;
    for (Map.Entry<Fault, Double> rate : rates.entrySet()) {
      from += rate.getValue();
      if (at < from) {
        return rate.getKey();
      }
    }
    return null;
  }

  /**
   * Reads the control API's form.
   *
   * @throws Refused naming the member that is wrong
   */
  static FaultPlan read(Map<String, @Nullable Object> body) {
    for (String name : body.keySet()) {
      if (!List.of("seed", "rates", "latency_ms", "timeout_ms").contains(name)) {
        throw Refused.invalid(name, "Unknown parameter.");
      }
    }
    Map<Fault, Double> rates = new EnumMap<>(Fault.class);
    double latencyRate = 0;
    double sum = 0;
    if (body.get("rates") instanceof Map<?, ?> given) {
      for (Map.Entry<?, ?> entry : given.entrySet()) {
        double rate = rate(String.valueOf(entry.getKey()), entry.getValue());
        if ("latency".equals(entry.getKey())) {
          latencyRate = rate;
        } else {
          rates.put(fault(String.valueOf(entry.getKey())), rate);
          sum += rate;
        }
      }
    } else if (body.get("rates") != null) {
      throw Refused.invalid("rates", "An object is needed.");
    }
    if (sum > 1 + 1e-9) {
      throw Refused.invalid("rates", "The rates without latency may be 1 together at most.");
    }
    List<Integer> latency = latency(body.get("latency_ms"));
    return new FaultPlan(
        body.get("seed") instanceof Long seed ? seed : 1,
        rates,
        latencyRate,
        latency.getFirst(),
        latency.getLast(),
        body.get("timeout_ms") == null ? 15_000 : millis("timeout_ms", body.get("timeout_ms")));
  }

  private static Fault fault(String name) {
    for (Fault fault : Fault.values()) {
      if (fault.wire().equals(name)) {
        return fault;
      }
    }
    throw Refused.invalid("rates." + name, "There is no such fault.");
  }

  private static double rate(String name, @Nullable Object value) {
    double rate =
        switch (value) {
          case Long whole -> whole.doubleValue();
          case BigDecimal decimal -> decimal.doubleValue();
          case null, default -> -1;
        };
    if (rate < 0 || rate > 1) {
      throw Refused.invalid("rates." + name, "A number from 0 to 1 is needed.");
    }
    return rate;
  }

  private static List<Integer> latency(@Nullable Object value) {
    if (value == null) {
      return List.of(5, 50);
    }
    if (value instanceof List<?> pair && pair.size() == 2) {
      int least = millis("latency_ms", pair.getFirst());
      int most = millis("latency_ms", pair.getLast());
      if (least <= most) {
        return List.of(least, most);
      }
    }
    throw Refused.invalid("latency_ms", "Two numbers are needed, the smaller first.");
  }

  private static int millis(String name, @Nullable Object value) {
    if (value instanceof Long millis && millis >= 0 && millis <= MAX_MILLIS) {
      return millis.intValue();
    }
    throw Refused.invalid(name, "Milliseconds from 0 to " + MAX_MILLIS + " are needed.");
  }
}
