package dev.portcullis.vault.portability;

import dev.portcullis.kit.Ids;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.card.CardTransfer;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.KeysDestroyedException;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Works on imports and exports in the background, one at a time. Whatever was done stays done: what
 * was cut off goes on at the next start of the vault in whose folder the files are.
 */
public final class Portability implements Runnable {

  private static final Logger LOG = Logger.getLogger(Portability.class.getName());

  /** One vault at a time works on cards in bulk. */
  private static final long LOCK = 7_110_017L;

  /** A file that ends the process is not read for ever. */
  private static final int MOST_TRIES = 3;

  /** How long a file may take to come, and how long one that was looked at waits to be proposed. */
  private static final Duration UNPROPOSED = Duration.ofDays(2);

  private static final Duration SWEEPS = Duration.ofHours(1);

  private final DataSource database;
  private final InstantSource clock;
  private final Settings settings;
  private final CardTransfer cards;
  private final TransferStore store;
  private final Spool spool;
  private final VaultKeys keys;
  private final Importing importing;
  private final Exporting exporting;
  private final Desk desk;
  private final Faults faults = new Faults();
  private Instant nextSweep = Instant.MIN;
  private volatile boolean stopped;

  /**
   * What can be told.
   *
   * @param folder where files lie while they come and go
   * @param partCards how many cards an export puts into a file
   * @param keptFor how long an export's files can be fetched
   */
  public record Settings(Path folder, int partCards, Duration keptFor) {}

  /**
   * @param database connections for it alone: it reads, writes and holds its lock at once
   * @param pace what is done after each batch, given how long it took
   */
  public Portability(
      DataSource database,
      DataKeys dataKeys,
      CardTransfer cards,
      Ids ids,
      InstantSource clock,
      Settings settings,
      LongConsumer pace) {
    this.database = database;
    this.clock = clock;
    this.settings = settings;
    this.cards = cards;
    this.store =
        new TransferStore(database, new AuditTrail(database, clock), new Confirmations(dataKeys));
    this.spool = Spool.open(settings.folder(), ids.next("place"));
    this.keys = new VaultKeys(database, dataKeys, clock);
    this.importing = new Importing(store, cards, spool, keys, pace::accept);
    this.exporting = new Exporting(store, cards, spool, keys, settings.partCards(), pace::accept);
    this.desk = new Desk(store, spool, keys, dataKeys, ids, clock);
  }

  /** What two people decide. */
  public List<ChangeKind> changes() {
    return TransferChange.all(store, desk, clock);
  }

  /** The commands of administration. */
  public List<AdminRoute> routes(FourEyes changes) {
    return new TransferRoutes(desk, store, changes).routes();
  }

  Desk desk() {
    return desk;
  }

  TransferStore store() {
    return store;
  }

  VaultKeys keys() {
    return keys;
  }

  /** Lets the batch under way end, and begins no other. */
  public void stop() {
    stopped = true;
  }

