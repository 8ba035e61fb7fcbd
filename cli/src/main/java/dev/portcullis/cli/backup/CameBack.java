package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a restore brought back that somebody may have taken away since the backup: no database says
 * so any more, so each thing that lets somebody in or money out is named, with who made it and when
 * it last changed, for people to compare with what they know.
 */
final class CameBack {

  private static final int MOST = 100;

  private static final String TIME =
      "to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')";

  private static final String PEOPLE =
      "SELECT p.name || '  ' || p.role || '  changed ' || "
          + TIME.formatted("max(greatest(p.created, e.used))")
          + " FROM person p LEFT JOIN person_enrollment e ON e.person = p.name"
          + " OR (e.person IS NULL AND e.proposed_name = p.name)"
          + " WHERE p.removed IS NULL GROUP BY p.name, p.role ORDER BY p.name";

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "API keys; revoke what was revoked (keys revoke)",
              Zone.GATEWAY,
              "SELECT id || '  ' || hint || '  ' || kind || CASE WHEN livemode THEN ' live' ELSE"
                  + " ' test' END || '  of ' || account || '  made ' || "
                  + TIME.formatted("created")
                  + " || CASE WHEN created_by = '' THEN '' ELSE ' by ' || created_by END"
                  + " FROM api_keys WHERE revoked_at IS NULL AND NOT revoked"
                  + " AND (expires_at IS NULL OR expires_at > now()) ORDER BY created, id"),
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
                  + " ORDER BY name, version"),
          new Kind(
              "Forward policies; remove what was removed (vault policies remove)",
              Zone.VAULT,
              "SELECT name || ' version ' || version || '  installed ' || "
                  + TIME.formatted("installed_at")
                  + " || ' by ' || installed_by || ' and ' || confirmed_by FROM"
                  + " (SELECT DISTINCT ON (name) * FROM forward_policy ORDER BY name, version DESC)"
                  + " newest WHERE content IS NOT NULL ORDER BY name"),
          new Kind("People of the vault (with --zone vault)", Zone.VAULT, PEOPLE));

  private record Kind(String title, Zone zone, String query) {}

  private CameBack() {}

  /** The lines, a title before those of each kind. */
  static List<String> read(Databases databases) throws SQLException {
    List<String> lines = new ArrayList<>();
    for (Kind kind : KINDS) {
      lines.add(kind.title() + ":");
      int before = lines.size();
      try (Connection connection = databases.connectToAll(kind.zone());
          PreparedStatement statement =
              connection.prepareStatement(kind.query() + " LIMIT " + (MOST + 1));
          ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          lines.add(
              lines.size() - before < MOST ? "  " + row.getString(1) : "  and more than these");
        }
      }
      if (lines.size() == before) {
        lines.add("  none");
      }
    }
    return lines;
  }
}
