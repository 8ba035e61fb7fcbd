package dev.portcullis.vault.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.StoppedClock;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.wire.audit.AppendOnly;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The role that the vault serves with may read the trail and append to it, and nothing else. */
class ServingRoleTest {

  private static final String INSUFFICIENT_PRIVILEGE = "42501";
  private static final TestDatabase DATABASE = TestDatabase.shared();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit_entry set detail = 'x'",
        "update audit_entry set detail = 'x' where false",
        "delete from audit_entry",
        "truncate audit_entry",
        "alter table audit_entry disable trigger all",
        "alter table audit_entry disable trigger audit_entry_append_only",
        "drop trigger audit_entry_append_only on audit_entry",
        "alter table audit_entry drop column detail",
        "alter table audit_entry rename to old",
        "alter table audit_entry owner to vault_app",
        "drop table audit_entry",
        "create trigger mine before insert on audit_entry for each row execute function"
            + " refuse_change()",
        "create rule mine as on insert to audit_entry do instead nothing",
        "create or replace function refuse_change() returns trigger language plpgsql as"
            + " 'begin return old; end'",
        "drop function refuse_change() cascade",
        "set session_replication_role = replica",
        "select * from audit_entry for update",
        "update audit_head set head = 'x'",
        "delete from audit_head",
        "truncate audit_head",
        "drop trigger audit_head_append_only on audit_head"
      })
  void isRefusedWhateverWouldChangeIt(String statement) {
    assertThatThrownBy(() -> execute(statement))
        .isInstanceOfSatisfying(
            SQLException.class,
            e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(INSUFFICIENT_PRIVILEGE));
  }

  @Test
  void appendsAndReads() throws SQLException {
    new AuditTrail(DATABASE.app(), new StoppedClock()).append("test", "a", "b");
    execute("select count(*) from audit_entry, audit_head");
  }

  @Test
  void isFoundOutWhenItMayMore() throws SQLException {
    TestDatabase other = TestDatabase.fresh("serving_role");
    String ask = "select coalesce((" + AppendOnly.CHANGEABLE + "), 'none')";
    assertThat(asApp(other, ask)).isEqualTo("none");
    other.execute("grant update (detail) on audit_entry to vault_app");
    assertThat(asApp(other, ask)).isEqualTo("audit_entry");
    other.execute("grant truncate on audit_head to vault_app");
    assertThat(asApp(other, ask)).isEqualTo("audit_entry, audit_head");
    other.execute(AppendOnly.restrict(TestDatabase.APP));
    assertThat(asApp(other, ask)).isEqualTo("none");
    assertThat(other.query(ask))
        .as("the owner")
        .isEqualTo("audit_entry, audit_head, forward_policy");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = DATABASE.app().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String asApp(TestDatabase database, String query) throws SQLException {
    try (Connection connection = database.app().getConnection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }
}
