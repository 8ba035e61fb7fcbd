package dev.portcullis.vault.portability;

import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.card.CardStore;
import dev.portcullis.vault.card.CardStore.Made;
import dev.portcullis.vault.card.CardTransfer;
import dev.portcullis.vault.card.StoredCard;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.jspecify.annotations.Nullable;

/**
 * Writes the cards that two people want out, part by part. A part is a file of its own, and counts
 * once it is whole on the disk: one that was cut off is written anew, so that each card is in
 * exactly one part.
 */
final class Exporting {

  /** A card that is on its way into the database when an export begins is in it, or made later. */
  static final Duration SETTLE = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(Exporting.class.getName());
  private static final int PAGE = 200;
  private static final int MOST_NAMED = 100;
  private static final Instant BEGINNING = Instant.EPOCH;
  private static final byte[] LINE_END = "\n".getBytes(StandardCharsets.US_ASCII);

  private final TransferStore store;
  private final CardTransfer cards;
  private final Spool spool;
  private final VaultKeys keys;
  private final int partCards;
  private final Pace pace;
  private final SecureRandom random = new SecureRandom();

  Exporting(
      TransferStore store,
      CardTransfer cards,
      Spool spool,
      VaultKeys keys,
      int partCards,
      Pace pace) {
    this.store = store;
    this.cards = cards;
    this.spool = spool;
    this.keys = keys;
    this.partCards = partCards;
    this.pace = pace;
  }

  private static Made made(Transfer transfer) {
    Instant begun = Objects.requireNonNull(transfer.confirmed()).at();
    Instant from = transfer.to().from();
    Instant before = transfer.to().before();
    return new Made(
        transfer.owner(),
        from == null ? BEGINNING : from,
        before == null || before.isAfter(begun) ? begun : before);
  }

  /**
   * Goes on from where it is.
   *
   * @param stop asked between pages
   * @return whether it is at its end; false if it was stopped, or ended by somebody
   */
  boolean run(Transfer transfer, Instant now, BooleanSupplier stop) throws IOException {
    if (now.isBefore(Objects.requireNonNull(transfer.confirmed()).at().plus(SETTLE))) {
      return false;
    }
    Made made = made(transfer);
    if (transfer.progress().total() == null) {
      count(transfer, made);
    }
    Recipient recipient = Recipient.read(Objects.requireNonNull(transfer.to().ring()), now);
    PGPKeyPair signing = keys.signing(keys.current("export"));
    String last = transfer.progress().lastId();
    long number = transfer.progress().position();
    boolean more = hasMore(made, last);
    while (more) {
      number++;
      Part part = new Part(made, last, stop);
      String name = transfer.id() + "-%05d.jsonl".formatted(number);
      Spool.PartFile file =
          spool.write(
              transfer.id(),
              number,
              out -> {
                try (EncryptedPart encrypted =
                    EncryptedPart.open(
                        out, recipient.encryptionKey(), signing, name, now, random)) {
                  part.write(encrypted);
                }
              });
      if (part.stopped || !committed(transfer, number, part, file)) {
        return false;
      }
      last = part.last;
      more = hasMore(made, last);
    }
    return true;
  }

  private boolean hasMore(Made made, String last) {
    return !store
        .sql()
        .within(connection -> CardStore.page(connection, made, last, 1))
        .orElseThrow()
        .isEmpty();
  }

  private void count(Transfer transfer, Made made) {
    store
        .sql()
        .within(
            connection ->
                update(
                    connection,
                    "update card_transfer set total = ? where account = ? and id = ?",
                    CardStore.count(connection, made),
                    transfer.owner().account(),
                    transfer.id()));
  }

  /** One part while it is written. */
  private final class Part {
    private final Made made;
    private final BooleanSupplier stop;
    private String last;
    private long written;
    private boolean stopped;
    private final List<String> unreadable = new ArrayList<>();

    Part(Made made, String after, BooleanSupplier stop) {
      this.made = made;
      this.last = after;
      this.stop = stop;
    }

    void write(EncryptedPart out) throws IOException {
      long met = 0;
      boolean more = true;
      while (more && met < partCards) {
        stopped = stop.getAsBoolean();
        if (stopped) {
          return;
        }
        long begin = System.nanoTime();
        int most = (int) Math.min(PAGE, partCards - met);
        String after = last;
        List<StoredCard> page =
            store
                .sql()
                .within(connection -> CardStore.page(connection, made, after, most))
                .orElseThrow();
        for (StoredCard card : page) {
          write(out, card);
        }
        met += page.size();
        more = page.size() == most;
        pace.rest(System.nanoTime() - begin);
      }
    }

