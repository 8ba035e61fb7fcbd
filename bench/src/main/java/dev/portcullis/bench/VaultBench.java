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
    out.println("Warming up ...");
    floor.learn(full(calls::tokenize, part.multipliedBy(2)).lastPayment());
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
    double half = sent.sample.perSecond() / 2.0;
    Pair halfSent =
        inTurns(
            "Sending at half the rate, and without the vault",
            each -> paced(forward, each, half),
            each -> paced(calls::authorize, each, half));

    out.println("Paying ...");
    WarmUp warm = WarmUp.run(pay, CONNECTIONS, part, "payments", out);
    Part paid = spent(() -> full(pay, part));
    double halfPaid = paid.sample.perSecond() / 2.0;
    Pair whole =
        inTurns(
            "Paying at half the rate, and asking the provider alone",
            each -> paced(pay, each, halfPaid),
            each -> paced(calls::authorize, each, halfPaid));
    Part committed = spent(() -> paced(floor::write, part, halfPaid));

    print(taken, looked, sent, halfSent);
    line("payments, through gateway and vault", paid);
    line("  half the rate", whole.vault);
    line("  half the rate, the provider alone", whole.floor);
    line("  half the rate, a commit by plain JDBC", committed);
    added("both add to a provider's call", whole);
    bare(whole.floor.sample, committed.sample);
    refuseFailures(taken.vault, looked.vault, sent, halfSent.vault, halfSent.floor);
    refuseFailures(paid, whole.vault, whole.floor, committed);
    refuse(warm.failures());
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
   * What no gateway with a vault of its own goes below on this machine: its two more calls, of
   * which each is taken for as quick as the provider's, and the two commits between which the
   * provider is asked.
   */
  private void bare(Sample call, Sample commit) {
    out.printf(
        Locale.ROOT,
        "%-36s %10.2f ms at p50%n",
        "  of which two calls, two commits",
        2 * (call.percentileMillis(50) + commit.percentileMillis(50)));
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
    return inTurns(what, each -> full(vault, each), each -> full(other, each));
  }

  private Pair inTurns(String what, Turn vault, Turn other) {
    out.println(what + ", in turns ...");
    Duration each = part.multipliedBy(2).dividedBy(TURNS);
    Part first = spent(() -> vault.of(each));
    Part second = spent(() -> other.of(each));
    for (int turn = 1; turn < TURNS; turn++) {
      first = first.plus(spent(() -> vault.of(each)));
      second = second.plus(spent(() -> other.of(each)));
    }
    return new Pair(first, second);
  }

  private Part spent(Supplier<Sample> work) {
    Usage before = Usage.of(target.pids());
    Sample sample = work.get();
    return new Part(sample, Usage.of(target.pids()).since(before));
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
