package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.heartbeat.Heartbeat;
import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Sends events from when the gateway serves until it stops. A commit of this process wakes it, and
 * so do places that become free; for what others left behind it looks several times a second.
 *
 * <p>Told to stop, it begins nothing more and waits a while for what is under way. What has no
 * outcome by then comes back when its lease is over, as after a kill.
 */
final class WebhookWorker implements SmartLifecycle {

  private static final Logger LOG = Logger.getLogger(WebhookWorker.class.getName());
  private static final Duration TICK = Duration.ofMillis(200);

  /** Between two rounds, so that many commits are one round's work. */
  private static final Duration GATHER = Duration.ofMillis(10);

  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final Dispatcher dispatcher;
  private final Resends resends;
  private final OutcomeWriter writer;
  private final Lanes lanes;
  private final WebhookMetrics metrics;
  private final Heartbeat heartbeat;
  private final InstantSource clock;
  private final BlockingQueue<Boolean> bell = new ArrayBlockingQueue<>(1);
  private final CountDownLatch stop = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("webhook-", 0).factory());
  private long lastResend = System.nanoTime();
  private @Nullable Thread sending;
  private @Nullable Thread writing;

  WebhookWorker(
      Dispatcher dispatcher,
      Resends resends,
      OutcomeWriter writer,
      Lanes lanes,
      WebhookMetrics metrics,
      Heartbeat heartbeat,
      InstantSource clock) {
    this.dispatcher = dispatcher;
    this.resends = resends;
    this.writer = writer;
    this.lanes = lanes;
    this.metrics = metrics;
    this.heartbeat = heartbeat;
    this.clock = clock;
  }

  /** Something may be due; returns at once. */
  void wake() {
    bell.offer(true);
  }

  @Override
  public void start() {
    sending = Thread.ofPlatform().daemon().name("webhooks").start(this::send);
    writing =
        Thread.ofPlatform().daemon().name("webhook-outcomes").start(() -> writer.run(this::wake));
  }

  private void send() {
    try {
      while (stop.getCount() > 0) {
        boolean more = roundSafely();
        more |= resendSafely();
        if (!more) {
          bell.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (stop.await(GATHER.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An error must not end the sending: the database may be back at the next round. */
  private boolean roundSafely() {
    try {
      boolean more = dispatcher.round(threads, this::ended);
      heartbeat.beat();
      return more;
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "webhooks could not be sent", e);
      return false;
    }
  }

  /** As often as a quiet round comes, so that it takes a share and not all. */
  private boolean resendSafely() {
    long now = System.nanoTime();
    if (now - lastResend < TICK.toNanos()) {
      return false;
    }
    lastResend = now;
    try {
      return resends.step(clock.instant());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "events could not be told once more", e);
      return false;
    }
  }

  private void ended(Attempted attempted) {
    metrics.count(attempted);
    writer.add(attempted);
  }

  @Override
  public void stop() {
    stop.countDown();
    wake();
    try {
      join(sending);
      long end = System.nanoTime() + LAST_WAIT.toNanos();
      while (lanes.underWay() > 0 && System.nanoTime() < end) {
        bell.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
      }
      writer.stop();
      join(writing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
    sending = null;
    writing = null;
  }

  private static void join(@Nullable Thread thread) throws InterruptedException {
    if (thread != null) {
      thread.join(LAST_WAIT);
    }
  }

  @Override
  public boolean isRunning() {
    return sending != null;
  }

  /** Begins last and stops after the listeners, whose last requests still cause events. */
  @Override
  public int getPhase() {
    return 0;
  }
}
