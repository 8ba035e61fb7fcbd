package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Ends what a backup brings back to life: sign-ins, codes with which somebody could enrol, and
 * changes that waited for a second person; and transfers of cards, whose files are gone. All were
 * meant for a day at most; whoever has kept one must not get in by a restore, and what was refused
 * since must not be confirmed after all. That keys were revoked since the backup, or people
 * removed, no database says any more: the restore tells its operator ({@link CameBack}).
 */
final class Revived {

  private final Databases databases;

  Revived(Databases databases) {
    this.databases = databases;
  }

  private static void endChanges(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement changes =
        connection.prepareStatement(
            "UPDATE pending_change SET expires = ? WHERE state = 'pending' AND expires > ?")) {
      changes.setObject(1, now.atOffset(ZoneOffset.UTC));
      changes.setObject(2, now.atOffset(ZoneOffset.UTC));
      changes.executeUpdate();
    }
  }

  /** No backup holds their files, and the folder is another one. */
  private static void endTransfers(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement transfers =
        connection.prepareStatement(
            "UPDATE card_transfer SET state = 'abandoned', finished = ?,"
                + " report = '{\"abandoned\":\"by a restore\"}' WHERE finished IS NULL"
                + " AND state NOT IN ('refused', 'done', 'incomplete', 'failed', 'abandoned')")) {
      transfers.setObject(1, now.atOffset(ZoneOffset.UTC));
      transfers.executeUpdate();
    }
  }

  void end(Instant now) throws SQLException {
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      try (Connection connection = databases.connectToAll(zone)) {
        try (PreparedStatement sessions =
            connection.prepareStatement("DELETE FROM admin_session")) {
          sessions.executeUpdate();
        }
        try (PreparedStatement codes =
            connection.prepareStatement(
                "UPDATE person_enrollment SET expires = least(expires, ?),"
                    + " proposed_password = NULL, proposed_totp = NULL WHERE used IS NULL")) {
          // Not as used: nobody did anything with them.
          codes.setObject(1, now.atOffset(ZoneOffset.UTC));
          codes.executeUpdate();
        }
        if (zone == Zone.VAULT) {
          endChanges(connection, now);
          endTransfers(connection, now);
        }
      }
    }
  }
}
