package dev.portcullis.gateway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The second lock on accounts: what the database shows when a query's condition is forgotten. */
class RowLevelSecurityTest {

  /** Tables without the lock, and why they need none. */
  private static final Map<String, String> OF_NO_ACCOUNT =
      Map.ofEntries(
          Map.entry("flyway_schema_history", "the schema's own"),
          Map.entry("journal_batches", "marks of commits, each with rows of several accounts"),
          Map.entry("page_reports", "browsers report of pages that are the same for all accounts"),
          Map.entry(
              "page_alarms", "what everybody is told of pages that are the same for all accounts"),
          Map.entry("page_releases", "what a release serves is the same for all accounts"),
          Map.entry("recoveries", "a restore is of the whole database"),
          Map.entry("ended_sealing_keys", "all accounts are sealed by the same keys"),
          Map.entry("person", "people administer the gateway"),
          Map.entry("person_enrollment", "people administer the gateway"),
          Map.entry("sign_in_attempts", "people administer the gateway"),
          Map.entry("admin_session", "people administer the gateway"));

  private static final String INSERT =
      "INSERT INTO customers (account, livemode, id, version, created, doc)"
          + " VALUES (?, false, ?, 1, now(), '{}')";
  private static final String IDS = "SELECT id FROM customers ORDER BY id";

  private static final TestDatabase DATABASE = filled();

  private final Database rows = DATABASE.rows();

  private static TestDatabase filled() {
    TestDatabase database = TestDatabase.fresh();
    for (String account : List.of("acct_1", "acct_2", "acct_3", "")) {
      assertThat(
              JdbcClient.create(database.everything())
                  .sql(INSERT)
                  .params(account, "cus_of_" + account)
                  .update())
          .isEqualTo(1);
    }
    return database;
  }

  private static List<String> ids(JdbcClient jdbc) {
    return jdbc.sql(IDS).query(String.class).list();
  }

  private static List<String> texts(String sql) {
    return JdbcClient.create(DATABASE.everything()).sql(sql).query(String.class).list();
  }

  @Test
  void everyTableHasTheLockOrAReasonToHaveNone() {
    assertThat(
            texts(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
                    + " AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity"))
        .containsExactlyInAnyOrderElementsOf(OF_NO_ACCOUNT.keySet());
    assertThat(
            texts(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                    + " WHERE a.attname = 'account' AND NOT a.attisdropped AND relkind IN ('r','p')"
                    + " AND relnamespace = 'public'::regnamespace AND NOT relrowsecurity"))
        .as("tables of accounts without the lock")
        .isEmpty();
  }

