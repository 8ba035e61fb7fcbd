package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;

/** Figures of deliveries, for whoever watches the gateway; no endpoint is named in them. */
final class WebhookMetrics {

  /** Whoever has more waiting needs no exact figure. */
  private static final int MOST_COUNTED = 100_000;

  private final MeterRegistry meters;
  private final Timer delay;

  WebhookMetrics(MeterRegistry meters, DeliveryStore store, Lanes lanes, InstantSource clock) {
    this.meters = meters;
    Gauge.builder("portcullis.webhooks.waiting", store, each -> each.waiting(MOST_COUNTED))
        .description("Deliveries that wait, counted up to " + MOST_COUNTED)
        .register(meters);
    Gauge.builder(
            "portcullis.webhooks.oldest", store, each -> seconds(each.lateness(clock.instant())))
        .description("Seconds for which the delivery that is overdue longest has been due")
        .baseUnit("seconds")
        .register(meters);
    Gauge.builder("portcullis.webhooks.under.way", lanes, Lanes::underWay)
        .description("Attempts that are under way")
        .register(meters);
    delay =
        Timer.builder("portcullis.webhooks.delay")
            .description("From an event to the end of the first attempt to tell of it")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofMillis(1))
            .maximumExpectedValue(Duration.ofMinutes(10))
            .register(meters);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }

  void count(Attempted attempted) {
    meters
        .counter("portcullis.webhooks.attempts", "outcome", attempted.outcome().wire())
        .increment();
    if (attempted.claim().attempt() == 1) {
      Duration passed = Duration.between(attempted.claim().created(), attempted.begun());
      delay.record(passed.isNegative() ? Duration.ZERO : passed);
    }
  }
}
