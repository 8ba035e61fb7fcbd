package dev.portcullis.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the vault does in a second: cards taken in, looked up, and sent out, each beside what the
 * same database or the same provider does without it; and what that takes of its memory when there
 * are many cards and many accounts.
 */
final class VaultBench {

  private static final int CONNECTIONS = 16;
  private static final int LOOKED_UP = 5_000;
  private static final int TENTHS = 10;
  private static final Pattern HEAP =
      Pattern.compile("jvm_memory_used_bytes\\{area=\"heap\"} ([0-9.E]+)");

  private final Target target;
  private final VaultCalls calls;
  private final VaultFloor floor;
  private final Duration part;
  private final PrintStream out;
  private final SecureRandom random = new SecureRandom();

  VaultBench(Target target, VaultCalls calls, VaultFloor floor, Duration part, PrintStream out) {
    this.target = target;
    this.calls = calls;
    this.floor = floor;
    this.part = part;
    this.out = out;
  }

  /** Measures and prints the table. */
  void measure() throws SQLException {
    out.println("Warming up ...");
    Sample warm = load(calls::tokenize, part.multipliedBy(2));
    floor.learn(warm.lastPayment());
    List<String> cards = floor.cards(LOOKED_UP);
    load(() -> calls.lookUp(floor.account(), any(cards)), part);
    load(() -> calls.forward(floor.account(), any(cards)), part);
    load(calls::authorize, part.dividedBy(2));
    load(floor::write, part.dividedBy(2));

    Usage before = Usage.of(target.pids());
    Sample tokenized = measured("Taking cards in", calls::tokenize);
    Usage.Spent spent = Usage.of(target.pids()).since(before);
    Sample written = measured("Writing the same rows by plain JDBC", floor::write);
    Sample lookedUp = measured("Looking cards up", () -> calls.lookUp(floor.account(), any(cards)));
    Sample read = measured("Reading the same rows by plain JDBC", () -> floor.read(cards));
    Sample forwarded =
        measured("Sending cards out", () -> calls.forward(floor.account(), any(cards)));
    double half = forwarded.perSecond() / 2.0;
    Sample halfForwarded =
        paced("Sending at half the rate", half, () -> calls.forward(floor.account(), any(cards)));
    Sample direct = paced("Sending without the vault", half, calls::authorize);

    out.println();
    Report.line(out, "", "per second", "p50 ms", "p99 ms", "failed");
    Report.line(out, "cards taken in, 16 connections", tokenized);
    Report.line(out, "  floor: the same rows by plain JDBC", written);
    Report.line(out, "cards looked up", lookedUp);
    Report.line(out, "  floor: the same rows by plain JDBC", read);
    Report.line(out, "cards sent out", forwarded);
    Report.line(out, "  half the rate", halfForwarded);
    Report.line(out, "  half the rate, without the vault", direct);
    out.println();
    ratio("taking in, to its floor", tokenized, written);
    ratio("looking up, to its floor", lookedUp, read);
    out.printf(
        Locale.ROOT,
        "%-36s %12.1f ms at p50, %.1f ms at p99%n",
        "the vault adds to a provider's call",
        halfForwarded.percentileMillis(50) - direct.percentileMillis(50),
        halfForwarded.percentileMillis(99) - direct.percentileMillis(99));
    out.printf(
        Locale.ROOT,
        "%-36s %12.2f us for one card number, one core%n",
        "AES-256-GCM, seal and open",
        aesGcmMicros());
    out.printf(Locale.ROOT, "%-36s", "CPU ms for a card taken in");
    spent
        .cpu()
        .forEach(
            (name, cpu) ->
                out.printf(
                    Locale.ROOT,
                    " %s %.3f",
                    name,
                    cpu.toNanos() / 1_000_000.0 / Math.max(1, tokenized.count())));
    out.println();
    refuseFailures(tokenized, lookedUp, forwarded, halfForwarded, direct);
  }

  private static void refuseFailures(Sample... samples) {
    for (Sample sample : samples) {
      if (sample.failures() > 0) {
        throw new IllegalStateException("some calls failed: the figures are void");
      }
    }
  }

  private static String any(List<String> ids) {
    return ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
  }

  private interface Call extends java.util.function.Supplier<java.util.Optional<String>> {}

  private Sample load(Call call, Duration duration) {
    return new Load(call, CONNECTIONS).closedLoop(duration);
  }

  private Sample measured(String what, Call call) {
    out.println(what + " for " + part.toSeconds() + " s ...");
    return load(call, part);
  }

  private Sample paced(String what, double perSecond, Call call) {
    out.println(what + " for " + part.toSeconds() + " s ...");
    return new Load(call, CONNECTIONS).paced(part, perSecond);
  }

  private void ratio(String name, Sample sample, Sample floor) {
    out.printf(
        Locale.ROOT,
        "%-36s %12.2f%n",
        name,
        sample.perSecond() / (double) Math.max(1, floor.perSecond()));
  }

  /**
   * What the JDK's cipher takes for what is sealed when a card comes in and opened when it goes.
   */
  private double aesGcmMicros() {
    byte[] key = new byte[32];
    byte[] context = new byte[64];
    random.nextBytes(key);
    SecretKeySpec aes = new SecretKeySpec(key, "AES");
    int rounds = 200_000;
    long begin = 0;
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      for (int n = -rounds; n < rounds; n++) {
        begin = n == 0 ? System.nanoTime() : begin;
        byte[] nonce = new byte[12];
        random.nextBytes(nonce);
        GCMParameterSpec parameters = new GCMParameterSpec(128, nonce);
        cipher.init(Cipher.ENCRYPT_MODE, aes, parameters);
        cipher.updateAAD(context);
        byte[] sealed = cipher.doFinal(new byte[16]);
        cipher.init(Cipher.DECRYPT_MODE, aes, parameters);
        cipher.updateAAD(context);
        cipher.doFinal(sealed);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-GCM", e);
    }
    return (System.nanoTime() - begin) / 1_000.0 / rounds;
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
                  load(
                      () -> {
                        String[] card =
                            cards.get(ThreadLocalRandom.current().nextInt(cards.size()));
                        return calls.lookUp(card[0], card[1]);
                      },
                      part));
      refuseFailures(sample);
      Report.line(out, "  looked up, keys cold and warm", sample);
    }
  }

  private Sample times(int count, Call call) {
    AtomicLong left = new AtomicLong(count);
    AtomicLong failures = new AtomicLong();
    org.HdrHistogram.Histogram latency = new org.HdrHistogram.ConcurrentHistogram(60_000_000L, 3);
    long start = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
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

  private Sample numbered(int count, java.util.function.IntConsumer work) {
    AtomicLong next = new AtomicLong();
    return times(
        count,
        () -> {
          work.accept((int) next.getAndIncrement());
          return java.util.Optional.of("done");
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
  private Sample memory(int count, java.util.function.Supplier<Sample> work)
      throws IOException, InterruptedException {
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
}
