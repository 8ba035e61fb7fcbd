package dev.portcullis.gateway.heartbeat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** Every work of the background that must not stand still unnoticed, each with its figure. */
@Component
public final class Heartbeats {

  private final InstantSource clock;
  private final MeterRegistry meters;
  private final List<Heartbeat> all = new CopyOnWriteArrayList<>();

  Heartbeats(InstantSource clock, MeterRegistry meters) {
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * One more, which counts from now on.
   *
   * @param work a word for it, in lower case with dashes
   * @param patience after how long without a success it is late
   */
  public Heartbeat of(String work, Duration patience) {
    Heartbeat made = new Heartbeat(work, patience, clock);
    Gauge.builder("portcullis.background.age", made, beat -> beat.age().toMillis() / 1_000.0)
        .description("Seconds since a work of the background last succeeded")
        .baseUnit("seconds")
        .tag("work", work)
        .register(meters);
    all.add(made);
    return made;
  }

  /** What stands still now, by its word. */
  public List<String> late() {
    return all.stream().filter(Heartbeat::isLate).map(Heartbeat::work).sorted().toList();
  }
}
