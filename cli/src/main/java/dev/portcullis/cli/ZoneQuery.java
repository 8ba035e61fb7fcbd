package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.ZoneConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** Questions to a zone's database, asked as that zone. */
record ZoneQuery(Home home) {

  /** The first value of the first row; empty where it is null or the database cannot be asked. */
  Optional<String> ask(Zone zone, String query) {
    return ask(zone, query, Map.of());
  }

  /** The same of the gateway's rows of one account, which the query's parameter goes to. */
  Optional<String> ask(String account, String query, String parameter) {
    // As in a URL's parameter: spaces part the options.
    return account.matches("acct_[0-9A-Za-z]+")
        ? ask(Zone.GATEWAY, query, Map.of("options", "-c portcullis.account=" + account), parameter)
        : Optional.empty();
  }

  private Optional<String> ask(
      Zone zone, String query, Map<String, String> more, String... parameters) {
    try {
      Map<String, String> settings = ZoneConfig.read(home.properties(zone));
      Properties login = new Properties();
      login.setProperty("user", settings.getOrDefault("database.user", ""));
      login.setProperty(
          "password", HomeFiles.read(home.secret(zone, "database-password")).orElse("").strip());
      login.setProperty("connectTimeout", "5");
      login.setProperty("socketTimeout", "5");
      login.putAll(more);
      try (Connection connection =
              DriverManager.getConnection(settings.getOrDefault("database.url", ""), login);
          PreparedStatement statement = connection.prepareStatement(query)) {
        for (int n = 0; n < parameters.length; n++) {
          statement.setString(n + 1, parameters[n]);
        }
        try (ResultSet row = statement.executeQuery()) {
          return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
      }
    } catch (SQLException | ConfigException e) {
      return Optional.empty();
    }
  }
}
