package dev.portcullis.vault.portability;

import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.portability.Transfer.Act;
import dev.portcullis.vault.portability.Transfer.FileFacts;
import dev.portcullis.vault.portability.Transfer.Kind;
import dev.portcullis.vault.portability.Transfer.Progress;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.vault.portability.Transfer.Target;
import dev.portcullis.vault.portability.Transfer.Texts;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Transfers in the database. Each change of state says which state it expects. */
final class TransferStore {

  private static final int SHOWN = 100;

  private final Sql sql;
  private final AuditTrail audit;
  private final Confirmations confirmations;

  TransferStore(DataSource database, AuditTrail audit, Confirmations confirmations) {
    this.sql = new Sql(database);
    this.audit = audit;
    this.confirmations = confirmations;
  }

  Sql sql() {
    return sql;
  }

  /** Writes a new one down, with its entry in the trail. */
  void insert(Transfer made, String address) {
    sql.within(
        connection -> {
          update(
              connection,
              "insert into card_transfer (account, id, livemode, kind, state, place, purpose,"
                  + " created, created_by, recipient, fingerprint, created_from, created_to)"
                  + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              made.owner().account(),
              made.id(),
              made.owner().livemode(),
              made.kind().wireName(),
              made.state().wireName(),
              made.place(),
              made.purpose(),
              made.begun().at(),
              made.begun().by(),
              made.to().ring(),
              made.to().fingerprint(),
              made.to().from(),
              made.to().before());
          record(
              connection,
              "begun",
              made,
              "%s, for \"%s\", by %s from %s"
                  .formatted(whose(made), made.purpose(), made.begun().by(), address));
          return made;
        });
  }

  private static String whose(Transfer transfer) {
    return transfer.owner().account() + (transfer.owner().livemode() ? " live" : " test");
  }

  /** An entry of the trail about a transfer, within a transaction. */
  void record(Connection connection, String act, Transfer transfer, String detail)
      throws SQLException {
    audit.appendWithin(
        connection, "cards." + transfer.kind().wireName() + "_" + act, transfer.id(), detail);
  }

  /** The newest. */
  List<Transfer> list() {
    return sql.query(
        "select * from card_transfer order by created desc, id desc limit " + SHOWN,
        TransferStore::transfer);
  }

