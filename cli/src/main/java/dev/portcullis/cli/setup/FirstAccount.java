package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import dev.portcullis.kit.Ids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;

/** The account of a live home: made once, without a key, and known by the database alone. */
public final class FirstAccount {

  private final Databases databases;
  private final Ids ids;
  private final InstantSource clock;

  public FirstAccount(Databases databases, Ids ids, InstantSource clock) {
    this.databases = databases;
    this.ids = ids;
    this.clock = clock;
  }

  /** Makes it where there is none; the id of the oldest one. */
  public String ensure() {
    String insert =
        "INSERT INTO accounts (id, created) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM accounts)";
    try (Connection connection = databases.connectToAll(Zone.GATEWAY)) {
      try (PreparedStatement statement = connection.prepareStatement(insert)) {
        statement.setString(1, ids.next("acct"));
        statement.setObject(2, clock.instant().atOffset(ZoneOffset.UTC));
        statement.executeUpdate();
      }
      try (PreparedStatement statement =
              connection.prepareStatement("SELECT id FROM accounts ORDER BY created, id LIMIT 1");
          ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new Refusal(
          "The account could not be made: %s."
              .formatted(String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }
}
