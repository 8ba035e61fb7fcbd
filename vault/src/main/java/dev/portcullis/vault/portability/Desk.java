package dev.portcullis.vault.portability;

import dev.portcullis.kit.Ids;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.portability.Transfer.Act;
import dev.portcullis.vault.portability.Transfer.FileFacts;
import dev.portcullis.vault.portability.Transfer.Kind;
import dev.portcullis.vault.portability.Transfer.Progress;
import dev.portcullis.vault.portability.Transfer.State;
import dev.portcullis.vault.portability.Transfer.Target;
import dev.portcullis.vault.portability.Transfer.Texts;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.people.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people do with transfers, short of deciding them. */
final class Desk {

  /** How long an import's file may be. */
  static final long LONGEST_FILE = 2L << 30;

  /** How much is sent or fetched at once, in bytes. */
  static final int PIECE = 128 << 10;

  private static final int MOST_OPEN = 5;
  private static final int MOST_FETCHES = 1_000;

  private final TransferStore store;
  private final Spool spool;
  private final VaultKeys keys;
  private final DataKeys dataKeys;
  private final Ids ids;
  private final InstantSource clock;

  /** What is in the trail; whatever this has forgotten comes there once more. */
  private final Set<Fetch> fetches =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Fetch, Boolean> eldest) {
                  return size() > MOST_FETCHES;
                }
              }));

  /**
   * A part that a person fetches in a session.
   *
   * @param until the session's end, which tells it from others
   */
  private record Fetch(String transfer, long number, String by, Instant until) {}

  Desk(
      TransferStore store,
      Spool spool,
      VaultKeys keys,
      DataKeys dataKeys,
      Ids ids,
      InstantSource clock) {
    this.store = store;
    this.spool = spool;
    this.keys = keys;
    this.dataKeys = dataKeys;
    this.ids = ids;
    this.clock = clock;
  }

  /** The key that files for this vault are encrypted by. */
  VaultKeys.Stored importKey(String by) {
    return keys.current(by);
  }

  /**
   * Whom an export goes to.
   *
   * @throws ApiException if nothing may be encrypted to that key now
   */
  Recipient recipient(byte[] key) {
    return Recipient.read(key, clock.instant());
  }

  /** Who begins, where from, and what for. */
  record Beginner(String person, String address, String purpose) {}

  /**
   * Begins an import, whose file comes next.
   *
   * @throws ApiException 404 if the vault knows no such account; 400 if too many are open
   */
  Transfer beginImport(Owner owner, Beginner beginner) {
    Transfer made = made(Kind.IMPORT, State.RECEIVING, owner, beginner, Target.NONE);
    // The row first: a folder without one is swept away.
    store.insert(made, beginner.address());
    try {
      spool.begin(made.id());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return made;
  }

  /**
   * Begins an export, which can be proposed at once.
   *
   * @param before null for all
   * @throws ApiException as for an import; 400 if nothing may be encrypted to the key
   */
  Transfer beginExport(
      Owner owner,
      Beginner beginner,
      Recipient recipient,
      @Nullable Instant from,
      @Nullable Instant before) {
    Target to = new Target(recipient.ring(), recipient.fingerprint(), from, before);
    Transfer made = made(Kind.EXPORT, State.CHECKED, owner, beginner, to);
    store.insert(made, beginner.address());
    return made;
  }

  private Transfer made(Kind kind, State state, Owner owner, Beginner beginner, Target to) {
    if (CardNumbers.find(beginner.purpose())) {
      throw new ApiException(
          ApiErrors.invalid("purpose", "parameter_invalid", "There is a card number in it."));
    }
    requireUsable(owner);
    if (store.open(spool.place()).size() >= MOST_OPEN) {
      throw new ApiException(
          ApiErrors.badRequest(
                  "Too many transfers are not at their end; end or abandon some of them first.")
              .withCode("too_many_transfers"));
    }
    return new Transfer(
        ids.next("trf"),
        owner,
        kind,
        state,
        spool.place(),
        beginner.purpose(),
        new Act(clock.instant().truncatedTo(ChronoUnit.MILLIS), beginner.person()),
        null,
        null,
        FileFacts.NONE,
        to,
        new Progress(null, 0, 0, ""),
        new Texts(null, null, null));
  }

  /**
   * Whether the owner may have cards.
   *
   * @throws dev.portcullis.vault.crypto.KeysDestroyedException if its keys were destroyed
   */
  void requireUsable(Owner owner) {
    if (!store.isKnown(owner)) {
      throw new ApiException(
          ApiErrors.noSuch(
              "account with %s keys".formatted(owner.livemode() ? "live" : "test"),
              owner.account(),
              "account"));
    }
    try {
      dataKeys.current(owner);
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /**
   * Takes the next piece of an import's file.
   *
   * @param offset how much came before
   * @return how much has come now
   * @throws ApiException if it is not the next piece, is too much, or another person's
   */
  synchronized long append(String id, long offset, byte[] piece, String by) {
    Transfer transfer = own(id, by);
    requireState(transfer, State.RECEIVING);
    if (offset == 0 && !EncryptedFile.mayBeginWith(piece)) {
      throw new ApiException(
          ApiErrors.invalid(
              "data", "file_not_encrypted", "This is no file that OpenPGP encrypted."));
    }
    try {
      long received = spool.received(id);
      if (offset != received) {
        throw new ApiException(
            ApiErrors.invalid(
                "offset", "offset_mismatch", received + " bytes have come: go on from there."));
      }
      if (received + piece.length > LONGEST_FILE) {
        throw new ApiException(
            ApiErrors.invalid(
                "data", "file_too_large", "A file has 2 GiB at most: split it into several."));
      }
      if (!spool.hasRoomFor(piece.length)) {
        throw new ApiException(
            ApiErrors.badRequest("The vault's disk has no room for the file.").withCode("no_room"));
      }
      return spool.append(id, piece);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * All of an import's file has come: the vault looks at it.
   *
   * @throws ApiException if it is not as long as was announced
   */
  synchronized Transfer received(String id, long bytes, String digest, String by) {
    Transfer transfer = own(id, by);
    requireState(transfer, State.RECEIVING);
    try {
      long received = spool.received(id);
      if (received == 0 || received != bytes) {
        throw new ApiException(
            ApiErrors.invalid("bytes", "file_incomplete", received + " bytes have come."));
      }
      spool.sync(id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    store.received(transfer, bytes, digest);
    return store.find(id);
  }

  /**
   * A transfer that can be proposed by that person, who began it.
   *
   * @throws ApiException if not
   */
  Transfer toPropose(String id, String by) {
    Transfer transfer = own(id, by);
    requireState(transfer, State.CHECKED);
    return transfer;
  }

  /**
   * Ends one before its end; what was imported stays, an export's files go.
   *
   * @throws ApiException if it has ended
   */
  Transfer abandon(String id, String by) {
    Transfer transfer = store.find(id);
    if (transfer.state().hasEnded()) {
      throw ended(transfer);
    }
    requireHere(transfer);
    try {
      abandon(transfer, "by " + by);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return store.find(id);
  }

  void abandon(Transfer transfer, String why) throws IOException {
    String report = Json.writeString(Map.of("abandoned", why));
    if (store.end(transfer, transfer.state(), State.ABANDONED, report, clock.instant())) {
      Exporting.removed(store.sql(), transfer, clock.instant());
      spool.remove(transfer.id());
    }
  }

  /**
   * A piece of an export's part, for one of the two people. That they are given some of it is in
   * the trail, whichever piece they begin with.
   *
   * @param offset a multiple of {@link #PIECE}
   * @throws ApiException 403 for anybody else; 404 if there is no such part any more
   */
  byte[] piece(String id, long number, long offset, Session session) {
    String by = session.person();
    Transfer transfer = store.find(id);
    Act confirmed = transfer.confirmed();
    if (confirmed == null
        || !(confirmed.by().equals(by) || transfer.begun().by().equals(by))
        || transfer.kind() != Kind.EXPORT) {
      throw new ApiException(
          ApiErrors.forbidden("Only who proposed the export and who confirmed it fetch its parts.")
              .withCode("not_your_export"));
    }
    if (!isThere(transfer, number)) {
      throw new ApiException(ApiErrors.noSuch("part", id + "/" + number, "number"));
    }
    requireHere(transfer);
    if (offset % PIECE != 0) {
      throw new ApiException(
          ApiErrors.invalid(
              "offset", "parameter_invalid", "Pieces begin at multiples of %d.".formatted(PIECE)));
    }
    Fetch fetch = new Fetch(id, number, by, session.expires());
    if (offset == 0 || !fetches.contains(fetch)) {
      noteFetched(transfer, number, by);
      fetches.add(fetch);
    }
    try {
      return spool.piece(id, number, offset, PIECE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isThere(Transfer transfer, long number) {
    return !store
        .sql()
        .query(
            "select 1 from card_transfer_part where account = ? and transfer = ? and number = ?"
                + " and removed is null",
            row -> row.getInt(1),
            transfer.owner().account(),
            transfer.id(),
            (int) number)
        .isEmpty();
  }

  private void noteFetched(Transfer transfer, long number, String by) {
    store
        .sql()
        .within(
            connection -> {
              store.record(connection, "fetched", transfer, "part %d, by %s".formatted(number, by));
              return transfer;
            });
  }

  /** Whether there is something of transfers that has had its time. */
  boolean hasOld(Instant before) {
    return !old(before).isEmpty();
  }

  /**
   * Takes away what is left of transfers that ended before then: parts, and old ids. Those of
   * another place too, which may be no more since a restore; files there go by its own {@link
   * #sweep}.
   */
  void removeOld(Instant before) throws IOException {
    for (Transfer transfer : old(before)) {
      Exporting.removed(store.sql(), transfer, clock.instant());
      store.removeLines(transfer);
      if (isHere(transfer)) {
        spool.remove(transfer.id());
      }
    }
  }

  /** Takes away folders that a kill left, or an end beside a part that was being written. */
  void sweep() throws IOException {
    for (String id : spool.transfers()) {
      boolean needed =
          !store
              .sql()
              .query(
                  "select 1 from card_transfer t where id = ? and (state in ('receiving',"
                      + " 'checking', 'checked', 'proposed', 'running') or exists (select from"
                      + " card_transfer_part p where p.account = t.account and p.transfer = t.id"
                      + " and p.removed is null))",
                  row -> row.getInt(1),
                  id)
              .isEmpty();
      if (!needed) {
        spool.remove(id);
      }
    }
  }

  private List<Transfer> old(Instant before) {
    return store
        .sql()
        .query(
            "select * from card_transfer t where finished < ? and (exists (select"
                + " from card_transfer_part p where p.account = t.account and p.transfer = t.id and"
                + " p.removed is null) or exists (select from card_transfer_line l where l.account"
                + " = t.account and l.transfer = t.id)) limit 100",
            TransferStore::transfer,
            before);
  }

  private Transfer own(String id, String by) {
    Transfer transfer = store.find(id);
    if (!transfer.begun().by().equals(by)) {
      throw new ApiException(
          ApiErrors.forbidden("Only who began the transfer goes on with it.")
              .withCode("not_your_transfer"));
    }
    requireHere(transfer);
    return transfer;
  }

  private boolean isHere(Transfer transfer) {
    return transfer.place().equals(spool.place());
  }

  private void requireHere(Transfer transfer) {
    if (!isHere(transfer)) {
      throw new ApiException(
          ApiErrors.badRequest("The transfer's files are with another vault of this database.")
              .withCode("transfer_elsewhere"));
    }
  }

  private static void requireState(Transfer transfer, State state) {
    if (transfer.state() != state) {
      throw ended(transfer);
    }
  }

  private static ApiException ended(Transfer transfer) {
    return new ApiException(
        ApiErrors.badRequest("The transfer is %s.".formatted(transfer.state().wireName()))
            .withCode("transfer_state"));
  }
}
