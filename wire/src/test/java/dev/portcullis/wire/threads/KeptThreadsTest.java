package dev.portcullis.wire.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeptThreadsTest {

  @Test
  void asManyAsAreKeptRunOnThreadsOfTheSystemAndNobodyBeyondThemWaits() throws Exception {
    try (ExecutorService threads = KeptThreads.first("t-", 2)) {
      CountDownLatch all = new CountDownLatch(5);
      CountDownLatch end = new CountDownLatch(1);
      List<CompletableFuture<Thread>> on = new ArrayList<>();
      for (int n = 0; n < 5; n++) {
        on.add(
            CompletableFuture.supplyAsync(
                () -> {
                  all.countDown();
                  await(end);
                  return Thread.currentThread();
                },
                threads));
      }
      assertThat(all.await(30, TimeUnit.SECONDS)).as("all five run at a time").isTrue();
      end.countDown();
      List<Thread> used = new ArrayList<>();
      for (CompletableFuture<Thread> each : on) {
        used.add(each.get(30, TimeUnit.SECONDS));
      }
      assertThat(used.stream().map(Thread::isVirtual))
          .containsExactly(false, false, true, true, true);
      assertThat(used).doesNotHaveDuplicates().allMatch(Thread::isDaemon);
      assertThat(used.stream().map(Thread::getName))
          .containsExactly("t-0", "t-1", "t-2", "t-3", "t-4");
    }
  }

  @Test
  void nothingIsTakenOnceItIsShutDown() {
    ExecutorService threads = KeptThreads.first("t-", 1);
    threads.shutdown();
    assertThatThrownBy(() -> threads.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