  /** Goes on with what is to be done; called again and again. It never fails. */
  @Override
  public void run() {
    try {
      sweep();
      List<Transfer> open = store.open(spool.place());
      if (!open.isEmpty() || desk.hasOld(clock.instant().minus(settings.keptFor()))) {
        alone(open);
      }
    } catch (SQLException | StoreFailure e) {
      LOG.log(Level.WARNING, "cards in bulk wait for the database", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cards in bulk wait for their folder", e);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.SEVERE, "cards in bulk failed and are tried again", e);
    }
  }

  private void alone(List<Transfer> open) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      try (ResultSet got = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
        if (!got.next() || !got.getBoolean(1)) {
          return;
        }
      }
      try {
        removeOld();
        for (Transfer transfer : open) {
          if (!stopped && faults.isDue(transfer, clock.instant())) {
            attempt(transfer);
          }
        }
      } finally {
        statement.execute("select pg_advisory_unlock(" + LOCK + ")");
      }
    }
  }

  /** At the start, and hourly. */
  private void sweep() throws IOException {
    if (!clock.instant().isBefore(nextSweep)) {
      desk.sweep();
      nextSweep = clock.instant().plus(SWEEPS);
    }
  }

  private void removeOld() {
    try {
      desk.removeOld(clock.instant().minus(settings.keptFor()));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "files of cards that had their time could not be deleted", e);
    }
  }

  /** A fault of one transfer, or while it is worked on, is not the others'. */
  private void attempt(Transfer transfer) {
    try {
      work(transfer);
      faults.none(transfer);
      return;
    } catch (KeyUnavailableException e) {
      faults.wasNoTry(transfer);
      LOG.log(Level.WARNING, "{0} waits: {1}", new Object[] {transfer.id(), e.getMessage()});
    } catch (SQLException | StoreFailure e) {
      faults.wasNoTry(transfer);
      LOG.log(Level.WARNING, transfer.id() + " waits for the database", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, transfer.id() + " waits for its files", e);
    } catch (RuntimeException | Error e) {
      LOG.log(Level.SEVERE, transfer.id() + " failed and is tried again", e);
    }
    faults.met(transfer, clock.instant());
  }

  private void work(Transfer transfer) throws SQLException, IOException {
    try {
      switch (transfer.state()) {
        case RECEIVING, CHECKED -> abandonOld(transfer);
        case PROPOSED -> abandonUnconfirmed(transfer);
        case CHECKING -> look(transfer);
        case RUNNING -> run(transfer);
        case REFUSED, DONE, INCOMPLETE, FAILED, ABANDONED -> {}
      }
    } catch (FileRefused e) {
      refuse(transfer, e.code(), Objects.requireNonNullElse(e.getMessage(), ""));
    } catch (ApiException e) {
      // The recipient's key, for one, has expired since.
      refuse(
          transfer,
          Objects.requireNonNullElse(e.error().code(), "refused"),
          Objects.requireNonNullElse(e.error().message(), ""));
    } catch (KeysDestroyedException e) {
      refuse(transfer, "keys_destroyed", "The account's keys were destroyed.");
    }
  }

  private void abandonOld(Transfer transfer) throws IOException {
    if (transfer.begun().at().plus(UNPROPOSED).isBefore(clock.instant())) {
      desk.abandon(transfer, "nobody proposed it in time");
    }
  }

  private void abandonUnconfirmed(Transfer transfer) throws IOException {
    String change = transfer.texts().change();
    if (change != null && store.isRefused(change, clock.instant())) {
      desk.abandon(transfer, "nobody confirmed it");
    }
  }

  private void look(Transfer transfer) throws IOException {
    if (!faults.isCounted(transfer) && !store.tries(transfer, MOST_TRIES)) {
      throw new FileRefused(
          "file_unreadable",
          "The vault ended each time while it read the file; it is not read again.");
    }
    String digest = Objects.requireNonNull(transfer.file().digest());
    if (!spool.isFile(transfer.id(), digest)) {
      throw new FileRefused("file_changed", "The file has another SHA-256 than was announced.");
    }
    try (InputStream in = spool.read(transfer.id())) {
      FirstLook.Found found =
          new FirstLook(cards, transfer.owner()).look(in, keys::find, digest, () -> stopped);
      if (found == null) {
        store.triesAnew(transfer);
      } else {
        store.looked(transfer, State.CHECKED, found.rows(), found.findings());
      }
    }
  }

  private void run(Transfer transfer) throws IOException, SQLException {
    Instant now = clock.instant();
    if (!store.isWhatWasConfirmed(transfer, now)) {
      throw new FileRefused(
          "not_what_was_confirmed", "The transfer is not what two people confirmed.");
    }
    switch (transfer.kind()) {
      case IMPORT -> {
        if (importing.run(transfer, () -> stopped)) {
          store.end(transfer, State.RUNNING, State.DONE, importing.report(transfer), now);
          spool.remove(transfer.id());
        }
      }
      case EXPORT -> {
        if (exporting.run(transfer, now, () -> stopped)) {
          Exporting.Outcome outcome = exporting.outcome(transfer);
          State end = outcome.whole() ? State.DONE : State.INCOMPLETE;
          store.end(transfer, State.RUNNING, end, outcome.report(), now);
        }
      }
    }
  }

  /** Before it runs nothing was imported; afterwards the report says what was. */
  private void refuse(Transfer transfer, String code, String message) throws IOException {
    String error = Json.writeString(Map.of("code", code, "message", message));
    if (transfer.state() == State.CHECKING) {
      store.looked(transfer, State.REFUSED, 0, error);
    } else {
      store.end(transfer, transfer.state(), State.FAILED, error, clock.instant());
      Exporting.removed(store.sql(), transfer, clock.instant());
    }
    spool.remove(transfer.id());
  }
}
