package dev.portcullis.gateway.sealing;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.postgresql.util.PSQLState;
import org.springframework.stereotype.Component;

/**
 * Which keys still seal at whichever gateway of this database. Every session of a gateway holds a
 * shared advisory lock of the key that it seals by, from its beginning to its end, and none begins
 * with a key that was ended. So when a key is ended and nobody holds its lock, no row can be sealed
 * by it any more, whatever becomes of a gateway that stood still meanwhile.
 */
@Component
public final class SealingFence {

  /** The class of the locks; the key's id is the other half. */
  private static final int LOCKS = 7_110_066;

  private final Database database;

  SealingFence(Database database) {
    this.database = database;
  }

  /**
   * Has a new session hold the lock. First the lock and then the look, as {@link #end} first writes
   * and then looks: one of both sees the other.
   *
   * @throws SQLException if the key was ended; the session must not be used then
   */
  public static void enter(Connection session, int key) throws SQLException {
    try (PreparedStatement lock = session.prepareStatement("SELECT pg_advisory_lock_shared(?, ?)");
        PreparedStatement look =
            session.prepareStatement("SELECT 1 FROM ended_sealing_keys WHERE id = ?")) {
      lock.setInt(1, LOCKS);
      lock.setInt(2, key);
      lock.execute();
      look.setInt(1, key);
      try (ResultSet ended = look.executeQuery()) {
        if (ended.next()) {
          throw new SQLException(
              "The sealing key "
                  + key
                  + " was ended and seals no more: have a newer one first in sealing-keys.",
              PSQLState.CONNECTION_REJECTED.getState());
        }
      }
    } catch (SQLException e) {
      // A schema that is too old is refused at the start, by its own sentence.
      if (!PSQLState.UNDEFINED_TABLE.getState().equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /**
   * Ends keys: from now on nothing is sealed by them.
   *
   * @return those of them by which a gateway that runs still seals; if there are any, none was
   *     ended
   */
  public Set<Integer> end(List<Integer> keys) {
    Set<Integer> before = sealing(keys);
    if (!before.isEmpty()) {
      return before;
    }
    List<Integer> fresh = keys.stream().filter(key -> update(INSERT, key) > 0).toList();
    Set<Integer> after = sealing(keys);
    if (!after.isEmpty()) {
      fresh.forEach(key -> update("DELETE FROM ended_sealing_keys WHERE id = ?", key));
    }
    return after;
  }

  private static final String INSERT =
      "INSERT INTO ended_sealing_keys (id) VALUES (?) ON CONFLICT DO NOTHING";

  /** Whether the key was ended. */
  public boolean isEnded(int key) {
    return database
        .across(AllAccounts.SEALING)
        .sql("SELECT EXISTS (SELECT FROM ended_sealing_keys WHERE id = ?)")
        .params(key)
        .query(Boolean.class)
        .single();
  }

  private Set<Integer> sealing(List<Integer> keys) {
    return Set.copyOf(
        database
            .across(AllAccounts.SEALING)
            .sql(
                "SELECT DISTINCT objid::bigint::int FROM pg_locks WHERE locktype = 'advisory'"
                    + " AND classid::bigint = ? AND objsubid = 2 AND objid::bigint = ANY (?)"
                    + " AND database = (SELECT oid FROM pg_database"
                    + " WHERE datname = current_database())")
            .params(LOCKS, keys.stream().map(Integer::longValue).toArray(Long[]::new))
            .query(Integer.class)
            .list());
  }

  private int update(String sql, int key) {
    return database.across(AllAccounts.SEALING).sql(sql).params(key).update();
  }
}
