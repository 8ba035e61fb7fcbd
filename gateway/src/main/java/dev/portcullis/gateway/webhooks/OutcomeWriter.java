package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import dev.portcullis.gateway.webhooks.OutcomeStore.Failing;
import dev.portcullis.gateway.webhooks.OutcomeStore.Line;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;

/**
 * Makes outcomes durable, all that have come meanwhile with one commit, and only then frees their
 * places. So what a killed gateway has sent and not written is never more than was under way, and
 * while the database is away nothing more is sent than there are places. That also bounds the
 * queue.
 */
final class OutcomeWriter {

  private static final Logger LOG = Logger.getLogger(OutcomeWriter.class.getName());
  private static final int BATCH = 256;
  private static final long PAUSE_MILLIS = 200;

  /** An endpoint of which every attempt failed for so long is disabled. */
  private static final Duration LONGEST_FAILURE = Duration.ofDays(5);

  private final OutcomeStore store;
  private final Lanes lanes;
  private final EndpointDisabling disabling;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final BlockingQueue<Attempted> queue = new LinkedBlockingQueue<>();
  private final CountDownLatch stop = new CountDownLatch(1);

  OutcomeWriter(
      OutcomeStore store,
      Lanes lanes,
      EndpointDisabling disabling,
      InstantSource clock,
      RandomGenerator random) {
    this.store = store;
    this.lanes = lanes;
    this.disabling = disabling;
    this.clock = clock;
    this.random = random;
  }

  /** Takes an outcome; it is written soon. */
  void add(Attempted attempted) {
    queue.add(attempted);
  }

  /** Works until told to stop and nothing is left, telling that listener when places are free. */
  void run(Runnable freed) {
    try {
      while (stop.getCount() > 0 || !queue.isEmpty()) {
        Attempted first = queue.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          List<Attempted> batch = new ArrayList<>(List.of(first));
          queue.drainTo(batch, BATCH - 1);
          write(batch);
          freed.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever goes wrong, places are freed at last: the leases bring the deliveries back. */
  private void write(List<Attempted> batch) throws InterruptedException {
    List<Line> lines = new ArrayList<>(batch.size());
    Instant now = clock.instant();
    for (Attempted each : batch) {
      Claim claim = each.claim();
      Instant paused = lanes.judge(each, now).orElse(null);
      lines.add(new Line(each, NextStep.of(each.outcome(), claim, now, random), now, paused));
    }
    try {
      List<Failing> failing = writePatiently(lines);
      disable(lines, failing, now);
    } finally {
      batch.forEach(each -> lanes.end(each.claim()));
    }
  }

  /** Until the leases are over, since then others have them. */
  private List<Failing> writePatiently(List<Line> lines) throws InterruptedException {
    Instant last =
        lines.stream().map(line -> line.attempted().claim().lease()).max(Instant::compareTo).get();
    do {
      try {
        return store.write(lines);
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "outcomes of webhooks are not written yet", e);
      }
    } while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS) && clock.instant().isBefore(last));
    return List.of();
  }

  private void disable(List<Line> lines, List<Failing> failing, Instant now) {
    lines.stream()
        .filter(
            line ->
                line.attempted().outcome() instanceof Outcome.Refused refused && refused.isGone())
        .map(line -> line.attempted().claim())
        .distinct()
        .forEach(
            gone ->
                disabling.disable(
                    gone.account(), gone.livemode(), gone.endpoint(), "it answered 410 (Gone)"));
    failing.stream()
        .filter(each -> !each.since().plus(LONGEST_FAILURE).isAfter(now))
        .forEach(
            each ->
                disabling.disable(
                    each.account(),
                    each.livemode(),
                    each.endpoint(),
                    "every attempt has failed for five days"));
  }

  /** Ends the work once what came is written. */
  void stop() {
    stop.countDown();
  }
}
