package dev.portcullis.vault.portability;

import dev.portcullis.vault.card.CardTransfer;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.portability.CardRows.Row;
import dev.portcullis.vault.portability.RowRules.Verdict;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads an import's file from its beginning to its end and stores nothing: whether all of it is as
 * it was encrypted, and how many of its rows are cards. Two people decide by what this finds.
 */
final class FirstLook {

  /** How many rows a file may have; more come in several files. */
  static final long MOST_ROWS = 1_000_000;

  private static final int MOST_NAMED = 100;

  private final CardTransfer cards;
  private final Owner owner;
  private final Map<String, Long> invalid = new TreeMap<>();
  private final List<Map<String, Object>> named = new ArrayList<>();
  private long rows;
  private long good;
  private long expired;

  /**
   * What was found.
   *
   * @param rows how many there are
   * @param findings in members, JSON
   */
  record Found(long rows, String findings) {}

  FirstLook(CardTransfer cards, Owner owner) {
    this.cards = cards;
    this.owner = owner;
  }

  /**
   * Looks.
   *
   * @param stop asked now and then
   * @return null if it was stopped
   * @throws FileRefused if the file is not taken
   */
  @Nullable Found look(InputStream in, EncryptedFile.Keys keys, String digest, BooleanSupplier stop)
      throws IOException {
    EncryptedFile file = EncryptedFile.open(in, keys);
    CardRows read = new CardRows(file.plaintext());
    RowRules rules = new RowRules(digest);
    Row row = read.next();
    while (row != null) {
      if (stop.getAsBoolean()) {
        return null;
      }
      if (++rows > MOST_ROWS) {
        throw new FileRefused(
            "file_too_large", "The file has more than " + MOST_ROWS + " rows: split it.");
      }
      count(row.line(), rules.judge(row));
      row = read.next();
    }
    file.finish();
    if (rows == 0) {
      throw new FileRefused("file_empty", "The file holds no row.");
    }
    return new Found(rows, Json.writeString(findings(read)));
  }

  private void count(long line, Verdict verdict) {
    String reason =
        switch (verdict) {
          case Verdict.None(_, String why) -> why;
          case Verdict.Card(_, _, CardTransfer.Line card) -> {
            expired += cards.hasExpired(card) ? 1 : 0;
            yield cards.fault(owner, card);
          }
        };
    if (reason == null) {
      good++;
    } else {
      invalid.merge(reason, 1L, Long::sum);
      if (named.size() < MOST_NAMED) {
        named.add(Map.of("line", line, "reason", reason));
      }
    }
  }

  private Map<String, @Nullable Object> findings(CardRows read) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("format", read.format());
    tree.put("rows", rows);
    tree.put("cards", good);
    tree.put("expired", expired);
    tree.put("invalid", rows - good);
    tree.put("reasons", invalid);
    tree.put("invalid_lines", named);
    tree.put("ignored_columns", read.ignored());
    return tree;
  }
}
