package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import java.io.IOException;
import java.io.Writer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What a restore brought back that somebody may have taken away since the backup: no database says
 * so any more, so each thing that lets somebody in or money out is named, with who made it and when
 * it last changed, for people to compare with what they know.
 */
final class CameBack {

  /** Rows of the database that are in memory at a time: a home has any number of keys. */
  private static final int PAGE = 500;

  private static final String TIME =
      "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

  private static final String PEOPLE =
      "SELECT p.name || '  ' || p.role"
          + " || CASE WHEN p.password IS NULL THEN '  invited ' ELSE '  changed ' END || "
          + TIME.formatted("max(greatest(p.created, e.created, e.used))")
          + " FROM person p LEFT JOIN person_enrollment e ON e.person = p.name"
          + " OR (e.person IS NULL AND e.proposed_name = p.name)"
          + " WHERE p.removed IS NULL GROUP BY p.name, p.role, p.password"
          + " ORDER BY max(greatest(p.created, e.created, e.used)) DESC, p.name";

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "API keys; revoke what was revoked (keys revoke)",
              Zone.GATEWAY,
              "SELECT id || '  ' || hint || '  ' || kind || CASE WHEN livemode THEN ' live' ELSE"
                  + " ' test' END || '  of ' || account || '  made ' || "
                  + TIME.formatted("created")
                  + " || CASE WHEN created_by = '' THEN '' ELSE ' by ' || created_by END FROM"
                  + " api_keys WHERE revoked_at IS NULL AND NOT revoked AND (expires_at IS NULL OR"
                  + " expires_at > now()) ORDER BY created DESC, id DESC"),
          new Kind(
              "People of the gateway; remove or reset who was (people remove, people reset)",
              Zone.GATEWAY,
              PEOPLE),
          new Kind(
              "Providers' secrets; retire what was retired (vault secrets retire)",
              Zone.VAULT,
              "SELECT 'secret://' || name || ' version ' || version || '  for ' || provider_account"
                  + " || ' at ' || host || CASE WHEN livemode THEN ' live' ELSE ' test' END"
                  + " || '  of ' || account || '  entered ' || "
                  + TIME.formatted("created")
                  + " || ' by ' || created_by FROM provider_secret WHERE retired IS NULL"
                  + " ORDER BY created DESC, name, version DESC"),
          new Kind(
              "Forward policies; remove what was removed (vault policies remove)",
              Zone.VAULT,
              "SELECT name || ' version ' || version || '  installed ' || "
                  + TIME.formatted("installed_at")
                  + " || ' by ' || installed_by || ' and ' || confirmed_by FROM"
                  + " (SELECT DISTINCT ON (name) * FROM forward_policy ORDER BY name, version DESC)"
                  + " newest WHERE content IS NOT NULL ORDER BY installed_at DESC, name"),
          new Kind(
              "Accounts whose cards open; shred again what was shredded (vault shred)",
              Zone.VAULT,
              "SELECT account || CASE WHEN livemode THEN ' live' ELSE ' test' END || '  '"
                  + " || count(*) || ' data keys, the newest made ' || "
                  + TIME.formatted("max(created)")
                  + " FROM data_key GROUP BY account, livemode"
                  + " ORDER BY max(created) DESC, account, livemode"),
          new Kind("People of the vault (with --zone vault)", Zone.VAULT, PEOPLE));

  private record Kind(String title, Zone zone, String query) {}

  private CameBack() {}

  /** Writes all of it, the newest of each kind first, under a title for each. */
  static void write(Databases databases, Writer to) throws SQLException, IOException {
    for (Kind kind : KINDS) {
      to.write(kind.title() + ":\n");
      if (rows(databases, kind, to) == 0) {
        to.write("  none\n");
      }
    }
  }

  private static long rows(Databases databases, Kind kind, Writer to)
      throws SQLException, IOException {
    try (Connection connection = databases.connectToAll(kind.zone())) {
      // Only within a transaction does the driver fetch row by row.
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(kind.query())) {
        statement.setFetchSize(PAGE);
        try (ResultSet row = statement.executeQuery()) {
          long rows = 0;
          for (; row.next(); rows++) {
            to.write("  " + row.getString(1) + "\n");
          }
          return rows;
        }
      }
    }
  }
}
