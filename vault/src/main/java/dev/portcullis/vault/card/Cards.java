package dev.portcullis.vault.card;

import dev.portcullis.kit.Ids;
import dev.portcullis.vault.crypto.CvcSafe;
import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FingerprintKeys;
import dev.portcullis.vault.crypto.Fingerprints;
import dev.portcullis.vault.crypto.Owner;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Seals and opens cards: the one place where a card number meets its keys. */
public final class Cards {

  private final DataKeys keys;
  private final FingerprintKeys fingerprints;
  private final CardMatches matches;
  private final CvcSafe cvcs;
  private final Ids ids;
  private final InstantSource clock;

  public Cards(
      DataKeys keys,
      FingerprintKeys fingerprints,
      CardMatches matches,
      CvcSafe cvcs,
      Ids ids,
      InstantSource clock) {
    this.keys = keys;
    this.fingerprints = fingerprints;
    this.matches = matches;
    this.cvcs = cvcs;
    this.ids = ids;
    this.clock = clock;
  }

  /** The same, which looks for known cards through other connections. */
  public Cards with(CardMatches others) {
    return new Cards(keys, fingerprints, others, cvcs, ids, clock);
  }

  /** What the card is known by. */
  CardPrint print(Owner owner, CardEntry entry) throws SQLException {
    return CardPrint.of(fingerprints.live(), owner, entry.pan().insecureDigits());
  }

  /** A card to store under a new id with that prefix. */
  StoredCard seal(Owner owner, String prefix, CardEntry entry, CardDetails details)
      throws SQLException {
    String id = ids.next(prefix);
    DataKey key = keys.current(owner);
    return new StoredCard(
        owner,
        id,
        // The database keeps microseconds: what is answered and what is read back must be equal.
        clock.instant().truncatedTo(ChronoUnit.MILLIS),
        key.id(),
        key.seal(DataKey.Purpose.CARD_NUMBER, id, entry.pan().insecureDigits()),
        key.seal(DataKey.Purpose.CARD_DETAILS, id, details.toJson()),
        face(owner, entry),
        null,
        null);
  }

  private StoredCard.Face face(Owner owner, CardEntry entry) throws SQLException {
    return new StoredCard.Face(
        matches.shown(owner, print(owner, entry)),
        entry.facts().brand().wireName(),
        entry.pan().bin(),
        entry.pan().last4(),
        entry.expiry().getMonthValue(),
        entry.expiry().getYear(),
        entry.facts().funding(),
        entry.facts().country(),
        entry.cvc() != null);
  }

  /** The same card under a new id, bound to that. */
  StoredCard copy(StoredCard card, String prefix, CardDetails details) throws SQLException {
    String id = ids.next(prefix);
    Owner owner = card.owner();
    DataKey key = keys.current(owner);
    try (Pan pan = open(card)) {
      return new StoredCard(
          owner,
          id,
          clock.instant().truncatedTo(ChronoUnit.MILLIS),
          key.id(),
          key.seal(DataKey.Purpose.CARD_NUMBER, id, pan.insecureDigits()),
          key.seal(DataKey.Purpose.CARD_DETAILS, id, details.toJson()),
          card.face(),
          null,
          null);
    }
  }

  /** The card's number; the caller closes it. */
  public Pan open(StoredCard card) throws SQLException {
    DataKey key = keys.byId(card.owner(), card.dataKey());
    return Pan.ofDigits(key.open(DataKey.Purpose.CARD_NUMBER, card.id(), card.sealed()));
  }

  /** What was sent beside the card, or null once it was released. */
  @Nullable CardDetails details(StoredCard card) throws SQLException {
    byte[] sealed = card.details();
    return sealed == null
        ? null
        : CardDetails.fromJson(
            keys.byId(card.owner(), card.dataKey())
                .open(DataKey.Purpose.CARD_DETAILS, card.id(), sealed));
  }

  DataKey currentKey(Owner owner) throws SQLException {
    return keys.current(owner);
  }

  DataKey key(Owner owner, String id) throws SQLException {
    return keys.byId(owner, id);
  }

  /** The keys of fingerprints, the newest first. */
  List<Fingerprints> fingerprints() throws SQLException {
    return fingerprints.live();
  }

  CvcSafe cvcs() {
    return cvcs;
  }

  Instant now() {
    return clock.instant();
  }
}
