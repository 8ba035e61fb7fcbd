package dev.portcullis.cli.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.BaseCallback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * How long a step of a schema waits for a lock. One that runs in no transaction, as an index does
 * that is built or dropped concurrently, waits for all who were there before it, and without end:
 * its own lock lets rows be read and written (PostgreSQL, CREATE INDEX, "Building Indexes
 * Concurrently"; 13.3.1, SHARE UPDATE EXCLUSIVE). What it gave up would only be left broken.
 */
final class LockTimeout extends BaseCallback {
  private final Duration inTransaction;

  /**
   * @param inTransaction for all other steps, and what comes after each
   */
  LockTimeout(Duration inTransaction) {
    this.inTransaction = inTransaction;
  }

  @Override
  public boolean supports(Event event, Context context) {
    return event == Event.BEFORE_EACH_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
  }

  @Override
  public void handle(Event event, Context context) {
    try (PreparedStatement statement =
        context.getConnection().prepareStatement("SELECT set_config('lock_timeout', ?, false)")) {
      boolean alone = event == Event.BEFORE_EACH_MIGRATE && context.getConnection().getAutoCommit();
      statement.setString(1, Long.toString(alone ? 0 : inTransaction.toMillis()));
      statement.execute();
    } catch (SQLException e) {
      throw new FlywayException("The time that a step waits for locks could not be set", e);
    }
  }
}
