package dev.portcullis.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The gateway's database, past the gateway, with its role: it names itself to see all accounts. */
final class Database {

  private Database() {}

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
