package dev.portcullis.gateway.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.testing.RowsRead;
import dev.portcullis.gateway.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What every table of due work is to do with lanes, on a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ClaimsByLane {

  protected static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private static final Instant LEASE = NOW.plusSeconds(60);
  private static final Duration AGE = Duration.ofHours(1);
  private static final int LANE = DueWork.LANE;
  private static final String OLD = "acct_old";
  private static final String NEW = "acct_new";

  private final TestDatabase database = TestDatabase.fresh();
  private final RowsRead read = new RowsRead(database);
  private final JdbcClient jdbc = JdbcClient.create(database.everything());
  private final String table;

  protected ClaimsByLane(String table) {
    this.table = table;
  }

  /** The store under test. */
  protected abstract Source on(Database rows);

  /** Takes rows as the gateway does, and tells their lanes as the gateway names them. */
  @FunctionalInterface
  protected interface Source {
    List<String> claim(Instant now, Instant lease, int most, Map<String, Integer> underWay);
  }

  /** The lane of an account's rows. */
  protected abstract String lane(String account);

  /**
   * What inserts rows; its parameters are the account, when the first is due, and how many: each is
   * due a millisecond after the one before.
   */
  protected abstract String insert();

  @BeforeEach
  void empty() {
    jdbc.sql("TRUNCATE " + table).update();
  }

  private void put(String account, Instant due, int many) {
    assertThat(jdbc.sql(insert()).params(account, due.atOffset(ZoneOffset.UTC), many).update())
        .isEqualTo(many);
    jdbc.sql("ANALYZE " + table).update();
  }

  private List<String> claim(int most, Map<String, Integer> underWay) {
    return on(read.rows()).claim(NOW, LEASE, most, underWay);
  }

  private static List<String> times(int many, String lane) {
    return Collections.nCopies(many, lane);
  }

  @Test
  void aLaneGetsItsShareAndNoMore() {
    put(OLD, NOW.minus(AGE), 3 * LANE);
    put(NEW, NOW.minusSeconds(1), 2);
    put("acct_later", NOW.plusSeconds(1), 1);
    List<String> both = new ArrayList<>(times(LANE, lane(OLD)));
    both.addAll(times(2, lane(NEW)));
    assertThat(claim(DueWork.PLACES, Map.of())).containsExactlyInAnyOrderElementsOf(both);
    assertThat(claim(DueWork.PLACES, Map.of(lane(OLD), LANE))).as("it has its share").isEmpty();
    assertThat(claim(DueWork.PLACES, Map.of(lane(OLD), LANE - 1, lane(NEW), LANE)))
        .containsExactly(lane(OLD));
    assertThat(claim(3, Map.of())).isEqualTo(times(3, lane(OLD)));
  }

  @Test
  void theOldestComeFirst() {
    put(NEW, NOW.minusSeconds(1), LANE);
    put(OLD, NOW.minus(AGE), LANE);
    assertThat(claim(LANE, Map.of())).isEqualTo(times(LANE, lane(OLD)));
  }

  /** Nobody waits until a slow provider's backlog was read through, at each claim again. */
  @Test
  void theBacklogOfALaneIsSteppedOver() {
    put(OLD, NOW.minus(AGE), 50_000);
    put("acct_later", NOW.plusSeconds(1), 20_000);
    put(NEW, NOW.minusSeconds(1), 5);
    List<String> claimed = new ArrayList<>();
    long rows = read.during(() -> claimed.addAll(claim(DueWork.PLACES, Map.of(lane(OLD), LANE))));
    assertThat(claimed).isEqualTo(times(5, lane(NEW)));
    assertThat(rows).as("rows and entries that were read").isLessThan(2_000);
  }

  @Test
  void manyLanesBehindABacklogCostNoMoreThanTheyAre() {
    put(OLD, NOW.minus(AGE), DueRows.LOOKED_AT);
    jdbc.sql("ANALYZE " + table).update();
    for (int n = 0; n < DueWork.PLACES + 20; n++) {
      put("acct_one_%03d".formatted(n), NOW.minusSeconds(200 - n), 1);
    }
    List<String> claimed = claim(DueWork.PLACES, Map.of(lane(OLD), LANE));
    assertThat(claimed)
        .doesNotHaveDuplicates()
        .hasSize(DueWork.PLACES)
        .contains(lane("acct_one_000"))
        .doesNotContain(lane("acct_one_%03d".formatted(DueWork.PLACES)));
  }

  /** None has to wait until the lanes before it have nothing any more. */
  @Test
  void moreLanesThanAreLookedAtHaveTheirTurnsAllTheSame() {
    put(OLD, NOW.minus(AGE), DueRows.LOOKED_AT);
    int many = DueRows.MOST_LANES + DueRows.MOST_LANES / 2;
    Set<String> waiting = new HashSet<>();
    List<Object[]> rows = new ArrayList<>();
    for (int n = 0; n < many; n++) {
      String account = "acct_one_%04d".formatted(n);
      rows.add(new Object[] {account, NOW.minusSeconds(60).atOffset(ZoneOffset.UTC), LANE});
      waiting.add(lane(account));
    }
    new JdbcTemplate(database.everything()).batchUpdate(insert(), rows);
    jdbc.sql("ANALYZE " + table).update();
    Source gateway = on(read.rows());
    int claims = 0;
    while (!waiting.isEmpty() && claims < 2 * many / DueWork.PLACES) {
      claims++;
      List<String> claimed = new ArrayList<>();
      long looked =
          read.during(
              () ->
                  claimed.addAll(
                      gateway.claim(NOW, LEASE, DueWork.PLACES, Map.of(lane(OLD), LANE))));
      assertThat(looked).as("rows and entries that were read").isLessThan(30_000);
      waiting.removeAll(claimed);
    }
    assertThat(waiting).as("lanes without a turn after %d claims", claims).isEmpty();
  }

  /** Several gateways share the work. */
  @Test
  void noneIsTakenTwice() throws Exception {
    for (int n = 0; n < 10; n++) {
      put("acct_shared_" + n, NOW.minusSeconds(60), 4 * LANE);
    }
    List<Callable<List<String>>> gateways = new ArrayList<>();
    for (int n = 0; n < 4; n++) {
      Source own = on(database.rows());
      gateways.add(
          () -> {
            List<String> taken = new ArrayList<>();
            for (int round = 0; round < 40; round++) {
              taken.addAll(own.claim(NOW, LEASE, 20, Map.of()));
            }
            return taken;
          });
    }
    int all = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(gateways.size())) {
      for (Future<List<String>> each : threads.invokeAll(gateways)) {
        all += each.get().size();
      }
    }
    assertThat(all).isEqualTo(10 * 4 * LANE);
  }
}
