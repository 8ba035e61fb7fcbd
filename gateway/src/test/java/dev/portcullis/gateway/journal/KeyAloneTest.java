package dev.portcullis.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.testing.TestDatabase;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A row that is there already fails the statement, and nothing keeps a row from being written in
 * silence: nobody counts.
 */
class KeyAloneTest {

  private static final String UNIQUE =
      "SELECT substring(pg_get_indexdef(indexrelid) FROM 'USING .*')"
          + " || CASE WHEN indimmediate AND indisvalid THEN ' at once' ELSE ' later' END"
          + " FROM pg_index WHERE indrelid = ?::regclass AND (indisunique OR indisexclusion)";

  /** Rules and triggers, and whatever is no plain table. */
  private static final String IN_THE_WAY =
      "WITH it AS (SELECT ?::regclass AS oid)"
          + " SELECT rulename::text FROM pg_rewrite JOIN it ON ev_class = it.oid"
          + " UNION ALL SELECT tgname::text FROM pg_trigger JOIN it ON tgrelid = it.oid"
          + " UNION ALL SELECT relkind::text FROM pg_class JOIN it USING (oid)"
          + " WHERE relkind <> 'r'";

  @Test
  void nothingButTheirKeysIsUniqueInTheTablesThatSaySo() throws Exception {
    TestDatabase database = TestDatabase.fresh();
    List<Table> tables = tables().stream().filter(Table::keyAlone).toList();
    assertThat(tables)
        .extracting(Table::name)
        .containsExactlyInAnyOrder(
            "balance_transactions",
            "charges",
            "events",
            "ledger_lines",
            "payment_intents",
            "provider_operations",
            "route_decisions");
    try (Connection connection = database.everything().getConnection()) {
      for (Table table : tables) {
        assertThat(read(connection, UNIQUE, table))
            .containsExactly("USING btree (account, id) at once");
        assertThat(read(connection, IN_THE_WAY, table)).isEmpty();
      }
    }
  }

  private static List<String> read(Connection connection, String sql, Table table)
      throws Exception {
    try (PreparedStatement read = connection.prepareStatement(sql)) {
      read.setString(1, "public." + table.name());
      List<String> found = new ArrayList<>();
      try (ResultSet rows = read.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }

  /** All that a class of the gateway keeps. */
  private static List<Table> tables() throws Exception {
    Path classes = Path.of(Table.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Table> tables = new ArrayList<>();
    for (String name : new TreeSet<>(names(classes))) {
      Class<?> type = Class.forName(name, false, Table.class.getClassLoader());
      for (Field field : Arrays.asList(type.getDeclaredFields())) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType().equals(Table.class)) {
          field.setAccessible(true);
          tables.add((Table) field.get(null));
        }
      }
    }
    return tables;
  }

  private static List<String> names(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes.resolve("dev/portcullis/gateway"))) {
      return files
          .map(file -> classes.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
          .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
          .toList();
    }
  }
}