  /**
   * One of them.
   *
   * @throws ApiException 404 if there is none
   */
  Transfer find(String id) {
    return sql
        .query("select * from card_transfer where id = ?", TransferStore::transfer, id)
        .stream()
        .findFirst()
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch("transfer", id, "id")));
  }

  /** Those of a place that are not at their end, the oldest first. */
  List<Transfer> open(String place) {
    return sql.query(
        "select * from card_transfer where place = ? and state in ('receiving', 'checking',"
            + " 'checked', 'proposed', 'running') order by created",
        TransferStore::transfer,
        place);
  }

  /** Whether the vault knows an API key of that account and mode. */
  boolean isKnown(Owner owner) {
    return !sql.query(
            "select 1 from api_key where account = ? and livemode = ? limit 1",
            row -> row.getInt(1),
            owner.account(),
            owner.livemode())
        .isEmpty();
  }

  /** Whether a proposal waits no more and was not made. */
  boolean isRefused(String change, Instant now) {
    return !sql.query(
            "select 1 from pending_change where id = ? and (state = 'refused' or (state ="
                + " 'pending' and expires <= ?))",
            row -> row.getInt(1),
            change,
            now)
        .isEmpty();
  }

  /**
   * Whether the row says what two people confirmed: their change holds the hash of all that they
   * saw, and the vault vouches for that.
   *
   * @throws ApiException if nothing may be encrypted to the recipient now
   */
  boolean isWhatWasConfirmed(Transfer transfer, Instant now) throws SQLException {
    Act confirmed = transfer.confirmed();
    String change = transfer.texts().change();
    if (confirmed == null || change == null || !isDecidedBefore(change, confirmed.at())) {
      return false;
    }
    byte[] ring = transfer.to().ring();
    Recipient recipient = ring == null ? null : Recipient.read(ring, now);
    String action = TransferChange.action(transfer.kind());
    String hash = Change.hash(action, transfer.id(), TransferChange.content(transfer, recipient));
    return confirmations.vouchFor(
        sql,
        new Confirmations.Claim(
            change, action, transfer.id(), hash, transfer.begun().by(), confirmed.by()));
  }

  /** The time that an export ends with when nobody named one is that of its confirmation. */
  private boolean isDecidedBefore(String change, Instant started) {
    return !sql.query(
            "select 1 from pending_change where id = ? and decided_at >= ?",
            row -> row.getInt(1),
            change,
            started)
        .isEmpty();
  }

  /** The transfer, locked, if it is in that state. */
  static Optional<Transfer> locked(Connection connection, Transfer transfer, State state)
      throws SQLException {
    return query(
            connection,
            "select * from card_transfer where account = ? and id = ? and state = ? for update",
            TransferStore::transfer,
            transfer.owner().account(),
            transfer.id(),
            state.wireName())
        .stream()
        .findFirst();
  }

  /** Moves it on; false if it is in another state than was thought. */
  static boolean move(Connection connection, Transfer transfer, State from, State to)
      throws SQLException {
    return update(
            connection,
            "update card_transfer set state = ? where account = ? and id = ? and state = ?",
            to.wireName(),
            transfer.owner().account(),
            transfer.id(),
            from.wireName())
        == 1;
  }

  /** All of an import's file has come. */
  boolean received(Transfer transfer, long bytes, String digest) {
    return sql.update(
            "update card_transfer set state = 'checking', bytes = ?, digest = ?"
                + " where account = ? and id = ? and state = 'receiving'",
            bytes,
            digest,
            transfer.owner().account(),
            transfer.id())
        == 1;
  }

  /** Counts a look at an import's file before it begins; false if there were too many. */
  boolean tries(Transfer transfer, int most) {
    return sql.update(
            "update card_transfer set position = position + 1 where account = ? and id = ? and"
                + " state = 'checking' and position < ?",
            transfer.owner().account(),
            transfer.id(),
            most)
        == 1;
  }

  /** A look was stopped in good order. */
  void triesAnew(Transfer transfer) {
    sql.update(
        "update card_transfer set position = 0 where account = ? and id = ? and state = 'checking'",
        transfer.owner().account(),
        transfer.id());
  }

  /** A first look at an import's file ended. */
  void looked(Transfer transfer, State to, long rows, String findings) {
    sql.within(
        connection -> {
          int changed =
              update(
                  connection,
                  "update card_transfer set state = ?, total = ?, position = 0, findings = ?"
                      + " where account = ? and id = ? and state = 'checking'",
                  to.wireName(),
                  rows,
                  findings,
                  transfer.owner().account(),
                  transfer.id());
          if (changed == 1) {
            record(
                connection,
                to.wireName(),
                transfer,
                "sha256:%s %s".formatted(transfer.file().digest(), findings));
          }
          return changed;
        });
  }

  /** It was proposed. */
  void proposed(Transfer transfer, String change) {
    sql.update(
        "update card_transfer set state = 'proposed', change = ? where account = ? and id = ? and"
            + " state = 'checked'",
        change,
        transfer.owner().account(),
        transfer.id());
  }

  /** Two people want it: it runs. False if it is not in a state to. */
  boolean confirmed(Connection connection, Transfer transfer, String by, Instant now)
      throws SQLException {
    int changed =
        update(
            connection,
            "update card_transfer set state = 'running', confirmed_by = ?, started = ?"
                + " where account = ? and id = ? and state in ('checked', 'proposed')",
            by,
            now,
            transfer.owner().account(),
            transfer.id());
    if (changed == 1) {
      record(
          connection,
          "confirmed",
          transfer,
          "%s, for \"%s\", %s, by %s and %s"
              .formatted(
                  whose(transfer),
                  transfer.purpose(),
                  transfer.kind() == Kind.IMPORT
                      ? "sha256:" + transfer.file().digest()
                      : "to " + transfer.to().fingerprint(),
                  transfer.begun().by(),
                  by));
    }
    return changed == 1;
  }

  /** Old ids and customers have had their time; the report keeps the figures. */
  void removeLines(Transfer transfer) {
    sql.update(
        "delete from card_transfer_line where account = ? and transfer = ?",
        transfer.owner().account(),
        transfer.id());
  }

  /** It ends; false if it is in another state than was thought. */
  boolean end(Transfer transfer, State from, State to, String report, Instant now) {
    return sql.<Transfer>within(
            connection -> {
              if (!move(connection, transfer, from, to)) {
                return null;
              }
              update(
                  connection,
                  "update card_transfer set finished = ?, report = ? where account = ? and id = ?",
                  now,
                  report,
                  transfer.owner().account(),
                  transfer.id());
              record(connection, to.wireName(), transfer, report);
              return transfer;
            })
        .isPresent();
  }

  static Transfer transfer(ResultSet row) throws SQLException {
    Instant started = time(row, "started");
    String confirmedBy = row.getString("confirmed_by");
    return new Transfer(
        row.getString("id"),
        new Owner(row.getString("account"), row.getBoolean("livemode")),
        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("place"),
        row.getString("purpose"),
        new Act(Objects.requireNonNull(time(row, "created")), row.getString("created_by")),
        started == null || confirmedBy == null ? null : new Act(started, confirmedBy),
        time(row, "finished"),
        new FileFacts(number(row, "bytes"), row.getString("digest")),
        new Target(
            row.getBytes("recipient"),
            row.getString("fingerprint"),
            time(row, "created_from"),
            time(row, "created_to")),
        new Progress(
            number(row, "total"),
            row.getLong("position"),
            row.getLong("moved"),
            Objects.requireNonNullElse(row.getString("last_id"), "")),
        new Texts(row.getString("findings"), row.getString("report"), row.getString("change")));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }
}
