package dev.portcullis.wire.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class KeptThreadsTest {

  @Test
  void asManyAsAreKeptRunOnThreadsOfTheSystemAndNobodyBeyondThemWaits() throws Exception {
    Executor threads = KeptThreads.first("t-", 2);
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
        .containsExactly("t-0", "t-1", "t-beyond-0", "t-beyond-1", "t-beyond-2");
  }

  @Test
  void aKeptThreadIsUsedAgainAndKeepsNothingOfWhoeverHadIt() throws Exception {
    Executor threads = KeptThreads.first("t-", 1);
    Thread mine = Thread.currentThread();
    ClassLoader loader = mine.getContextClassLoader();
    mine.setContextClassLoader(new ClassLoader(loader) {});
    Thread first;
    try {
      first =
          CompletableFuture.supplyAsync(
                  () -> {
                    Thread.currentThread().interrupt();
                    return Thread.currentThread();
                  },
                  threads)
              .get(30, TimeUnit.SECONDS);
    } finally {
      mine.setContextClassLoader(loader);
    }
    assertThat(first.getContextClassLoader()).isSameAs(ClassLoader.getSystemClassLoader());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    CompletableFuture<Boolean> again;
    do {
      // Until it waits for work again, a virtual one does what comes.
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      threads.execute(
          () -> asked.complete(Thread.currentThread() == first && !Thread.interrupted()));
      again = asked;
    } while (!again.get(30, TimeUnit.SECONDS) && System.nanoTime() < end);
    assertThat(again.get()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
