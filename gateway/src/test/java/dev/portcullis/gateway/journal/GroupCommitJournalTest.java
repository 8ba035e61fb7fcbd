package dev.portcullis.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.journal.GroupCommitJournal.Settings;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.kit.Money;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

class GroupCommitJournalTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
  private static final Table CUSTOMERS =
      Table.of("customers", "email text", "deleted boolean", "doc jsonb");
  private static final Table INTENTS =
      Table.withKeyAlone(
          "payment_intents", "customer text", "status text", "terms bigint[]", "doc jsonb");

  private static TestDatabase database;

  @BeforeAll
  static void database() {
    database = TestDatabase.fresh();
  }

  @Test
  void everyAcknowledgedChangeIsThereAndManyShareACommit() throws Exception {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      List<Verdict> verdicts =
          concurrently(400, i -> journal.commit(customer("acct_many", "cus_" + i, "x")));
      assertThat(verdicts).hasOnlyElementsOfType(Verdict.Committed.class);
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_many'"))
          .isEqualTo(400);
      assertThat(journal.changes()).isEqualTo(400);
      assertThat(journal.commits()).isLessThan(200);
    }
  }

  @Test
  void ofManyUpdatesOfOneVersionExactlyOneWins() throws Exception {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      journal.commit(customer("acct_race", "cus_1", "start"));
      List<Verdict> verdicts =
          concurrently(60, i -> journal.commit(update("acct_race", "cus_1", 2, "by" + i)));
      assertThat(verdicts.stream().filter(Verdict.Committed.class::isInstance)).hasSize(1);
      assertThat(verdicts.stream().filter(Verdict.Conflict.class::isInstance)).hasSize(59);
      assertThat(database.number("SELECT version FROM customers WHERE account = 'acct_race'"))
          .isEqualTo(2);
    }
  }

  /** One writer, and a row that somebody keeps until after the end. */
  @Test
  void manyThatWaitForOneRowKeepNobodyElseWaiting() throws Exception {
    try (GroupCommitJournal journal =
            new GroupCommitJournal(
                database.dataSource(),
                new Settings(
                    1,
                    64,
                    4_096,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(200)));
        Connection keeper = database.everything().getConnection()) {
      journal.commit(customer("acct_kept", "cus_1", "start"));
      keeper.setAutoCommit(false);
      try (Statement statement = keeper.createStatement()) {
        statement.execute("SELECT 1 FROM customers WHERE account = 'acct_kept' FOR UPDATE");
      }
      List<CompletableFuture<Verdict>> waiting = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Change kept = update("acct_kept", "cus_1", 2, "by" + i);
        waiting.add(async(() -> journal.commit(kept)));
        Change other = customer("acct_free", "cus_" + i, "x");
        waiting.add(async(() -> journal.commit(other)));
      }
      for (int i = 0; i < waiting.size(); i++) {
        assertThat(waiting.get(i).get(60, TimeUnit.SECONDS))
            .isEqualTo(
                i % 2 == 0 ? new Verdict.Conflict(CUSTOMERS, "cus_1") : new Verdict.Committed());
      }
      keeper.rollback();
      assertThat(journal.commit(update("acct_kept", "cus_1", 2, "last")))
          .isEqualTo(new Verdict.Committed());
    }
  }

  private static CompletableFuture<Verdict> async(Supplier<Verdict> work) {
    CompletableFuture<Verdict> result = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> result.complete(work.get()));
    return result;
  }

  @Test
  void aConflictNeverFailsItsNeighboursAndLeavesNothingBehind() throws Exception {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      journal.commit(customer("acct_mixed", "cus_taken", "first"));
      List<Verdict> verdicts =
          concurrently(
              200,
              i ->
                  journal.commit(
                      Change.in("acct_mixed", false)
                          .insert(CUSTOMERS, customerRow("cus_new" + i, 1, "new"))
                          .insert(
                              CUSTOMERS, customerRow(i % 4 == 0 ? "cus_taken" : "c" + i, 1, "x"))
                          .build()));
      for (int i = 0; i < verdicts.size(); i++) {
        assertThat(verdicts.get(i))
            .isEqualTo(
                i % 4 == 0
                    ? new Verdict.Conflict(CUSTOMERS, "cus_taken")
                    : new Verdict.Committed());
      }
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_mixed'"))
          .isEqualTo(1 + 150 * 2);
    }
  }

  /** The database refuses the row by itself; whose it is, is learned when it runs again. */
  @Test
  void aRowThatIsThereIsAConflictWhereTheDatabaseItselfRefusesIt() throws Exception {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      assertThat(journal.commit(intents("acct_there", "pi_1"))).isEqualTo(Verdict.Committed.IT);
      // By this thread, which is none that is virtual, together with its COMMIT.
      assertThat(journal.commit(intents("acct_there", "pi_2", "pi_1")))
          .isEqualTo(new Verdict.Conflict(INTENTS, "pi_1"));
      assertThat(journal.commit(intents("acct_there", "pi_3"))).isEqualTo(Verdict.Committed.IT);
    }
    assertThat(
            database.text(
                "SELECT string_agg(id, ' ' ORDER BY id) FROM payment_intents WHERE account = ?",
                "acct_there"))
        .isEqualTo("pi_1 pi_3");
  }

  private static Change intents(String account, String... ids) {
    Change.Builder change = Change.in(account, false);
    for (String id : ids) {
      change.insert(INTENTS, Row.of(id, 1, NOW, null, "processing", null, "{}"));
    }
    return change.build();
  }

  @Test
  void anErrorOfTheMachineEndsNoWriterAndLeavesNobodyWaiting() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    DataSource failing =
        (DataSource)
            Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  if (failures.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("as if");
                  }
                  return method.invoke(database.dataSource(), arguments);
                });
    try (GroupCommitJournal journal =
        new GroupCommitJournal(
            failing,
            new GroupCommitJournal.Settings(
                1, 64, 100, Duration.ofSeconds(5), Duration.ofSeconds(5)))) {
      for (int i = 0; i < 3; i++) {
        Change change = customer("acct_error", "cus_" + i, "x");
        assertThat(
                CompletableFuture.supplyAsync(() -> journal.commit(change))
                    .get(60, TimeUnit.SECONDS))
            .isEqualTo(i < 2 ? new Verdict.Unknown() : new Verdict.Committed());
      }
    }
  }

  @Test
  void ensureKeepsWhatIsThereAndIsNoConflict() {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      journal.commit(customer("acct_ensure", "cus_1", "first"));
      Change again =
          Change.in("acct_ensure", false)
              .ensure(CUSTOMERS, customerRow("cus_1", 1, "second"))
              .insert(CUSTOMERS, customerRow("cus_2", 1, "second"))
              .build();
      assertThat(journal.commit(again)).isEqualTo(new Verdict.Committed());
      assertThat(
              database.text(
                  "SELECT email FROM customers WHERE account = 'acct_ensure' AND id = 'cus_1'"))
          .isEqualTo("first");
    }
  }

  @Test
  void aPoisonedMemberFailsAlone() throws Exception {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      List<Verdict> verdicts =
          concurrently(
              100,
              i ->
                  journal.commit(
                      i % 10 == 3
                          ? Change.in("acct_poison", false)
                              .insert(CUSTOMERS, Row.of("c" + i, 1, NOW, "x", false, "{not json"))
                              .build()
                          : customer("acct_poison", "c" + i, "x")));
      assertThat(verdicts.stream().filter(Verdict.Rejected.class::isInstance)).hasSize(10);
      assertThat(verdicts.stream().filter(Verdict.Committed.class::isInstance)).hasSize(90);
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_poison'"))
          .isEqualTo(90);
    }
  }

  /**
   * Few rows are said outright, many are unpacked from arrays: either way they are what they are.
   */
  @Test
  void aChangeThatComesAloneIsWrittenAsItIsHoweverManyRowsItHas() {
    List<@Nullable String> texts =
        Arrays.asList(null, "", "'; --", "{\"a\\\\,b\"}", "NULL", "ü \u2028 \uD83D\uDE00");
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      for (int rows = 1; rows <= texts.size(); rows++) {
        String account = "acct_alone" + rows;
        Change.Builder first = Change.in(account, true);
        Change.Builder second = Change.in(account, true);
        for (int row = 0; row < rows; row++) {
          first.insert(CUSTOMERS, row("cus_" + row, 1, "before"));
          second.update(CUSTOMERS, row("cus_" + row, 2, texts.get(row)));
        }
        assertThat(journal.commit(first.build())).isEqualTo(new Verdict.Committed());
        assertThat(journal.commit(second.build())).isEqualTo(new Verdict.Committed());
        for (int row = 0; row < rows; row++) {
          assertThat(
                  database.text(
                      "SELECT email FROM customers WHERE livemode AND version = 2 AND account = '"
                          + account
                          + "' AND id = 'cus_"
                          + row
                          + "'"))
              .isEqualTo(String.valueOf(texts.get(row)));
        }
        assertThat(database.number("SELECT count(*) FROM customers WHERE account = ?", account))
            .isEqualTo(rows);
      }
    }
  }

  /** One writer, so that all go through one connection. */
  @Test
  void whatDoesNotComeToItsEndLeavesNothingToTheNext() {
    Settings one = new Settings(1, 64, 100, Duration.ofSeconds(5), Duration.ofSeconds(5));
    try (GroupCommitJournal journal = new GroupCommitJournal(database.dataSource(), one)) {
      journal.commit(customer("acct_next", "cus_taken", "first"));
      Change poisoned =
          Change.in("acct_next", false)
              .insert(CUSTOMERS, customerRow("cus_a", 1, "x"))
              .insert(CUSTOMERS, Row.of("cus_b", 1, NOW, "x", false, "{not json"))
              .build();
      Change late =
          Change.in("acct_next", false)
              .insert(CUSTOMERS, customerRow("cus_c", 1, "x"))
              .insert(CUSTOMERS, customerRow("cus_taken", 1, "second"))
              .build();
      for (int n = 0; n < 3; n++) {
        assertThat(journal.commit(poisoned)).isInstanceOf(Verdict.Rejected.class);
        assertThat(journal.commit(customer("acct_next", "cus_good" + n, "x")))
            .isEqualTo(new Verdict.Committed());
        assertThat(journal.commit(late)).isEqualTo(new Verdict.Conflict(CUSTOMERS, "cus_taken"));
        assertThat(journal.commit(customer("acct_next", "cus_well" + n, "x")))
            .isEqualTo(new Verdict.Committed());
      }
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_next'"))
          .isEqualTo(1 + 3 * 2);
    }
  }

  @Test
  void theSecondUseOfAnIdempotencyKeyWritesNothing() {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      IdempotencyUse use = new IdempotencyUse("key", "00", "req_1");
      Change.Builder first = Change.in("acct_idem", false).begin(use, NOW);
      assertThat(journal.commit(first.insert(CUSTOMERS, customerRow("c1", 1, "x")).build()))
          .isEqualTo(new Verdict.Committed());
      Change second =
          Change.in("acct_idem", false)
              .insert(CUSTOMERS, customerRow("c2", 1, "x"))
              .done(new IdempotencyUse("key", "00", "req_2"), NOW, 200, "{}")
              .build();
      assertThat(journal.commit(second))
          .isInstanceOfSatisfying(
              Verdict.Conflict.class, c -> assertThat(c.isIdempotencyKey()).isTrue());
      assertThat(journal.commit(Change.in("acct_idem", true).done(use, NOW, 200, "{}").build()))
          .as("the other mode has keys of its own")
          .isEqualTo(new Verdict.Committed());
      assertThat(
              journal.commit(
                  Change.in("acct_idem", false).finish(use, NOW, 402, "{\"a\":1}").build()))
          .isEqualTo(new Verdict.Committed());
      assertThat(
              database.text(
                  "SELECT request || status || body FROM idempotency_keys"
                      + " WHERE account = 'acct_idem' AND NOT livemode"))
          .isEqualTo("req_1402{\"a\":1}");
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_idem'"))
          .isEqualTo(1);
    }
  }

  @Test
  void aConnectionKilledBeforeCommitCostsNobodyAnything() throws Exception {
    CommitTrap trap = new CommitTrap(database.dataSource(), CommitTrap.When.BEFORE);
    lostAtCommit(trap, "acct_before");
  }

  @Test
  void aCommitWhoseAnswerWasLostIsReadBackAndNotRepeated() throws Exception {
    CommitTrap trap = new CommitTrap(database.dataSource(), CommitTrap.When.AFTER);
    lostAtCommit(trap, "acct_after");
  }

  /** Every change is acknowledged once and is there once, however its connection died. */
  private void lostAtCommit(CommitTrap trap, String account) throws Exception {
    Settings small = new Settings(2, 10, 1_000, Duration.ofSeconds(5), Duration.ofSeconds(20));
    try (GroupCommitJournal journal = new GroupCommitJournal(trap.dataSource(), small)) {
      List<Verdict> verdicts =
          concurrently(200, i -> journal.commit(customer(account, "cus_" + i, "x")));
      assertThat(verdicts).hasOnlyElementsOfType(Verdict.Committed.class);
      assertThat(trap.sprung.get()).isGreaterThan(2);
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = ?", account))
          .isEqualTo(200);
    }
  }

  /** The mark of its transaction is there, and stands for nothing. */
  @Test
  void aRepeatedRequestIsToldSoThoughTheAnswerToItsCommitWasLost() throws Exception {
    CommitTrap trap = new CommitTrap(database.dataSource(), CommitTrap.When.AFTER);
    Settings one = new Settings(1, 10, 1_000, Duration.ofSeconds(5), Duration.ofSeconds(20));
    IdempotencyUse use = new IdempotencyUse("again", "00", "req_1");
    try (GroupCommitJournal journal = new GroupCommitJournal(trap.dataSource(), one)) {
      for (int i = 0; i < 3; i++) {
        Change change =
            Change.in("acct_again", false)
                .insert(CUSTOMERS, customerRow("cus_" + i, 1, "x"))
                .begin(use, NOW)
                .build();
        Verdict verdict = journal.commit(change);
        if (i == 0) {
          assertThat(verdict).isEqualTo(new Verdict.Committed());
        } else {
          assertThat(verdict)
              .isInstanceOfSatisfying(
                  Verdict.Conflict.class, c -> assertThat(c.isIdempotencyKey()).isTrue());
        }
      }
      assertThat(trap.sprung.get()).isEqualTo(1);
      assertThat(database.number("SELECT count(*) FROM customers WHERE account = 'acct_again'"))
          .isEqualTo(1);
    }
  }

  /** Two writers, of which somebody keeps one. */
  @Test
  void whoWaitsForALockKeepsNobodyFromTheOtherWriter() throws Exception {
    Settings two =
        new Settings(
            2, 64, 4_096, Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofSeconds(60));
    try (GroupCommitJournal journal = new GroupCommitJournal(database.dataSource(), two);
        Connection keeper = database.everything().getConnection()) {
      journal.commit(customer("acct_stuck", "cus_1", "start"));
      keeper.setAutoCommit(false);
      try (Statement statement = keeper.createStatement()) {
        statement.execute("SELECT 1 FROM customers WHERE account = 'acct_stuck' FOR UPDATE");
      }
      CompletableFuture<Verdict> stuck = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() -> stuck.complete(journal.commit(update("acct_stuck", "cus_1", 2, "y"))));
      while (database.number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) {
        Thread.onSpinWait();
      }
      List<Verdict> others =
          concurrently(100, i -> journal.commit(customer("acct_passing", "cus_" + i, "x")));
      assertThat(others).containsOnly(new Verdict.Committed());
      assertThat(stuck).isNotDone();
      keeper.rollback();
      assertThat(stuck.get(60, TimeUnit.SECONDS)).isEqualTo(new Verdict.Committed());
    }
  }

  /** What the database refuses before COMMIT was not written, and nobody has to ask. */
  @Test
  void aDatabaseThatTakesNoWritesIsSaidToBeUnavailable() throws Exception {
    DataSource reading =
        (DataSource)
            Proxy.newProxyInstance(
                DataSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (_, _, _) -> {
                  Connection connection = database.dataSource().getConnection();
                  try (Statement statement = connection.createStatement()) {
                    statement.execute("SET default_transaction_read_only = on");
                  }
                  return connection;
                });
    Settings brief = new Settings(1, 10, 10, Duration.ofMillis(300), Duration.ofSeconds(60));
    try (GroupCommitJournal journal = new GroupCommitJournal(reading, brief)) {
      assertThat(journal.commit(customer("acct_reading", "cus_1", "x")))
          .isInstanceOf(Verdict.Unavailable.class);
    }
  }

  @Test
  void aDatabaseThatCannotBeReachedIsSaidToBeUnavailable() {
    var nowhere = new org.postgresql.ds.PGSimpleDataSource();
    nowhere.setServerNames(new String[] {"localhost"});
    nowhere.setPortNumbers(new int[] {1});
    nowhere.setUser("nobody");
    Settings hasty = new Settings(1, 8, 8, Duration.ofMillis(300), Duration.ofMillis(300));
    try (GroupCommitJournal journal = new GroupCommitJournal(nowhere, hasty)) {
      assertThat(journal.commit(customer("acct_x", "c", "x")))
          .isInstanceOf(Verdict.Unavailable.class);
    }
  }

  @Test
  void aFullQueueTurnsAwayAtOnce() throws Exception {
    Settings narrow = new Settings(1, 1, 2, Duration.ofSeconds(5), Duration.ofSeconds(5));
    try (Connection blocker = database.dataSource().getConnection();
        GroupCommitJournal journal = new GroupCommitJournal(database.dataSource(), narrow)) {
      blocker.setAutoCommit(false);
      try (Statement lock = blocker.createStatement()) {
        lock.execute("LOCK TABLE customers IN EXCLUSIVE MODE");
      }
      try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Verdict>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          String id = "cus_" + i;
          answers.add(pool.submit(() -> journal.commit(customer("acct_full", id, "x"))));
        }
        while (answers.stream().filter(Future::isDone).count() < 27) {
          Thread.onSpinWait();
        }
        blocker.rollback();
        List<Verdict> verdicts = all(answers);
        // One more if the queue was full before the writer had taken the first.
        assertThat(verdicts.stream().filter(Verdict.Unavailable.class::isInstance))
            .hasSizeBetween(27, 28);
        assertThat(verdicts.stream().filter(Verdict.Committed.class::isInstance))
            .hasSizeBetween(2, 3);
      }
    }
  }

  @Test
  void ledgerLinesAreWrittenWhenTheySumToZero() {
    try (GroupCommitJournal journal = journal(database.dataSource())) {
      List<LedgerLine> lines =
          List.of(
              new LedgerLine(
                  LedgerLine.Account.PROVIDER_RECEIVABLE, Money.of(1999, "usd"), "ch_1", NOW),
              new LedgerLine(
                  LedgerLine.Account.MERCHANT_BALANCE, Money.of(-1999, "usd"), "ch_1", NOW));
      journal.commit(Change.in("acct_ledger", false).ledger("txn_1", NOW, lines).build());
      assertThat(
              database.number(
                  "SELECT sum(amount) * 100 + count(*) FROM ledger_lines WHERE account = ?",
                  "acct_ledger"))
          .isEqualTo(2);
    }
  }

  private static GroupCommitJournal journal(DataSource dataSource) {
    return new GroupCommitJournal(dataSource, Settings.DEFAULT);
  }

  private static Change customer(String account, String id, String email) {
    return Change.in(account, false).insert(CUSTOMERS, customerRow(id, 1, email)).build();
  }

  private static Change update(String account, String id, int version, String email) {
    return Change.in(account, false).update(CUSTOMERS, customerRow(id, version, email)).build();
  }

  private static Row row(String id, int version, @Nullable String email) {
    return Row.of(id, version, NOW, email, false, "{}");
  }

  private static Row customerRow(String id, int version, String email) {
    return Row.of(
        id, version, NOW, email, false, "{\"name\":\"Ada \\\"A\\\" {Lovelace}, \\\\ ü\"}");
  }

  private interface Numbered<T> {
    T call(int number);
  }

  private static <T> List<T> concurrently(int times, Numbered<T> work) throws Exception {
    // Those of the system commit by themselves where they can, virtual ones always wait.
    AtomicInteger threads = new AtomicInteger();
    ThreadFactory mixed =
        task ->
            threads.incrementAndGet() % 2 == 0
                ? Thread.ofPlatform().unstarted(task)
                : Thread.ofVirtual().unstarted(task);
    try (ExecutorService pool = Executors.newThreadPerTaskExecutor(mixed)) {
      List<Callable<T>> calls = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        int number = i;
        calls.add(() -> work.call(number));
      }
      return all(pool.invokeAll(calls));
    }
  }

  private static <T> List<T> all(List<Future<T>> futures)
      throws ExecutionException, InterruptedException {
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  /** Connections whose backend dies at every third COMMIT, before it or just after it. */
  private static final class CommitTrap {
    enum When {
      BEFORE,
      AFTER
    }

    private final DataSource real;
    private final When when;
    private final AtomicInteger commits = new AtomicInteger();
    final AtomicInteger sprung = new AtomicInteger();

    CommitTrap(DataSource real, When when) {
      this.real = real;
      this.when = when;
    }

    DataSource dataSource() {
      return (DataSource)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {DataSource.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "getConnection" -> trapped(real.getConnection());
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }

    private Connection trapped(Connection connection) {
      return (Connection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {Connection.class},
              (proxy, method, arguments) -> {
                try {
                  if (method.getName().equals("commit") && commits.incrementAndGet() % 3 == 0) {
                    spring(connection, connection::commit);
                    return null;
                  }
                  Object made = method.invoke(connection, arguments);
                  return made instanceof PreparedStatement statement
                          && ((String) arguments[0]).endsWith("COMMIT")
                      ? trapped(connection, statement)
                      : made;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    /** A change that goes with its COMMIT. */
    private PreparedStatement trapped(Connection connection, PreparedStatement statement) {
      return (PreparedStatement)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {PreparedStatement.class},
              (proxy, method, arguments) -> {
                try {
                  if (method.getName().equals("execute") && commits.incrementAndGet() % 3 == 0) {
                    spring(connection, statement::execute);
                  }
                  return method.invoke(statement, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    /** Something that ends in a commit. */
    private interface Commit {
      void run() throws SQLException;
    }

    private void spring(Connection connection, Commit commit) throws SQLException {
      sprung.incrementAndGet();
      int pid = connection.unwrap(PGConnection.class).getBackendPID();
      if (when == When.AFTER) {
        commit.run();
      }
      try (Connection other = real.getConnection();
          Statement kill = other.createStatement()) {
        kill.execute("SELECT pg_terminate_backend(" + pid + ")");
      }
      if (when == When.AFTER) {
        throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
      }
      commit.run();
    }
  }
}
