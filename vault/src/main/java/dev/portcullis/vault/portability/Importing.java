package dev.portcullis.vault.portability;

import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.CardTransfer;
import dev.portcullis.vault.card.StoredCard;
import dev.portcullis.vault.portability.CardRows.Row;
import dev.portcullis.vault.portability.RowRules.Verdict;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores the cards of a file that two people confirmed, a small batch in each transaction together
 * with how far it is: wherever it is cut off, it goes on with the next line, and no line is
 * imported twice.
 */
final class Importing {

  static final int BATCH = 100;

  private final TransferStore store;
  private final CardTransfer cards;
  private final Spool spool;
  private final VaultKeys keys;
  private final Pace pace;

  Importing(TransferStore store, CardTransfer cards, Spool spool, VaultKeys keys, Pace pace) {
    this.store = store;
    this.cards = cards;
    this.spool = spool;
    this.keys = keys;
    this.pace = pace;
  }

  /** What a line becomes. */
  private record Outcome(
      long line,
      @Nullable String oldId,
      @Nullable String customer,
      @Nullable StoredCard card,
      @Nullable String reason) {}

  /**
   * Goes on from where it is.
   *
   * @param stop asked between batches
   * @return whether it is at its end; false if it was stopped, or ended by somebody
   * @throws FileRefused if the file is not the one that was confirmed
   */
  boolean run(Transfer transfer, BooleanSupplier stop) throws IOException, SQLException {
    String digest = Objects.requireNonNull(transfer.file().digest());
    if (!spool.isFile(transfer.id(), digest)) {
      throw new FileRefused("file_changed", "The file is not the one that was confirmed.");
    }
    try (InputStream in = spool.read(transfer.id())) {
      EncryptedFile file = EncryptedFile.open(in, keys::find);
      CardRows rows = new CardRows(file.plaintext());
      RowRules rules = new RowRules(digest);
      List<Outcome> batch = new ArrayList<>();
      Row row = rows.next();
      while (row != null) {
        // Judged also where it is done already: the verdicts on later ids depend on earlier ones.
        Verdict verdict = rules.judge(row);
        if (row.line() > transfer.progress().position()) {
          batch.add(outcome(transfer, row.line(), verdict));
        }
        row = rows.next();
        if (batch.size() == BATCH || (row == null && !batch.isEmpty())) {
          if (stop.getAsBoolean() || !paced(transfer, batch)) {
            return false;
          }
          batch.clear();
        }
      }
      file.finish();
      return true;
    }
  }

  private Outcome outcome(Transfer transfer, long line, Verdict verdict) throws SQLException {
    return switch (verdict) {
      case Verdict.None(String id, String reason) -> new Outcome(line, id, null, null, reason);
      case Verdict.Card(String id, String customer, CardTransfer.Line card) ->
          switch (cards.seal(transfer.owner(), card)) {
            case CardTransfer.Taken.Good(StoredCard sealed) ->
                new Outcome(line, id, customer, sealed, null);
            case CardTransfer.Taken.Bad(String reason) ->
                new Outcome(line, id, customer, null, reason);
          };
    };
  }

  private boolean paced(Transfer transfer, List<Outcome> batch) {
    long begin = System.nanoTime();
    boolean goesOn =
        store
            .sql()
            .<Transfer>within(connection -> commit(connection, transfer, batch) ? transfer : null)
            .isPresent();
    pace.rest(System.nanoTime() - begin);
    return goesOn;
  }

  private static boolean commit(Connection connection, Transfer transfer, List<Outcome> batch)
      throws SQLException {
    // Locked, so that nobody ends it meanwhile and no other worker does the same lines.
    var now = TransferStore.locked(connection, transfer, State.RUNNING);
    if (now.isEmpty() || now.get().progress().position() >= batch.getFirst().line()) {
      return false;
    }
    CardStore.insertAll(
        connection,
        batch.stream().map(Outcome::card).filter(Objects::nonNull).toList(),
        transfer.id());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into card_transfer_line (account, transfer, line, old_id, customer, card,"
                + " reason) values (?, ?, ?, ?, ?, ?, ?)")) {
      for (Outcome outcome : batch) {
        StoredCard card = outcome.card();
        insert.setString(1, transfer.owner().account());
        insert.setString(2, transfer.id());
        insert.setLong(3, outcome.line());
        insert.setString(4, outcome.oldId());
        insert.setString(5, outcome.customer());
        insert.setString(6, card == null ? null : card.id());
        insert.setString(7, outcome.reason());
        insert.addBatch();
      }
      insert.executeBatch();
    }
    return update(
            connection,
            "update card_transfer set position = ?, moved = moved + ? where account = ? and id = ?",
            batch.getLast().line(),
            batch.size(),
            transfer.owner().account(),
            transfer.id())
        == 1;
  }

  /** What came of it, by the tables' own word, JSON. */
  String report(Transfer transfer) {
    return store
        .sql()
        .within(connection -> Json.writeString(report(connection, transfer)))
        .orElseThrow();
  }

  private static Map<String, @Nullable Object> report(Connection connection, Transfer transfer)
      throws SQLException {
    String account = transfer.owner().account();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("rows", transfer.progress().total());
    tree.put(
        "imported",
        one(
            connection,
            "select count(*) from card_transfer_line l join card c on c.account = l.account and"
                + " c.id = l.card where l.account = ? and l.transfer = ?",
            account,
            transfer.id()));
    tree.put(
        "different_cards",
        one(
            connection,
            "select count(distinct c.fingerprint) from card_transfer_line l join card c on"
                + " c.account = l.account and c.id = l.card where l.account = ? and l.transfer = ?",
            account,
            transfer.id()));
    tree.put(
        "already_there",
        one(
            connection,
            "select count(*) from card_transfer_line l join card c on c.account = l.account and"
                + " c.id = l.card where l.account = ? and l.transfer = ? and exists (select from"
                + " card o where o.account = c.account and o.livemode = c.livemode and"
                + " o.fingerprint = c.fingerprint and o.transfer is distinct from c.transfer)",
            account,
            transfer.id()));
    Map<String, Long> reasons = new LinkedHashMap<>();
    query(
            connection,
            "select reason, count(*) from card_transfer_line where account = ? and transfer = ? and"
                + " reason is not null group by 1 order by 1",
            row -> Map.entry(row.getString(1), row.getLong(2)),
            account,
            transfer.id())
        .forEach(entry -> reasons.put(entry.getKey(), entry.getValue()));
    tree.put("invalid", reasons.values().stream().mapToLong(Long::longValue).sum());
    tree.put("reasons", reasons);
    tree.put("sha256", transfer.file().digest());
    return tree;
  }

  private static long one(Connection connection, String sql, Object... values) throws SQLException {
    return query(connection, sql, row -> row.getLong(1), values).getFirst();
  }
}
