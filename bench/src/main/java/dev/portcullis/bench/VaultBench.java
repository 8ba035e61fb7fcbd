package dev.portcullis.bench;

import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the vault does in a second: cards taken in, looked up, and sent out, each beside what the
 * same database or the same provider does without it. The two take turns of a second or two, so
 * that whatever else the machine does meanwhile slows both; and beside each figure stands the
 * processor time that an operation took, of which that is no part.
 */
final class VaultBench {

  private static final int CONNECTIONS = 16;
  private static final int LOOKED_UP = 5_000;
  private static final int TURNS = 6;

  /**
   * For how many parts payments go on at half the rate before they are measured: what a gateway
   * does only every so many minutes, it does for the first time five after its start, and is
   * compiled for it once more.
   */
  private static final int SETTLING = 18;

  private static final List<String> PROCESSES =
      List.of("client", "gateway", "vault", "postgres", "simulator");

  private final Target target;
  private final VaultCalls calls;
  private final VaultFloor floor;
  private final Call pay;
  private final Duration part;
  private final PrintStream out;
  private final SecureRandom random = new SecureRandom();

  VaultBench(
      Target target, VaultCalls calls, VaultFloor floor, Call pay, Duration part, PrintStream out) {
    this.pay = pay;
    this.target = target;
    this.calls = calls;
    this.floor = floor;
    this.part = part;
    this.out = out;
  }

  /** One thing done once; the id of what it made, or empty if it failed. */
  interface Call extends Supplier<Optional<String>> {}

  /** What was measured of one thing, in all its turns. */
  private record Part(Sample sample, Usage.Spent spent) {

    Part plus(Part more) {
      return new Part(sample.plus(more.sample), spent.plus(more.spent));
    }

    double micros(String process) {
      return spent.cpu().getOrDefault(process, Duration.ZERO).toNanos()
          / 1_000.0
          / Math.max(1, sample.count());
    }

    double micros() {
      return PROCESSES.stream().mapToDouble(this::micros).sum();
    }
  }

  /** The vault's, and its floor's. */
  private record Pair(Part vault, Part floor) {

    static Pair of(List<Part> both) {
      return new Pair(both.get(0), both.get(1));
    }

    double perSecond() {
      return vault.sample.perSecond() / (double) Math.max(1, floor.sample.perSecond());
    }

    double cpu() {
      return floor.micros() / vault.micros();
    }

    double added(double percentile) {
      return vault.sample.percentileMillis(percentile) - floor.sample.percentileMillis(percentile);
    }
  }

  /** Measures and prints the table. */
  void measure() throws SQLException {
    floor.learn(calls.tokenize().orElseThrow());
    // First, while nothing is left to be cleaned of hundreds of thousands of cards.
    WarmUp warm = WarmUp.run(pay, CONNECTIONS, part, "payments", out);
    floor.checkpoint();
    long failed = settle(pay, warm.best() / 2.0, SETTLING);
    List<Part> paid = payments();
    Pair whole = new Pair(paid.get(1), paid.get(2));
    Pair least = new Pair(paid.get(3), paid.get(2));

    out.println("Taking cards in ...");
    refuse(full(calls::tokenize, part.multipliedBy(2)).failures());
    List<String> cards = floor.cards(LOOKED_UP);
    // That a card is in use is written down when it is first asked for; what is measured comes
    // after.
    cards.forEach(card -> calls.lookUp(floor.account(), card));
    Call lookUp = () -> calls.lookUp(floor.account(), any(cards));
    Call read = () -> floor.read(cards);
    Call forward = () -> calls.forward(floor.account(), any(cards));
    for (Call call : List.<Call>of(lookUp, forward, calls::authorize, floor::write, read)) {
      full(call, part);
    }

    Pair taken = inTurns("Taking cards in, and writing their rows", calls::tokenize, floor::write);
    Pair looked = inTurns("Looking cards up, and reading their rows", lookUp, read);
    out.println("Sending cards out ...");
    Part sent = spent(() -> full(forward, part));
    double halfRate = sent.sample.perSecond() / 2.0;
    refuse(settle(forward, halfRate, 2));
    Pair halfSent =
        Pair.of(
            inTurns(
                "Sending at half the rate, and without the vault",
                each -> paced(forward, each, halfRate),
                each -> paced(calls::authorize, each, halfRate)));

    print(taken, looked, sent, halfSent);
    line("payments, through gateway and vault", paid.getFirst());
    line("  half the rate", whole.vault);
    line("  half the rate, the provider alone", whole.floor);
    line("  half the rate, the least", least.vault);
    added("both add to a provider's call", whole);
    added("  and the least does", least);
    refuseFailures(taken.vault, looked.vault, sent, halfSent.vault, halfSent.floor);
    refuseFailures(paid.toArray(Part[]::new));
    refuse(warm.failures() + failed);
  }

