package dev.portcullis.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The gateway's database, past the gateway. */
final class Database {

  private Database() {}

  static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        environment("PORTCULLIS_BENCH_DATABASE_URL"),
        environment("PORTCULLIS_BENCH_DATABASE_USER"),
        environment("PORTCULLIS_BENCH_DATABASE_PASSWORD"));
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set");
    }
    return value;
  }
}
