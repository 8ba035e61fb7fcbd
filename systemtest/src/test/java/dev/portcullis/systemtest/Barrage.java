package dev.portcullis.systemtest;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Thousands of requests over a few connections, and what was wrong with their answers. */
final class Barrage implements AutoCloseable {

  private static final int AT_ONCE = 12;

  private final Semaphore free = new Semaphore(AT_ONCE);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sent = new AtomicInteger();

  /**
   * Sends a request as soon as there is room.
   *
   * @param name for the fault
   * @param judge says what is wrong with the answer, if anything is
   */
  void send(
      String name, HttpRequest.Builder request, Function<Http.Answer, Optional<String>> judge) {
    free.acquireUninterruptibly();
    threads.execute(
        () -> {
          try {
            judge.apply(Http.send(request)).ifPresent(fault -> faults.add(name + ": " + fault));
          } catch (IOException e) {
            faults.add(name + ": " + e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            faults.add(name + ": interrupted");
          } catch (RuntimeException e) {
            faults.add(name + ": the test failed: " + e);
          } finally {
            sent.incrementAndGet();
            free.release();
          }
        });
  }

  /** How many requests have been answered. */
  int sent() {
    return sent.get();
  }

  /** Waits for the last answer and tells what was wrong, in order. */
  List<String> faults() {
    threads.close();
    return faults.stream().sorted().toList();
  }

  @Override
  public void close() {
    threads.close();
  }
}