  private void print(Pair taken, Pair looked, Part sent, Pair halfSent) {
    out.println();
    out.printf(
        Locale.ROOT, "%-36s %10s %8s %8s %8s", "", "per second", "p50 ms", "p99 ms", "CPU us");
    PROCESSES.forEach(process -> out.printf(Locale.ROOT, " %9s", process));
    out.println();
    line("cards taken in, 16 connections", taken.vault);
    line("  floor: the same rows by plain JDBC", taken.floor);
    line("cards looked up", looked.vault);
    line("  floor: the same rows by plain JDBC", looked.floor);
    line("cards sent out", sent);
    line("  half the rate", halfSent.vault);
    line("  half the rate, without the vault", halfSent.floor);
    out.println();
    ratio("taking in, to its floor", taken);
    ratio("looking up, to its floor", looked);
    added("the vault adds to a provider's call", halfSent);
    out.printf(
        Locale.ROOT,
        "%-36s %10.2f us for one card number, one core%n",
        "AES-256-GCM, seal and open",
        aesGcmMicros());
  }

  private void line(String name, Part part) {
    out.printf(
        Locale.ROOT,
        "%-36s %10d %8.1f %8.1f %8.0f",
        name,
        part.sample.perSecond(),
        part.sample.percentileMillis(50),
        part.sample.percentileMillis(99),
        part.micros());
    PROCESSES.forEach(process -> out.printf(Locale.ROOT, " %9.0f", part.micros(process)));
    out.println();
  }

  private void added(String name, Pair pair) {
    out.printf(
        Locale.ROOT,
        "%-36s %10.2f ms at p50, %.2f ms at p99%n",
        name,
        pair.added(50),
        pair.added(99));
  }

  /**
   * What no gateway with a vault of its own goes below: it is called, calls its vault, and that
   * calls the provider, between two commits; by plain JDBC, and with calls of the provider for all
   * three.
   */
  private Optional<String> least() {
    return floor
        .write()
        .flatMap(_ -> calls.authorize())
        .flatMap(_ -> calls.authorize())
        .flatMap(_ -> calls.authorize())
        .flatMap(_ -> floor.write());
  }

  private void ratio(String name, Pair pair) {
    out.printf(
        Locale.ROOT, "%-36s %10.2f   %.2f by processor time%n", name, pair.perSecond(), pair.cpu());
  }

  private static void refuseFailures(Part... parts) {
    for (Part each : parts) {
      refuse(each.sample.failures());
    }
  }

  private static void refuse(long failures) {
    if (failures > 0) {
      throw new IllegalStateException("some calls failed: the figures are void");
    }
  }

  private static String any(List<String> ids) {
    return ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
  }

  /** A load for a while. */
  private interface Turn {
    Sample of(Duration each);
  }

  private Pair inTurns(String what, Call vault, Call other) {
    return Pair.of(inTurns(what, each -> full(vault, each), each -> full(other, each)));
  }

  private List<Part> inTurns(String what, Turn... loads) {
    return inTurns(what, () -> measured(loads));
  }

  private List<Part> inTurns(String what, Supplier<List<Part>> turn) {
    out.println(what + ", in turns ...");
    return Stream.generate(turn).limit(TURNS).reduce(VaultBench::plus).orElseThrow();
  }

  /**
   * Payments as fast as they go; then at half of what went just now, for what a machine does in a
   * second may change by half within a minute; then, at the same rate, the provider alone and the
   * least that it takes.
   */
  private List<Part> payments() {
    return inTurns(
        "Paying, and at half the rate as well as the provider alone and the least that it takes",
        () -> {
          Part full = measured(each -> full(pay, each)).getFirst();
          double half = full.sample.perSecond() / 2.0;
          List<Part> halves =
              measured(
                  each -> paced(pay, each, half),
                  each -> paced(calls::authorize, each, half),
                  each -> paced(this::least, each, half));
          return Stream.concat(Stream.of(full), halves.stream()).toList();
        });
  }

  private static List<Part> plus(List<Part> some, List<Part> more) {
    return IntStream.range(0, some.size()).mapToObj(n -> some.get(n).plus(more.get(n))).toList();
  }

  private List<Part> measured(Turn... loads) {
    Duration each = part.multipliedBy(2).dividedBy(TURNS);
    return Stream.of(loads).map(load -> spent(() -> load.of(each))).toList();
  }

  private Part spent(Supplier<Sample> work) {
    Usage before = Usage.of(target.pids());
    Sample sample = work.get();
    return new Part(sample, Usage.of(target.pids()).since(before));
  }

  /**
   * Goes on at half the rate: compiled for as fast as it goes, a process is compiled anew for what
   * it meets there, smaller groups in a commit and waiting that comes to nothing.
   *
   * @return how many calls failed
   */
  private long settle(Call call, double perSecond, int parts) {
    out.println("Going on at half the rate ...");
    long failed = 0;
    for (int n = 0; n < parts; n++) {
      Sample sample = paced(call, part, perSecond);
      failed += sample.failures();
      out.printf(
          Locale.ROOT,
          "  %.1f ms at p50, %.1f ms at p99%n",
          sample.percentileMillis(50),
          sample.percentileMillis(99));
    }
    return failed;
  }

  private static Sample full(Call call, Duration duration) {
    return new Load(call, CONNECTIONS).closedLoop(duration);
  }

  private static Sample paced(Call call, Duration duration, double perSecond) {
    return new Load(call, CONNECTIONS).paced(duration, perSecond);
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
}
