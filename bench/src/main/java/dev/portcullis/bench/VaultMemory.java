package dev.portcullis.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What the vault takes of memory when there are many cards and many accounts. */
final class VaultMemory {

  private static final int CONNECTIONS = 16;
  private static final int TENTHS = 10;
  private static final Pattern HEAP =
      Pattern.compile("jvm_memory_used_bytes\\{area=\"heap\"} ([0-9.E]+)");

  private final Target target;
  private final VaultCalls calls;
  private final Duration part;
  private final PrintStream out;

  VaultMemory(Target target, VaultCalls calls, Duration part, PrintStream out) {
    this.target = target;
    this.calls = calls;
    this.part = part;
    this.out = out;
  }

  /** Takes in so many cards, and prints after each tenth of them what the vault's memory is. */
  void fill(int tokens) throws IOException, InterruptedException {
    out.println();
    out.println("Taking in " + tokens + " cards:");
    memoryHeader();
    for (int tenth = 1; tenth <= TENTHS; tenth++) {
      memory(tenth * (tokens / TENTHS), () -> times(tokens / TENTHS, calls::tokenize));
    }
  }

  /** Looks up one card of each of so many accounts, whose keys are more than are kept. */
  void spread(int accounts) throws IOException, InterruptedException {
    out.println();
    out.println("Making one card of each of " + accounts + " accounts, and looking them up:");
    String run = Long.toString(System.nanoTime(), 36);
    List<String[]> cards = new ArrayList<>();
    memoryHeader();
    memory(
        accounts,
        () ->
            numbered(
                accounts,
                n -> {
                  String account = "acct_" + run + "_" + n;
                  calls
                      .mint(account)
                      .ifPresent(
                          id -> {
                            synchronized (cards) {
                              cards.add(new String[] {account, id});
                            }
                          });
                }));
    if (cards.size() != accounts) {
      throw new IllegalStateException("some cards were not made: the figures are void");
    }
    for (int round = 1; round <= 3; round++) {
      Sample sample =
          memory(
              accounts,
              () ->
                  new Load(
                          () -> {
                            String[] card =
                                cards.get(ThreadLocalRandom.current().nextInt(cards.size()));
                            return calls.lookUp(card[0], card[1]);
                          },
                          CONNECTIONS)
                      .closedLoop(part));
      refuseFailures(sample);
      Report.line(out, "  looked up, keys cold and warm", sample);
    }
  }

  private Sample times(int count, Supplier<Optional<String>> call) {
    AtomicLong left = new AtomicLong(count);
    AtomicLong failures = new AtomicLong();
    Histogram latency = new ConcurrentHistogram(60_000_000L, 3);
    long start = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (int n = 0; n < CONNECTIONS; n++) {
        threads.execute(
            () -> {
              while (left.getAndDecrement() > 0) {
                long since = System.nanoTime();
                if (call.get().isPresent()) {
                  latency.recordValue(TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - since));
                } else {
                  failures.incrementAndGet();
                }
              }
            });
      }
    }
    Sample sample =
        new Sample(latency, failures.get(), Duration.ofNanos(System.nanoTime() - start), "");
    refuseFailures(sample);
    return sample;
  }

  private Sample numbered(int count, IntConsumer work) {
    AtomicLong next = new AtomicLong();
    return times(
        count,
        () -> {
          work.accept((int) next.getAndIncrement());
          return Optional.of("done");
        });
  }

  private void memoryHeader() {
    out.printf(
        Locale.ROOT,
        "%12s %12s %22s %14s%n",
        "so many",
        "per second",
        "least heap used, MB",
        "resident MB");
  }

  /** The least heap in use while it ran is what was live after a collection. */
  private Sample memory(int count, Supplier<Sample> work) throws IOException, InterruptedException {
    AtomicLong least = new AtomicLong(Long.MAX_VALUE);
    try (HttpClient client = HttpClient.newHttpClient();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      var watching =
          timer.scheduleAtFixedRate(
              () -> least.accumulateAndGet(heap(client), Math::min), 0, 250, TimeUnit.MILLISECONDS);
      Sample sample = work.get();
      watching.cancel(false);
      Map<String, Long> resident = Usage.residentMegabytes(target.pids());
      out.printf(
          Locale.ROOT,
          "%12d %12d %22d %14d%n",
          count,
          sample.perSecond(),
          least.get() / (1 << 20),
          resident.getOrDefault("vault", 0L));
      return sample;
    }
  }

  private long heap(HttpClient client) {
    URI metrics = URI.create("http://127.0.0.1:" + (target.api().getPort() + 5) + "/metrics");
    try {
      String text =
          client
              .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      Matcher used = HEAP.matcher(text);
      return used.find() ? (long) Double.parseDouble(used.group(1)) : Long.MAX_VALUE;
    } catch (IOException e) {
      return Long.MAX_VALUE; // the next look is in a quarter of a second
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Long.MAX_VALUE;
    }
  }

  private static void refuseFailures(Sample sample) {
    if (sample.failures() > 0) {
      throw new IllegalStateException("some calls failed: the figures are void");
    }
  }
}
