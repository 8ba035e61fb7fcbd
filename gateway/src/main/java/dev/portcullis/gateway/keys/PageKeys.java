package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.SealedTables;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The publishable key of an account's hosted pages, one for each mode: with it the page's card
 * fields speak to the vault, as a merchant's own page would. API keys are kept as hashes, so this
 * one is kept beside them, sealed. It is made when a page first needs it, and again when it was
 * revoked, rolled or has expired.
 */
@Component
public final class PageKeys implements SealedTables {

  private static final Logger LOG = Logger.getLogger(PageKeys.class.getName());

  static final String DESCRIPTION = "Hosted payment pages; made by the gateway itself.";

  private static final Table TABLE = Table.of("page_keys", "key text", "sealed secret text");

  private final Database database;
  private final KeyTable table;
  private final ApiKeys keys;
  private final Sealer sealer;
  private final InstantSource clock;

  PageKeys(Database database, KeyTable table, ApiKeys keys, Sealer sealer, InstantSource clock) {
    this.database = database;
    this.table = table;
    this.keys = keys;
    this.sealer = sealer;
    this.clock = clock;
  }

  /**
   * A page's key.
   *
   * @param principal what acts with it
   * @param text the key itself; everybody who opens the page can read it
   */
  public record PageKey(Principal principal, String text) {}

  private record Row(@Nullable String key, @Nullable String secret) {}

  @Override
  public List<Table> tables() {
    return List.of(TABLE);
  }

  /** The key, which is made if there is none that can be used. */
  public PageKey of(String account, boolean livemode) {
    Row known = find(account, livemode, "").orElse(new Row(null, null));
    return usable(account, livemode, known)
        .orElseGet(() -> table.within(() -> make(account, livemode)));
  }

  /** Sees to it that there is one, so that the vault knows it by the time that a page is opened. */
  public void prepare(String account, boolean livemode) {
    PageKey key = of(account, livemode);
    LOG.log(Level.FINE, "hosted pages have the key {0}", key.principal().keyId());
  }

  private Optional<PageKey> usable(String account, boolean livemode, Row row) {
    String sealed = row.secret;
    return row.key == null || sealed == null
        ? Optional.empty()
        : keys.find(account, row.key)
            .filter(key -> key.status(clock.instant()) == StoredKey.Status.ACTIVE)
            .map(key -> key(key, sealer.open(place(account, livemode), sealed)));
  }

  private static PageKey key(StoredKey stored, String text) {
    Principal principal =
        new Principal(
            stored.account(),
            stored.livemode(),
            stored.id(),
            stored.kind(),
            stored.terms().permissions(),
            stored.hint());
    return new PageKey(principal, text);
  }

  /** The row is locked by its insertion or by its reading: of two at once, one makes the key. */
  private PageKey make(String account, boolean livemode) {
    database
        .of(account)
        .sql(
            "INSERT INTO page_keys (account, livemode, id, version, created)"
                + " VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING")
        .params(account, livemode, id(livemode), clock.instant().atOffset(ZoneOffset.UTC))
        .update();
    Row row = find(account, livemode, " FOR UPDATE").orElseThrow();
    return usable(account, livemode, row).orElseGet(() -> issue(account, livemode));
  }

  private PageKey issue(String account, boolean livemode) {
    KeyChange change =
        keys.create(
            Actor.SYSTEM, account, livemode, KeyKind.PUBLISHABLE, KeyTerms.none(DESCRIPTION));
    if (!(change instanceof KeyChange.Issued(StoredKey stored, ApiKey key))) {
      throw new IllegalStateException("the account has no key for its pages: " + change);
    }
    String text = key.text();
    database
        .of(account)
        .sql(
            "UPDATE page_keys SET version = version + 1, key = ?, secret = ?"
                + " WHERE account = ? AND id = ?")
        .params(stored.id(), sealer.seal(place(account, livemode), text), account, id(livemode))
        .update();
    return key(stored, text);
  }

  // The end of the statement is a constant of this class.
  private Optional<Row> find(String account, boolean livemode, String end) {
    return database
        .of(account)
        .sql("SELECT key, secret FROM page_keys WHERE account = ? AND id = ?" + end)
        .params(account, id(livemode))
        .query((row, _) -> new Row(row.getString(1), row.getString(2)))
        .optional();
  }

  private static String id(boolean livemode) {
    return livemode ? "live" : "test";
  }

  private static Place place(String account, boolean livemode) {
    return Place.of(account, livemode, TABLE, TABLE.column("secret"), id(livemode));
  }
}
