package dev.portcullis.vault.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.portcullis.vault.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class TogetherTest {

  private final DataSource database = TestDatabase.shared().app();
  private final List<Integer> sizes = new CopyOnWriteArrayList<>();
  private final CountDownLatch held = new CountDownLatch(1);

  /** 1000 divided by each; the first statement waits to be let go. */
  private final Together<Integer, Integer> together =
      new Together<>(
          database,
          1,
          (connection, numbers) -> {
            sizes.add(numbers.size());
            if (sizes.size() == 1) {
              hold(held);
            }
            return divided(connection, numbers);
          });

  private static void hold(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> divided(Connection connection, List<Integer> numbers)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select 1000 / n from unnest(?::integer[]) with ordinality as a (n, at)"
                + " order by at")) {
      select.setArray(1, connection.createArrayOf("integer", numbers.toArray()));
      List<Integer> quotients = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          quotients.add(rows.getInt(1));
        }
      }
      return quotients;
    }
  }

  /** What each gets, a failure as null, when all but the first wait for it to end. */
  private List<Object> askAll(int... numbers) throws Exception {
    List<Object> got = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> asked = new ArrayList<>();
      for (int at = 0; at < numbers.length; at++) {
        int number = numbers[at];
        asked.add(threads.submit(() -> together.ask(number)));
        int waiting = at;
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> !sizes.isEmpty() && together.waiting() == waiting);
      }
      held.countDown();
      for (Future<Integer> each : asked) {
        try {
          got.add(each.get());
        } catch (java.util.concurrent.ExecutionException e) {
          got.add(java.util.Objects.requireNonNull(e.getCause()).getClass());
        }
      }
    }
    return got;
  }

  @Test
  void thoseWhoWaitShareOneStatementAndEachHasItsOwnAnswer() throws Exception {
    assertThat(askAll(1, 2, 4, 5, 8)).containsExactly(1000, 500, 250, 200, 125);
    assertThat(sizes).containsExactly(1, 4);
    assertThat(together.waiting()).isZero();
    assertThat(together.ask(10)).isEqualTo(100);
    assertThat(sizes).containsExactly(1, 4, 1);
  }

  @Test
  void whatTheDatabaseRefusesFailsAlone() throws Exception {
    List<Object> got = askAll(1, 2, 0, 5);
    assertThat(got).hasSize(4).contains(1000, 500, 200);
    assertThat((Class<?>) got.get(2)).isAssignableTo(SQLException.class);
    assertThat(sizes).containsExactly(1, 3, 1, 1, 1);
    assertThat(together.ask(10)).isEqualTo(100);
  }

  @Test
  void moreThanOneStatementTakesWaitForTheNext() throws Exception {
    int[] many = new int[100];
    java.util.Arrays.setAll(many, at -> at + 1);
    assertThat(askAll(many)).hasSize(100).startsWith(1000, 500, 333);
    assertThat(sizes).containsExactly(1, 64, 35);
  }

  /** Nobody is left waiting for whoever failed, and a change is not made a second time. */
  @Test
  void aLostConnectionFailsAllAndIsNotAskedAgain() throws Exception {
    List<Integer> asked = new CopyOnWriteArrayList<>();
    CountDownLatch go = new CountDownLatch(1);
    Together<Integer, Integer> lost =
        new Together<>(
            database,
            1,
            (connection, numbers) -> {
              asked.addAll(numbers);
              hold(go);
              throw new SQLException("gone", "08006");
            });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> all = new ArrayList<>();
      for (int number = 0; number < 3; number++) {
        int mine = number;
        all.add(threads.submit(() -> lost.ask(mine)));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> lost.waiting() == 2);
      go.countDown();
      for (Future<Integer> each : all) {
        assertThatThrownBy(each::get).hasCauseInstanceOf(SQLException.class);
      }
    }
    assertThat(asked).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void aFaultOfOursReachesWhoeverAskedAndTheNextOneIsServed() throws Exception {
    Together<Integer, Integer> faulty =
        new Together<>(
            database,
            1,
            (connection, numbers) -> numbers.getFirst() < 0 ? List.of() : List.copyOf(numbers));
    assertThatThrownBy(() -> faulty.ask(-1)).isInstanceOf(IllegalStateException.class);
    assertThat(faulty.ask(7)).isEqualTo(7);
  }
}
