package dev.portcullis.bench;

import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Pays through HTTP as fast as the system takes it, then at half that rate, and measures between
 * the two what the same database takes when the same rows are written by plain JDBC. Ratios of one
 * run are comparable between machines; the figures themselves are not.
 *
 * <p>It is given the output of {@code portcullis status --json} as a file, and the gateway's
 * database by the environment: {@code PORTCULLIS_BENCH_DATABASE_URL}, {@code _USER}, {@code
 * _PASSWORD}.
 */
public final class BenchMain {

  private static final int CONNECTIONS = 16;

  private BenchMain() {}

  /**
   * Measures and prints a table.
   *
   * @param arguments the status file, then optionally the seconds that each part measures; or the
   *     status file, {@code lists} and optionally how many payments there shall be; or the status
   *     file, {@code flood} or {@code webhooks} and optionally the seconds
   */
  public static void main(String[] arguments)
      throws IOException, SQLException, InterruptedException {
    if (arguments.length == 0) {
      throw new IllegalArgumentException(
          "usage: bench STATUS_FILE [SECONDS | lists [PAYMENTS] | flood [SECONDS] | webhooks"
              + " [SECONDS] | vault [CARDS [ACCOUNTS]]]");
    }
    Target target = Target.of(Json.readObject(Files.readString(Path.of(arguments[0]))));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (arguments.length > 1 && arguments[1].equals("lists")) {
      int payments = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000_000;
      try (Shop shop = Shop.empty(target, 1);
          Connection database = Database.connect()) {
        new Lists(shop, database, out).measure(payments);
      }
      return;
    }
    if (arguments.length > 1 && arguments[1].equals("flood")) {
      long each = arguments.length > 2 ? Long.parseLong(arguments[2]) : 20;
      try (Shop shop = Shop.open(target, CONNECTIONS)) {
        new Flood(target, shop, Duration.ofSeconds(each), out).measure();
      }
      return;
    }
    if (arguments.length > 1 && arguments[1].equals("vault")) {
      vault(target, arguments, out);
      return;
    }
    if (arguments.length > 1 && arguments[1].equals("webhooks")) {
      long each = arguments.length > 2 ? Long.parseLong(arguments[2]) : 20;
      try (Shop shop = Shop.empty(target, CONNECTIONS);
          VaultCalls vault = new VaultCalls(target, home(), CONNECTIONS)) {
        new HookBench(shop, vault, Duration.ofSeconds(each), out).measure();
      }
      return;
    }
    long seconds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 20;
    run(target, Duration.ofSeconds(seconds), out);
  }

  private static Path home() {
    return Path.of(System.getenv("PORTCULLIS_BENCH_HOME"));
  }

  private static void vault(Target target, String[] arguments, PrintStream out)
      throws IOException, SQLException, InterruptedException {
    try (VaultCalls calls = new VaultCalls(target, home(), CONNECTIONS);
        VaultFloor floor = VaultFloor.connect(CONNECTIONS);
        Shop shop = Shop.open(target, CONNECTIONS)) {
      VaultBench bench =
          new VaultBench(target, calls, floor, shop::pay, Duration.ofSeconds(10), out);
      VaultMemory memory = new VaultMemory(target, calls, Duration.ofSeconds(10), out);
      bench.measure();
      if (arguments.length > 2) {
        memory.fill(Integer.parseInt(arguments[2]));
      }
      if (arguments.length > 3) {
        memory.spread(Integer.parseInt(arguments[3]));
      }
    }
  }

  private static void run(Target target, Duration part, PrintStream out) throws SQLException {
    try (Shop shop = Shop.open(target, CONNECTIONS);
        Floor floor = Floor.connect(CONNECTIONS)) {
      WarmUp warm = WarmUp.run(shop::pay, CONNECTIONS, part.dividedBy(2), "payments", out);

      out.println("Paying at " + CONNECTIONS + " connections for " + part.toSeconds() + " s ...");
      Usage before = Usage.of(target.pids());
      Sample full = new Load(shop::pay, CONNECTIONS).closedLoop(part);
      Usage.Spent spent = Usage.of(target.pids()).since(before);

      out.println("Writing the same rows by plain JDBC for " + part.toSeconds() + " s ...");
      floor.learn(full.lastPayment());
      floor.run(part.dividedBy(4));
      Sample plain = floor.run(part);

      out.println("Paying at half the rate for " + part.toSeconds() + " s ...");
      Sample half = new Load(shop::pay, CONNECTIONS).paced(part, full.perSecond() / 2.0);

      new Report(full, plain, half, spent, Usage.residentMegabytes(target.pids())).print(out);
      if (warm.failures() + full.failures() + half.failures() > 0) {
        throw new IllegalStateException("some payments did not succeed: the figures are void");
      }
    }
  }
}
