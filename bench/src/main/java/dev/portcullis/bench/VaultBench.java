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
import java.util.function.Function;
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
   * does only now and then, it does for the first time within five minutes of its start, and is
   * compiled for it once more.
   */
  private static final int SETTLING = 14;

  /**
   * For how many parts after that, and after a checkpoint. The files of the database's log are made
   * anew until there has been one, which every commit waits for now and then; afterwards they are
   * used again, as they are in a database that has run for an hour. What the first change of a page
   * after a checkpoint costs falls into these parts, and what a checkpoint writes, in a quarter of
   * an hour otherwise, into none.
   */
  private static final int AFTER_CHECKPOINT = 4;

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

  /** Payments at half the rate, and beside these what is compared with them. */
  private record Paid(Part through, Part alone, Part least) {

    Paid plus(Paid more) {
      return new Paid(through.plus(more.through), alone.plus(more.alone), least.plus(more.least));
    }

    Pair both() {
      return new Pair(through, alone);
    }

    Pair leastAdded() {
      return new Pair(least, alone);
    }
  }

  /** Measures and prints the table. */
  void measure() throws SQLException {
    floor.learn(calls.tokenize().orElseThrow());
    // First, while nothing is left to be cleaned of hundreds of thousands of cards.
    WarmUp warm = WarmUp.run(pay, CONNECTIONS, part, "payments", out);
    floor.checkpoint();
    Part full = paidFully();
    long failed = settle(pay, full.sample.perSecond() / 2.0, SETTLING);
    floor.checkpoint();
    failed += settle(pay, full.sample.perSecond() / 2.0, AFTER_CHECKPOINT);
    List<Paid> paid = payments(full.sample.perSecond() / 2.0);
    Paid half = paid.stream().reduce(Paid::plus).orElseThrow();
    Part fullAfter = paidFully();

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
    line("payments, through gateway and vault", full);
    line("  the same, afterwards", fullAfter);
    line("  half the rate", half.through);
    line("  half the rate, the provider alone", half.alone);
    line("  half the rate, the least", half.least);
    added("both add to a provider's call", half.both());
    added("  and the least does", half.leastAdded());
    added("both add, in the median turn", paid, Paid::both);
    added("  and the least, in its median turn", paid, Paid::leastAdded);
    refuseFailures(taken.vault, looked.vault, sent, halfSent.vault, halfSent.floor);
    refuseFailures(full, fullAfter, half.through, half.alone, half.least);
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
    added(name, pair.added(50), pair.added(99));
  }

  /** What the disk or the host does once for a second is in the worst of all turns, not in most. */
  private void added(String name, List<Paid> turns, Function<Paid, Pair> pair) {
    added(name, median(turns, pair, 50), median(turns, pair, 99));
  }

  private void added(String name, double median, double high) {
    out.printf(Locale.ROOT, "%-36s %10.2f ms at p50, %.2f ms at p99%n", name, median, high);
  }

  private static double median(List<Paid> turns, Function<Paid, Pair> pair, double percentile) {
    double[] sorted =
        turns.stream().mapToDouble(turn -> pair.apply(turn).added(percentile)).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
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

  /** As fast as they go. */
  private Part paidFully() {
    out.println("Paying ...");
    return spent(() -> full(pay, part.multipliedBy(2)));
  }

  /** The provider alone, the least that it takes, and payments. */
  private List<Paid> payments(double perSecond) {
    out.println(
        "The provider alone, the least that it takes, and paying, at half the rate in turns ...");
    return Stream.generate(() -> payment(perSecond)).limit(TURNS).peek(this::tell).toList();
  }

  private Paid payment(double perSecond) {
    Part alone = spent(() -> paced(calls::authorize, part, perSecond));
    Part least = spent(() -> paced(this::least, part, perSecond));
    return new Paid(spent(() -> paced(pay, part, perSecond)), alone, least);
  }

  private void tell(Paid turn) {
    out.printf(
        Locale.ROOT,
        "  %.1f and %.1f ms, the least %.1f and %.1f, paying %.1f and %.1f at p50 and p99%n",
        turn.alone.sample.percentileMillis(50),
        turn.alone.sample.percentileMillis(99),
        turn.least.sample.percentileMillis(50),
        turn.least.sample.percentileMillis(99),
        turn.through.sample.percentileMillis(50),
        turn.through.sample.percentileMillis(99));
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
