package dev.portcullis.vault.rotation;

import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.crypto.DataKey.Purpose;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A table whose rows each name the data key that sealed them.
 *
 * @param name the table's name
 * @param columns what is sealed, and for what
 * @param rowColumns the columns that say what the ciphertext is bound to, as one SQL expression
 */
record SealedTable(String name, List<Column> columns, String rowColumns) {

  /** A sealed column; null where there is nothing, empty where it was destroyed. */
  record Column(String name, Purpose purpose) {}

  /** Every table but that of people, whose sealed texts name their keys themselves. */
  static final List<SealedTable> ALL =
      List.of(
          new SealedTable(
              "card",
              List.of(
                  new Column("sealed", Purpose.CARD_NUMBER),
                  new Column("details", Purpose.CARD_DETAILS)),
              "id"),
          new SealedTable(
              "openpgp_key", List.of(new Column("sealed", Purpose.OPENPGP_KEY)), "fingerprint"),
          new SealedTable("idempotency", List.of(new Column("answer", Purpose.ANSWER)), "key"),
          new SealedTable(
              "provider_secret",
              List.of(new Column("sealed", Purpose.PROVIDER_SECRET)),
              "name || ' ' || version || ' ' || provider_account || ' ' || host"),
          new SealedTable(
              "fingerprint_key",
              List.of(new Column("sealed", Purpose.FINGERPRINT_KEY)),
              "version::text"),
          new SealedTable("audit_key", List.of(new Column("sealed", Purpose.AUDIT_KEY)), "id"),
          new SealedTable(
              "pending_change",
              List.of(new Column("sealed", Purpose.CONFIRMATION)),
              Confirmations.BOUND));

  private String isRetired() {
    return "(account, data_key) in (select account, id from retired_data_key)";
  }

  /** Where the rows lie that a retired key sealed. */
  String places() {
    return "select ctid::text from " + name + " where " + isRetired();
  }

  /** How many there are. */
  String count() {
    return "select count(*) from " + name + " where " + isRetired();
  }

  /** The rows at those places, if a retired key still sealed them, locked. */
  String rows() {
    return "select ctid::text, account, livemode, data_key, %s, %s from %s where ctid = any(?::tid[]) and %s for update"
        .formatted(
            rowColumns,
            columns.stream().map(Column::name).collect(Collectors.joining(", ")),
            name,
            isRetired());
  }

  /** Puts a row's new ciphertexts in place. */
  String update() {
    return "update %s set data_key = ?, %s where ctid = ?::tid"
        .formatted(
            name,
            columns.stream()
                .map(column -> column.name() + " = ?")
                .collect(Collectors.joining(", ")));
  }

  /** Of a row of {@link #rows}. */
  static byte[] sealed(ResultSet row, int column) throws SQLException {
    return row.getBytes(6 + column);
  }
}
