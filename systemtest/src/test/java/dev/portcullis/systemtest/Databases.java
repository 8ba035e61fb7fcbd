package dev.portcullis.systemtest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The zones' databases, reached with the zones' own roles, as one who looks across all accounts.
 */
final class Databases {
  private final Portcullis portcullis;

  Databases(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  /** The database of a zone, as that zone reaches it. */
  PGSimpleDataSource of(String zone) {
    return of(zone, zone);
  }

  /** The database of one zone, with the role of another. */
  PGSimpleDataSource of(String zone, String roleOf) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(setting(zone, "database.url"));
    source.setUser(setting(roleOf, "database.user"));
    source.setPassword(portcullis.secret(roleOf, "database-password"));
    source.setOptions("-c portcullis.all_accounts=TEST");
    return source;
  }

  private String setting(String zone, String name) {
    Path file = portcullis.home().resolve(zone).resolve(zone + ".properties");
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty(name);
  }

  List<String> tables(String zone) throws SQLException {
    try (Connection connection = of(zone).getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select format('%I.%I', table_schema, table_name) from information_schema.tables"
                    + " where table_schema not in ('pg_catalog', 'information_schema')"
                    + " and table_type = 'BASE TABLE' order by 1")) {
      List<String> tables = new ArrayList<>();
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
      return tables;
    }
  }

  /** Searches every table as a dump would write it: text, with bytes in hex. */
  void dumpInto(LeakSearch search, String zone) throws SQLException, IOException {
    for (String table : tables(zone)) {
      try (Connection connection = of(zone).getConnection();
          PipedInputStream in = new PipedInputStream(1 << 16)) {
        PipedOutputStream out = new PipedOutputStream(in);
        CompletableFuture<Void> copy =
            CompletableFuture.runAsync(() -> copy(connection, table, out));
        search.stream("dump of " + zone + " " + table, in);
        copy.join();
      }
    }
  }

  private static void copy(Connection connection, String table, OutputStream to) {
    try (OutputStream out = to) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyOut("copy (select * from " + table + ") to stdout", out);
    } catch (SQLException | IOException e) {
      throw new CompletionException(table, e);
    }
  }
}
