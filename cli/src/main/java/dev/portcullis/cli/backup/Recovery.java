package dev.portcullis.cli.backup;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.wire.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pause of payments after a restore, as the gateway's database holds it. It is begun here, and
 * a comparison is ordered here; what ends it is a person's word at the gateway's administration.
 */
public final class Recovery {
  private static final String OPEN = "state <> 'resumed'";

  private final Databases databases;

  public Recovery(Databases databases) {
    this.databases = databases;
  }

  /**
   * How it stands.
   *
   * @param id the backup's
   * @param backupAt of which moment the backup is
   * @param state {@code paused}, {@code reconciling} or {@code reconciled}
   * @param report what the last reconciliation found, by source
   */
  public record Standing(
      String id, Instant backupAt, String state, Map<String, @Nullable Object> report) {

    /** What keeps a person from believing the report; empty when nothing does. */
    public Optional<String> trouble() {
      return Optional.ofNullable(report.get("trouble")).map(Object::toString);
    }

    /** How many things have to be accepted by a person. */
    public long differences() {
      return report.get("differences") instanceof Long number ? number : 0;
    }
  }

  /** Something that a provider knows and the gateway does not, or knows otherwise. */
  public record Finding(
      String account,
      String connector,
      String verdict,
      String kind,
      String status,
      long amount,
      String currency,
      @Nullable String last4,
      Instant at,
      String providerId) {}

  /** Writes that a restored database pays nobody yet. */
  void begin(Preamble preamble, Instant now) {
    String insert =
        "INSERT INTO recoveries (id, backup_at, restored_at, state) VALUES (?, ?, ?, 'paused')";
    run(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, preamble.id());
            statement.setObject(2, utc(preamble.at()));
            statement.setObject(3, utc(now));
            statement.executeUpdate();
          }
          note(connection, preamble.id(), "restored", "from instance " + preamble.instance());
          return true;
        });
  }

  /** How the pause stands, or empty when there is none. */
  public Optional<Standing> standing() {
    String query =
        "SELECT id, backup_at, state, report FROM recoveries WHERE "
            + OPEN
            + " ORDER BY restored_at";
    return run(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(query);
              ResultSet row = statement.executeQuery()) {
            return row.next()
                ? Optional.of(
                    new Standing(
                        row.getString(1),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getString(3),
                        Json.readObject(row.getString(4))))
                : Optional.empty();
          }
        });
  }

  /** Asks the gateway to compare its operations with the providers'. */
  public void order(String id) {
    String update =
        "UPDATE recoveries SET state = 'reconciling', due = '-infinity', report = '{}'"
            + " WHERE id = ? AND "
            + OPEN;
    run(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(update)) {
            statement.setString(1, id);
            statement.executeUpdate();
          }
          note(connection, id, "reconcile", "");
          return true;
        });
  }

  /** What the last reconciliation found, the oldest first. */
  public List<Finding> findings(String id, int limit) {
    String query =
        "SELECT account, connector, verdict, kind, status, amount, currency, last4, at, provider_id"
            + " FROM recovery_findings WHERE recovery = ? ORDER BY at, reference LIMIT ?";
    return run(
        connection -> {
          List<Finding> findings = new ArrayList<>();
          try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, id);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
              while (row.next()) {
                findings.add(finding(row));
              }
            }
          }
          return findings;
        });
  }

  private static Finding finding(ResultSet row) throws SQLException {
    return new Finding(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getLong(6),
        row.getString(7),
        row.getString(8),
        row.getObject(9, OffsetDateTime.class).toInstant(),
        row.getString(10));
  }

  private static void note(Connection connection, String id, String action, String detail)
      throws SQLException {
    GatewayAudit.append(connection, "recovery." + action, id, detail);
  }

  private interface Step<T> {
    T run(Connection connection) throws SQLException;
  }

  private <T> T run(Step<T> step) {
    try (Connection connection = databases.connectToAll(Zone.GATEWAY)) {
      connection.setAutoCommit(false);
      T result = step.run(connection);
      connection.commit();
      return result;
    } catch (SQLException e) {
      throw new Refusal(
          "The gateway's database could not be used: %s."
              .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
