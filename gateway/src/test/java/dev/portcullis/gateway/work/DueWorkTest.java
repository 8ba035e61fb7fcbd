package dev.portcullis.gateway.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody who takes long keeps others from their turn. */
class DueWorkTest {

  private static final int MANY = 3 * DueWork.PLACES;

  /** Several of one provider, each another account's, are as slow together. */
  private static final List<String> SLOW = List.of("slow A", "slow B", "slow C", "slow D");

  private record Job(String lane, int number) {}

  /** A table: what is claimed is gone from it. */
  private final List<Job> due = new ArrayList<>();

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-01T10:00:00Z"));
  private final CountDownLatch answer = new CountDownLatch(1);
  private final BlockingQueue<Job> done = new LinkedBlockingQueue<>();
  private final BlockingQueue<Job> brokenOff = new LinkedBlockingQueue<>();
  private final AtomicInteger slow = new AtomicInteger();
  private final AtomicInteger mostSlow = new AtomicInteger();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private DueWork<Job> work = of(Job::lane, this::ask);

  private DueWork<Job> of(Function<Job, String> laneOf, Consumer<Job> each) {
    return new DueWork<>("due-test", Duration.ofMillis(5), this::claim, laneOf, each, now::get);
  }

  @AfterEach
  void stop() {
    answer.countDown();
    work.close();
  }

  private synchronized List<Job> claim(int most, Map<String, Integer> underWay) {
    Map<String, Integer> lanes = new HashMap<>(underWay);
    List<Job> claimed =
        due.stream()
            .filter(each -> lanes.merge(each.lane, 1, Integer::sum) <= DueWork.LANE)
            .limit(most)
            .toList();
    due.removeAll(claimed);
    return claimed;
  }

  private synchronized void put(String lane, int many) {
    for (int n = 0; n < many; n++) {
      due.add(new Job(lane, n));
    }
  }

  private synchronized int left() {
    return due.size();
  }

