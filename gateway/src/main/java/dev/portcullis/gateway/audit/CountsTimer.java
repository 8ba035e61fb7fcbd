package dev.portcullis.gateway.audit;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Sees to it that counts come into the trail when their interval, or the process, is over. */
@Component
final class CountsTimer implements AutoCloseable {

  private static final long PAUSE_SECONDS = 60;

  private final List<CountedActs> all;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("audit-counts").factory());

  @SuppressWarnings("FutureReturnValueIgnored") // telling never fails; the schedule ends with close
  CountsTimer(List<CountedActs> all) {
    this.all = List.copyOf(all);
    timer.scheduleWithFixedDelay(
        () -> this.all.forEach(CountedActs::tell), PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    all.forEach(CountedActs::tellAll);
  }
}
