package dev.portcullis.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The zones' databases, past the zones; in the gateway's it names itself to see all accounts. */
final class Database {

  private Database() {}

  /** The vault's database, past the vault. */
  static Connection vault() throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", environment("PORTCULLIS_BENCH_DATABASE_USER"));
    login.setProperty("password", environment("PORTCULLIS_BENCH_DATABASE_PASSWORD"));
    return DriverManager.getConnection(environment("PORTCULLIS_BENCH_VAULT_DATABASE_URL"), login);
  }

  static Connection connect() throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", environment("PORTCULLIS_BENCH_DATABASE_USER"));
    login.setProperty("password", environment("PORTCULLIS_BENCH_DATABASE_PASSWORD"));
    login.setProperty("options", "-c portcullis.all_accounts=BENCH");
    return DriverManager.getConnection(environment("PORTCULLIS_BENCH_DATABASE_URL"), login);
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set");
    }
    return value;
  }
}
