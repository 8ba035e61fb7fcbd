package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** This machine and the database, as they are. */
final class LiveSurroundings implements Production.Surroundings {

  private final Home home;

  LiveSurroundings(Home home) {
    this.home = home;
  }

  @Override
  public boolean separateAccounts() {
    return Accounts.detect().separate()
        && Accounts.exists(Zone.VAULT.account())
        && Accounts.exists(Zone.GATEWAY.account());
  }

  @Override
  public boolean simulatorRuns() {
    return InstanceReport.of(home).alive().containsKey(Zone.SIMULATOR.label());
  }

  @Override
  public Optional<Instant> databaseTime() {
    try {
      Map<String, String> settings = ZoneConfig.read(home.properties(Zone.GATEWAY));
      Properties login = new Properties();
      login.setProperty("user", settings.getOrDefault("database.user", ""));
      login.setProperty(
          "password",
          HomeFiles.read(home.secret(Zone.GATEWAY, "database-password")).orElse("").strip());
      login.setProperty("connectTimeout", "5");
      login.setProperty("socketTimeout", "5");
      try (Connection connection =
              DriverManager.getConnection(settings.getOrDefault("database.url", ""), login);
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery("SELECT extract(epoch FROM clock_timestamp()) * 1000")) {
        row.next();
        return Optional.of(Instant.ofEpochMilli(row.getBigDecimal(1).longValue()));
      }
    } catch (SQLException | ConfigException e) {
      return Optional.empty();
    }
  }
}
