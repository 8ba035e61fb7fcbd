package dev.portcullis.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.journal.BatchStatement.Member;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Money;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** A change alone says its rows outright; those of several are unpacked from arrays. */
class BatchStatementTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Table CUSTOMERS =
      Table.of("customers", "email text", "deleted boolean", "doc jsonb");
  private static final Table INTENTS =
      Table.withKeyAlone(
          "payment_intents", "customer text", "status text", "terms bigint[]", "doc jsonb");
  private static final IdempotencyUse USE = new IdempotencyUse("key", "00", "req_1");

  private static final IdempotencyUse USE2 = new IdempotencyUse("other", "00", "req_2");

  private static TestDatabase database;

  @BeforeAll
  static void database() {
    database = TestDatabase.fresh();
  }

  @Test
  void rowsAreTheSameOutrightAndFromArrays() throws Exception {
    assertThat(run(List.of(begun("acct_a")))).isEmpty();
    assertThat(run(List.of(begun("acct_b"), begun("acct_c")))).isEmpty();
    assertThat(stored("acct_b")).isEqualTo(stored("acct_a"));
    assertThat(stored("acct_c")).isEqualTo(stored("acct_a"));

    assertThat(run(List.of(ended("acct_b")))).isEmpty();
    assertThat(run(List.of(ended("acct_a"), ended("acct_c")))).isEmpty();
    assertThat(stored("acct_a"))
        .isEqualTo(stored("acct_b"))
        .contains("after", "\"version\": 2", "req_1")
        .doesNotContain("ensured again");
    assertThat(stored("acct_c")).isEqualTo(stored("acct_b"));
  }

  @Test
  void rowsAreTheSameWhereTheirCommitGoesWithThem() throws Exception {
    assertThat(run(List.of(begun("acct_h")))).isEmpty();
    assertThat(whole(begun("acct_i"))).isEmpty();
    assertThat(stored("acct_i")).isEqualTo(stored("acct_h"));

    assertThat(run(List.of(ended("acct_h")))).isEmpty();
    assertThat(whole(ended("acct_i"))).isEmpty();
    assertThat(stored("acct_i"))
        .isEqualTo(stored("acct_h"))
        .contains("after", "\"version\": 2", "req_1")
        .doesNotContain("ensured again");
  }

  @Test
  void aChangeThatGoesWithItsCommitIsWrittenAsAWholeOrNotAtAll() throws Exception {
    assertThat(whole(begun("acct_j"))).isEmpty();
    String before = stored("acct_j");
    List<Change> losers =
        List.of(
            // There already, in a table each.
            beside("acct_j").insert(CUSTOMERS, Row.of("cus_1", 1, NOW, "x", false, "{}")).build(),
            beside("acct_j").event(event("evt_1", 1, null)).build(),
            beside("acct_j")
                .insert(INTENTS, Row.of("pi_2", 1, NOW, null, "processing", null, "{}"))
                .build(),
            beside("acct_j")
                .insert(CUSTOMERS, Row.of("cus_6", 1, NOW, "x", false, "{}"))
                .insert(INTENTS, Row.of("pi_6", 1, NOW, null, "processing", null, "{}"))
                .insert(INTENTS, Row.of("pi_1", 1, NOW, null, "processing", null, "{}"))
                .build(),
            // Another version, or none.
            beside("acct_j").update(CUSTOMERS, Row.of("cus_1", 3, NOW, "x", false, "{}")).build(),
            beside("acct_j").update(CUSTOMERS, Row.of("cus_9", 2, NOW, "x", false, "{}")).build(),
            beside("acct_j")
                .finish(USE, NOW.plusSeconds(1), 200, "{}")
                .finish(USE2, NOW, 200, "{}")
                .build());
    for (Change loser : losers) {
      assertThatThrownBy(() -> whole(loser))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(BatchStatement.isLost(e)).isTrue())
          .hasMessageNotContainingAny("cus_", "evt_", "acct_");
      if (!loser.writes().getLast().table().equals(IdempotencyUse.TABLE)) {
        Change withKey =
            Change.in("acct_j", true).begin(USE2, NOW).write(loser.writes().getLast()).build();
        assertThatThrownBy(() -> whole(withKey))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(BatchStatement.isLost(e)).isTrue());
      }
    }
    assertThat(stored("acct_j")).isEqualTo(before);
  }

  /** Else one of the two would be told as written, and be gone. */
  @Test
  void aChangeWritesEachRowOnce() {
    Change.Builder twice =
        Change.in("acct_j", true)
            .update(CUSTOMERS, Row.of("cus_1", 2, NOW, "x", false, "{}"))
            .insert(INTENTS, Row.of("cus_1", 1, NOW, null, "processing", null, "{}"))
            .update(CUSTOMERS, Row.of("cus_1", 3, NOW, "y", false, "{}"));
    assertThatThrownBy(twice::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a change writes a row of customers twice");
  }

  /** A request that comes again is no error, and leaves none in the database's log. */
  @Test
  void whereItsKeyIsOnRecordAChangeWritesNothingAndNothingFails() throws Exception {
    assertThat(whole(begun("acct_k"))).isEmpty();
    String before = stored("acct_k");
    Change again =
        beside("acct_k")
            .update(CUSTOMERS, Row.of("cus_1", 2, NOW, "x", false, "{}"))
            .ensure(CUSTOMERS, Row.of("cus_8", 1, NOW, "x", false, "{}"))
            .event(event("evt_8", 1, null))
            .begin(USE, NOW)
            .build();
    assertThat(whole(again))
        .isEqualTo(Map.of(0, new Verdict.Conflict(IdempotencyUse.TABLE, "l:" + USE.key())));
    // Not even what would lose.
    assertThat(whole(begun("acct_k"))).hasSize(1);
    assertThat(stored("acct_k")).isEqualTo(before);
  }

  /** The condition on the account holds by itself, without the second lock. */
  @Test
  void aChangeThatGoesWithItsCommitTouchesNoOtherAccountsRow() throws Exception {
    assertThat(whole(begun("acct_l"))).isEmpty();
    String before = stored("acct_l");
    for (Change foreign :
        List.of(
            update("acct_m", 2, "x"),
            Change.in("acct_m", true).finish(USE, NOW, 200, "{}").build(),
            Change.in("acct_l", false)
                .update(CUSTOMERS, Row.of("cus_1", 2, NOW, "x", false, "{}"))
                .build())) {
      try (Connection all = database.everything().getConnection()) {
        all.setAutoCommit(false);
        assertThatThrownBy(() -> statement(List.of(foreign)).executeWhole(all, id()))
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(BatchStatement.isLost(e)).isTrue());
      }
    }
    assertThat(stored("acct_l")).isEqualTo(before);
  }

  /** What a lost answer to COMMIT is looked up by says whether anything was written. */
  @Test
  void theMarkOfARepeatedRequestSaysThatNothingWasWritten() throws Exception {
    Change change = begun("acct_n");
    for (String mark : List.of("first", "again")) {
      try (Connection connection = database.dataSource().getConnection()) {
        connection.setAutoCommit(false);
        assertThat(statement(List.of(change)).executeWhole(connection, mark))
            .hasSize(mark.equals("first") ? 0 : 1);
      }
    }
    Change keyAlone = Change.in("acct_n", true).begin(USE, NOW).build();
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      assertThat(statement(List.of(keyAlone)).executeWhole(connection, "alone")).hasSize(1);
    }
    assertThat(
            database.text(
                "SELECT string_agg(id || ' ' || void, ', ' ORDER BY id) FROM journal_batches"
                    + " WHERE id = ANY (?::text[])",
                "{first,again,alone}"))
        .isEqualTo("again true, alone true, first false");
  }

  private static Change.Builder beside(String account) {
    return Change.in(account, true)
        .insert(CUSTOMERS, Row.of("cus_7", 1, NOW, "beside", false, "{}"));
  }

  @Test
  void inABatchEachAccountChangesItsOwnAndWhoLosesIsNamed() throws Exception {
    run(List.of(customer("acct_d", "cus_1", "d")));
    run(List.of(customer("acct_e", "cus_1", "e")));

    assertThat(run(List.of(update("acct_d", 2, "x"), update("acct_e", 3, "x"))))
        .isEqualTo(Map.of(1, new Verdict.Conflict(CUSTOMERS, "cus_1")));
    assertThat(run(List.of(update("acct_d", 3, "x"))))
        .isEqualTo(Map.of(0, new Verdict.Conflict(CUSTOMERS, "cus_1")));
    assertThat(run(List.of(customer("acct_d", "cus_1", "again"), customer("acct_f", "cus_1", "f"))))
        .isEqualTo(Map.of(0, new Verdict.Conflict(CUSTOMERS, "cus_1")));
    assertThat(emails("cus_1")).isEqualTo("acct_d d, acct_e e");

    assertThat(run(List.of(update("acct_d", 2, "d2"), customer("acct_f", "cus_1", "f")))).isEmpty();
    assertThat(emails("cus_1")).isEqualTo("acct_d d2, acct_e e, acct_f f");
  }

  /** What the driver says first is what is told, though the connection can no longer be tidied. */
  @Test
  void aConnectionThatEndsMeanwhileSaysWhy() throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Connection killer = database.everything().getConnection();
        Statement kill = killer.createStatement()) {
      connection.setAutoCommit(false);
      kill.execute(
          "SELECT pg_terminate_backend("
              + connection.unwrap(PGConnection.class).getBackendPID()
              + ", 30000)");
      BatchStatement statement =
          BatchStatement.of(List.of(new Member(customer("acct_g", "cus_1", "g"), 0)));
      assertThatThrownBy(() -> statement.execute(connection, id()))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
    }
    assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_g'")).isZero();
  }

  private static Change begun(String account) {
    return Change.in(account, true)
        .insert(CUSTOMERS, Row.of("cus_1", 1, NOW, null, false, "{\"a\": [1, null, \"'\"]}"))
        .ensure(CUSTOMERS, Row.of("cus_2", 1, NOW, "ensured", true, "{}"))
        .insert(INTENTS, Row.of("pi_1", 1, NOW, "cus_1", "processing", "{1,-2,3}", "{}"))
        .insert(INTENTS, Row.of("pi_2", 1, NOW, null, "processing", null, "{}"))
        .event(event("evt_1", 1, null))
        .begin(USE, NOW)
        .build();
  }

  private static Change ended(String account) {
    return Change.in(account, true)
        .update(CUSTOMERS, Row.of("cus_1", 2, NOW, "after \\ \"{,}\"", true, "{\"b\": 2}"))
        .ensure(CUSTOMERS, Row.of("cus_2", 1, NOW, "ensured again", true, "{}"))
        .update(INTENTS, Row.of("pi_1", 2, NOW, null, "succeeded", null, "{}"))
        .update(INTENTS, Row.of("pi_2", 2, NOW, "cus_1", "succeeded", "{}", "{}"))
        .event(event("evt_2", 2, "{\"status\": \"processing\"}"))
        .event(event("evt_3", 2, null))
        .ledger(
            "txn_1",
            NOW,
            List.of(
                new LedgerLine(
                    LedgerLine.Account.PROVIDER_RECEIVABLE, Money.of(1999, "usd"), "ch_1", NOW),
                new LedgerLine(
                    LedgerLine.Account.MERCHANT_BALANCE, Money.of(-1999, "usd"), "ch_1", NOW)))
        .finish(USE, NOW, 200, "{\"id\": \"pi_1\"}")
        .build();
  }

  private static Event event(String id, int version, @Nullable String before) {
    return new Event(
        id,
        NOW,
        "payment_intent.created",
        "payment_intent",
        "pi_1",
        version,
        "req_1",
        null,
        before,
        "{\"id\": \"pi_1\"}");
  }

  private static Change customer(String account, String id, String email) {
    return Change.in(account, true)
        .insert(CUSTOMERS, Row.of(id, 1, NOW, email, false, "{}"))
        .build();
  }

  private static Change update(String account, int version, String email) {
    return Change.in(account, true)
        .update(CUSTOMERS, Row.of("cus_1", version, NOW, email, false, "{}"))
        .build();
  }

  private static BatchStatement statement(List<Change> changes) {
    List<Member> members = new ArrayList<>();
    for (Change change : changes) {
      members.add(new Member(change, members.size()));
    }
    return BatchStatement.of(members);
  }

  /** Sends a change together with its COMMIT. */
  private static Map<Integer, Verdict.Conflict> whole(Change change) throws SQLException {
    BatchStatement statement = statement(List.of(change));
    assertThat(statement.isWhole()).isTrue();
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      return statement.executeWhole(connection, id());
    }
  }

  /** Commits them if none of them lost; otherwise nothing is written. */
  private static Map<Integer, Verdict.Conflict> run(List<Change> changes) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      Map<Integer, Verdict.Conflict> losers = statement(changes).execute(connection, id());
      if (losers.isEmpty()) {
        connection.commit();
      } else {
        connection.rollback();
      }
      return losers;
    }
  }

  private static String id() {
    return UUID.randomUUID().toString();
  }

  /** Everything that an account has, but whose it is. */
  private static String stored(String account) {
    StringBuilder all = new StringBuilder();
    for (String table :
        List.of("customers", "payment_intents", "events", "idempotency_keys", "ledger_lines")) {
      all.append(table)
          .append(
              database.text(
                  "SELECT jsonb_agg(to_jsonb(t) - 'account' ORDER BY id)::text FROM "
                      + table
                      + " t WHERE account = ?",
                  account))
          .append('\n');
    }
    return all.toString();
  }

  private static String emails(String id) {
    return database.text(
        "SELECT string_agg(account || ' ' || email, ', ' ORDER BY account) FROM customers"
            + " WHERE id = ? AND account IN ('acct_d', 'acct_e', 'acct_f')",
        id);
  }
}