  private void ask(Job job) {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    if (job.lane.startsWith("slow")) {
      mostSlow.accumulateAndGet(slow.incrementAndGet(), Math::max);
      try {
        answer.await();
      } catch (InterruptedException e) {
        brokenOff.add(job);
        return;
      }
    }
    atOnce.decrementAndGet();
    done.add(job);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Job> take(int many) throws InterruptedException {
    List<Job> taken = new ArrayList<>();
    for (int n = 0; n < many; n++) {
      Job job = done.poll(20, TimeUnit.SECONDS);
      assertThat(job).as("after " + n + " of " + many).isNotNull();
      taken.add(job);
    }
    return taken;
  }

  @Test
  void slowProvidersKeepNobodyUp() throws InterruptedException {
    for (String slow : SLOW) {
      put(slow, MANY);
    }
    put("quick", MANY);
    work.start();
    assertThat(take(MANY)).extracting(Job::lane).containsOnly("quick");
    assertThat(mostSlow.get()).as("of each its places").isEqualTo(SLOW.size() * DueWork.LANE);
    put("other", 1);
    assertThat(take(1)).extracting(Job::lane).containsExactly("other");
    answer.countDown();
    assertThat(take(SLOW.size() * MANY)).extracting(Job::lane).hasSameElementsAs(SLOW);
    assertThat(mostAtOnce.get()).isLessThanOrEqualTo(DueWork.PLACES);
  }

  @Test
  void oneSlowAnswerKeepsNoOtherOfItsProviderUp() throws InterruptedException {
    work.close();
    work =
        of(
            Job::lane,
            job -> {
              if (job.number == 0) {
                await(answer);
              }
              done.add(job);
            });
    put("one", MANY);
    work.start();
    assertThat(take(MANY - 1)).extracting(Job::number).doesNotContain(0);
  }

  @Test
  void whatFailsHoldsNoPlace() throws InterruptedException {
    work.close();
    ConcurrentLinkedQueue<Job> failed = new ConcurrentLinkedQueue<>();
    work =
        of(
            Job::lane,
            job -> {
              if (job.lane.equals("failing")) {
                failed.add(job);
                throw new IllegalStateException("as it should");
              }
              done.add(job);
            });
    put("failing", MANY);
    put("sound", 1);
    work.start();
    assertThat(take(1)).extracting(Job::lane).containsExactly("sound");
    Eventually.until(() -> failed.size() == MANY);
  }

  @Test
  @Timeout(60)
  void whatHasNoLaneHoldsNoPlace() throws InterruptedException {
    work.close();
    work =
        of(
            job -> {
              if (job.lane.equals("broken")) {
                throw new IllegalStateException("as it should");
              }
              return job.lane;
            },
            this::ask);
    for (int round = 0; round <= DueWork.PLACES / DueWork.LANE; round++) {
      put("broken", DueWork.LANE);
      assertThat(work.runDue()).isEqualTo(DueWork.LANE);
    }
    put("quick", 1);
    assertThat(work.runDue()).as("all places are free again").isEqualTo(1);
    assertThat(take(1)).extracting(Job::lane).containsExactly("quick");
  }

  /** What has no place is left to whoever has one. */
  @Test
  void whatIsClaimedBeginsAtOnce() throws Exception {
    put("slow", DueWork.PLACES);
    CompletableFuture<Integer> round = CompletableFuture.supplyAsync(work::runDue);
    while (slow.get() < DueWork.LANE) {
      Thread.onSpinWait();
    }
    assertThat(left()).isEqualTo(DueWork.PLACES - DueWork.LANE);
    assertThat(work.runDue()).as("it has its share").isZero();
    now.updateAndGet(before -> before.plus(Duration.ofHours(1)));
    answer.countDown();
    assertThat(round.get(20, TimeUnit.SECONDS)).isEqualTo(DueWork.LANE);
    assertThat(done).hasSize(DueWork.LANE);
    assertThat(work.runDue()).as("its places are free again").isEqualTo(DueWork.LANE);
  }

  @Test
  void afterItIsClosedNothingBegins() throws InterruptedException {
    put("slow", DueWork.PLACES);
    work.start();
    while (slow.get() < DueWork.LANE) {
      Thread.onSpinWait();
    }
    CompletableFuture<Void> closed = CompletableFuture.runAsync(work::close);
    answer.countDown();
    closed.join();
    int begun = slow.get();
    assertThat(done).as("what was under way has ended").hasSize(begun);
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .as("who claims")
        .doesNotContain("due-test");
    put("quick", 1);
    int left = left();
    assertThat(work.runDue()).isZero();
    assertThat(left()).as("what would not begin is not claimed").isEqualTo(left);
    assertThat(slow.get()).isEqualTo(begun);
  }

  /** All of them are told to stop first: the last one's time began with the first one's. */
  @Test
  @Timeout(60)
  void whatIsStoppedTogetherIsWaitedForOnce() throws InterruptedException {
    List<DueWork<Job>> works = List.of(of(Job::lane, this::ask), of(Job::lane, this::ask));
    for (DueWork<Job> each : works) {
      put("slow", 1);
      each.start();
      int before = slow.get();
      while (slow.get() == before && left() > 0) {
        Thread.onSpinWait();
      }
    }
    Eventually.until(() -> slow.get() == works.size());
    works.forEach(DueWork::stop);
    assertThat(brokenOff).as("what is under way goes on").isEmpty();
    now.updateAndGet(before -> before.plus(DueWork.LAST_WAIT));
    long began = System.nanoTime();
    works.forEach(DueWork::close);
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("their time was over")
        .isLessThan(DueWork.LAST_WAIT);
    for (int n = 0; n < works.size(); n++) {
      assertThat(brokenOff.poll(20, TimeUnit.SECONDS)).isNotNull();
    }
  }
}