    private void write(EncryptedPart out, StoredCard card) throws IOException {
      last = card.id();
      byte[] line;
      try {
        line = Json.write(cards.insecureLine(card));
      } catch (TamperedException e) {
        LOG.log(Level.SEVERE, "a card does not open and is not exported: " + card.id(), e);
        unreadable.add(card.id());
        return;
      } catch (SQLException e) {
        throw new IOException("a card's key cannot be read", e);
      }
      try {
        out.write(line);
        out.write(LINE_END);
        written++;
      } finally {
        Arrays.fill(line, (byte) 0);
      }
    }
  }

  private boolean committed(Transfer transfer, long number, Part part, Spool.PartFile file) {
    return store
        .sql()
        .<Transfer>within(
            connection -> {
              var now = TransferStore.locked(connection, transfer, State.RUNNING);
              if (now.isEmpty() || now.get().progress().position() != number - 1) {
                return null;
              }
              update(
                  connection,
                  "insert into card_transfer_part (account, transfer, number, cards, bytes, digest,"
                      + " last_id, made) values (?, ?, ?, ?, ?, ?, ?, now())",
                  transfer.owner().account(),
                  transfer.id(),
                  (int) number,
                  part.written,
                  file.bytes(),
                  file.digest(),
                  part.last);
              unreadable(connection, transfer, part);
              return update(
                          connection,
                          "update card_transfer set position = ?, moved = moved + ?, last_id = ?"
                              + " where account = ? and id = ?",
                          number,
                          part.written,
                          part.last,
                          transfer.owner().account(),
                          transfer.id())
                      == 1
                  ? transfer
                  : null;
            })
        .isPresent();
  }

  /** Cards that do not open stand among the lines, with the card's id as the old one. */
  private static void unreadable(Connection connection, Transfer transfer, Part part)
      throws SQLException {
    for (String card : part.unreadable) {
      update(
          connection,
          "insert into card_transfer_line (account, transfer, line, old_id, reason) select ?, ?,"
              + " coalesce(max(line), 0) + 1, ?, 'does_not_open' from card_transfer_line where"
              + " account = ? and transfer = ?",
          transfer.owner().account(),
          transfer.id(),
          card,
          transfer.owner().account(),
          transfer.id());
    }
  }

  /**
   * What came of it.
   *
   * @param whole whether every card that was there opened
   * @param report JSON
   */
  record Outcome(boolean whole, String report) {}

  /** What came of it, by the tables' own word. */
  Outcome outcome(Transfer transfer) {
    return store.sql().within(connection -> outcome(connection, transfer)).orElseThrow();
  }

  private static Outcome outcome(Connection connection, Transfer transfer) throws SQLException {
    String account = transfer.owner().account();
    List<Map<String, Object>> parts =
        query(
            connection,
            "select number, cards, bytes, digest from card_transfer_part where account = ? and"
                + " transfer = ? order by number",
            row ->
                Map.of(
                    "number", row.getLong(1),
                    "cards", row.getLong(2),
                    "bytes", row.getLong(3),
                    "sha256", row.getString(4)),
            account,
            transfer.id());
    List<String> closed =
        query(
            connection,
            "select old_id from card_transfer_line where account = ? and transfer = ? order by"
                + " line",
            row -> row.getString(1),
            account,
            transfer.id());
    long counted =
        query(
                connection,
                "select total from card_transfer where account = ? and id = ?",
                row -> row.getLong(1),
                account,
                transfer.id())
            .getFirst();
    long exported = parts.stream().mapToLong(part -> (Long) part.getOrDefault("cards", 0L)).sum();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("cards_at_begin", counted);
    tree.put("exported", exported);
    tree.put("not_opened", closed.size());
    tree.put("not_opened_cards", closed.stream().limit(MOST_NAMED).toList());
    tree.put("deleted_meanwhile", counted - exported - closed.size());
    tree.put("cards_there_now", CardStore.count(connection, made(transfer)));
    tree.put("recipient", transfer.to().fingerprint());
    tree.put("parts", parts);
    return new Outcome(closed.isEmpty(), Json.writeString(tree));
  }

  /** Takes parts out of the list of those that can be fetched. */
  static void removed(Sql sql, Transfer transfer, Instant now) {
    sql.update(
        "update card_transfer_part set removed = ? where account = ? and transfer = ? and removed"
            + " is null",
        now,
        transfer.owner().account(),
        transfer.id());
  }
}