  /** A table with a policy of another kind, or with one more, would be open by it. */
  @Test
  void everyLockIsTheSame() {
    List<String> policies =
        texts(
            "SELECT DISTINCT polpermissive || ' ' || polcmd::text || ' ' || polroles::text || ' '"
                + " || replace(pg_get_expr(polqual, polrelid), '(id = ', '(account = ')"
                + " || coalesce(pg_get_expr(polwithcheck, polrelid), '') FROM pg_policy");
    assertThat(policies).hasSize(1);
    assertThat(policies.getFirst())
        .startsWith("true * {0} ((account = ( SELECT")
        .contains("portcullis.account'", "portcullis.accounts'", "portcullis.all_accounts'");
    assertThat(texts("SELECT polrelid::regclass::text FROM pg_policy"))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            texts("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity"));
  }

  @Test
  void theGatewaysRoleIsBoundAndCannotLiftTheLock() throws SQLException {
    try (Connection connection = DATABASE.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String attempt :
          List.of(
              "ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
              "DROP POLICY accounts_apart ON customers",
              "SELECT keep_accounts_apart('journal_batches')",
              "SET ROLE gateway_owner",
              "UPDATE search.customers SET email = 'x'",
              "DELETE FROM search.customers",
              "CREATE VIEW search.mine AS SELECT 1")) {
        assertThatThrownBy(() -> statement.execute(attempt))
            .as(attempt)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      }
      assertThat(
              DATABASE.text(
                  "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'gateway_app'"))
          .isEqualTo("f");
    }
  }

  @Test
  void aScopeShowsItsAccountsAlone() {
    assertThat(ids(rows.of("acct_1"))).containsExactly("cus_of_acct_1");
    assertThat(ids(rows.of("acct_none"))).isEmpty();
    assertThat(ids(rows.of(""))).isEmpty();
    assertThat(ids(rows.ofEach(List.of("acct_1", "acct_3", "acct_1"))))
        .containsExactly("cus_of_acct_1", "cus_of_acct_3");
    assertThat(ids(rows.ofEach(List.of()))).isEmpty();
    assertThat(ids(rows.ofEach(List.of("")))).containsExactly("cus_of_");
    assertThat(ids(rows.shared())).isEmpty();
    assertThat(ids(rows.across(AllAccounts.PURGE))).hasSize(4);
    String bySearch = "SELECT id FROM search.customers";
    assertThat(rows.of("acct_2").sql(bySearch).query(String.class).list())
        .containsExactly("cus_of_acct_2");
    assertThat(rows.shared().sql(bySearch).query(String.class).list()).isEmpty();
    assertThat(rows.across(AllAccounts.PURGE).sql(bySearch).query(String.class).list()).isEmpty();
  }

  @Test
  void anAccountsNameIsNeverMoreThanAName() {
    for (String name :
        List.of(
            "acct_1,acct_2", "{acct_2}", "a\",\"acct_2", "\\", "*", "'; --", " acct_1", "NULL")) {
      assertThat(ids(rows.of(name))).as(name).isEmpty();
      assertThat(ids(rows.ofEach(List.of(name, "acct_3"))))
          .as(name)
          .containsExactly("cus_of_acct_3");
      assertThat(rows.ofEach(List.of(name)).sql(INSERT).params(name, "cus_named").update())
          .isEqualTo(1);
      assertThat(ids(rows.ofEach(List.of(name)))).as(name).containsExactly("cus_named");
      assertThat(ids(rows.of(name))).as(name).containsExactly("cus_named");
      assertThat(rows.of(name).sql("DELETE FROM customers").update()).isEqualTo(1);
    }
  }

  @Test
  void anotherAccountsRowIsNeitherWrittenNorChangedNorTaken() {
    for (JdbcClient other : List.of(rows.of("acct_2"), rows.ofEach(List.of("acct_2")))) {
      assertThatThrownBy(() -> other.sql(INSERT).params("acct_1", "cus_planted").update())
          .rootCause()
          .hasMessageContaining("row-level security");
      assertThat(other.sql("UPDATE customers SET version = 7").update()).isEqualTo(1);
      assertThatThrownBy(() -> other.sql("UPDATE customers SET account = 'acct_1'").update())
          .rootCause()
          .hasMessageContaining("row-level security");
      assertThat(other.sql("DELETE FROM customers WHERE account <> 'acct_2'").update()).isZero();
    }
    assertThatThrownBy(() -> rows.shared().sql(INSERT).params("acct_1", "cus_x").update())
        .rootCause()
        .hasMessageContaining("row-level security");
    assertThat(rows.shared().sql("UPDATE customers SET version = 7").update()).isZero();
    assertThat(DATABASE.number("SELECT version FROM customers WHERE id = 'cus_of_acct_1'"))
        .isEqualTo(1);
  }

  /** One connection, which everybody uses in turn, as one out of a pool. */
  @Test
  void nothingOfAScopeIsLeftOnItsConnection() throws SQLException {
    try (Connection connection = DATABASE.dataSource().getConnection()) {
      SingleConnectionDataSource one = new SingleConnectionDataSource(connection, true);
      Database single = new Database(one);
      List<Runnable> uses =
          List.of(
              () -> ids(single.of("acct_1")),
              () -> ids(single.across(AllAccounts.PURGE)),
              () ->
                  single
                      .ofEach(List.of("acct_1"))
                      .sql("DELETE FROM customers WHERE false")
                      .update(),
              () -> refused(() -> ids(single.of("acct_1"), "SELECT 1 / 0")),
              () -> refused(() -> ids(single.of("acct_1"), "SELECT no_such_column FROM customers")),
              () -> refused(() -> single.of("acct_1").sql(INSERT).params("acct_2", "x").update()));
      for (Runnable use : uses) {
        for (int times = 0; times < 8; times++) { // the driver prepares after some
          use.run();
          assertThat(settings(connection)).isEqualTo("");
          assertThat(ids(single.shared())).isEmpty();
          assertThat(ids(single.of("acct_2"))).containsExactly("cus_of_acct_2");
        }
      }
    }
  }

  private static List<String> ids(JdbcClient jdbc, String sql) {
    return jdbc.sql(sql).query(String.class).list();
  }

  private static void refused(Runnable use) {
    assertThatThrownBy(use::run).isInstanceOf(DataAccessException.class);
  }

  private static String settings(Connection connection) throws SQLException {
    List<String> settings = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      for (String name : List.of("account", "accounts", "all_accounts")) {
        try (ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(current_setting('portcullis." + name + "', true), '')")) {
          assertThat(row.next()).isTrue();
          settings.add(row.getString(1));
        }
      }
    }
    return String.join("", settings);
  }

  @Test
  void withinATransactionEachStatementHasItsOwnScope() {
    var connections = DATABASE.dataSource();
    Database database = new Database(connections);
    TransactionTemplate transactions =
        new TransactionTemplate(new JdbcTransactionManager(connections));
    transactions.executeWithoutResult(
        status -> {
          assertThat(ids(database.across(AllAccounts.AUDIT_TRAIL))).hasSize(4);
          assertThat(ids(database.of("acct_1"))).containsExactly("cus_of_acct_1");
          assertThat(ids(database.ofEach(List.of("acct_2")))).containsExactly("cus_of_acct_2");
          assertThat(database.of("acct_1").sql(INSERT).params("acct_1", "cus_undone").update())
              .isEqualTo(1);
          assertThat(ids(database.of("acct_1"))).hasSize(2);
          status.setRollbackOnly();
        });
    assertThat(ids(database.of("acct_1"))).containsExactly("cus_of_acct_1");
  }
}
