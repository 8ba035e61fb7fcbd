package dev.portcullis.vault.audit;

import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKey.Purpose;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.audit.HeadKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The keys that sign heads: Ed25519, made by the vault itself, the private half sealed under a data
 * key and so under the master key. It is opened for each signature and not kept.
 */
public final class HeadKeys {

  private static final Logger LOG = Logger.getLogger(HeadKeys.class.getName());
  private static final String NEWEST =
      "select id, data_key, public_key, sealed from audit_key order by generation desc limit"
          + " 1";

  private final Sql sql;
  private final DataKeys keys;
  private final AuditTrail trail;
  private final InstantSource clock;

  /** Those whose private half has come out of its seal here; what a key is never changes. */
  private final Set<HeadKey> opened = ConcurrentHashMap.newKeySet();

  /** Whether a key is one that this vault, or another with its master key, has made. */
  enum Ours {
    YES,
    NO,
    /** The vault is sealed, and nobody can tell. */
    SEALED,
    /** The place of its master key is away; or it has not been looked at yet. */
    UNKNOWN
  }

  /** A key that can sign. */
  record Signing(HeadKey key, PrivateKey secret) {}

  private record Row(String id, String dataKey, byte[] publicKey, byte[] sealed) {
    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getString("id"),
          row.getString("data_key"),
          row.getBytes("public_key"),
          row.getBytes("sealed"));
    }
  }

  /** Keys in that database. */
  public HeadKeys(DataSource database, DataKeys keys, InstantSource clock) {
    this.sql = new Sql(database);
    this.keys = keys;
    this.trail = new AuditTrail(database, clock);
    this.clock = clock;
  }

  /**
   * The public halves of all keys that may have signed, oldest first.
   *
   * @throws dev.portcullis.vault.store.StoreFailure if the database cannot be used
   */
  public List<HeadKey> all() {
    return HeadKey.allOf(
        sql.query(
            "select public_key from audit_key where public_key is not null order by generation",
            row -> Objects.requireNonNull(row.getBytes(1))));
  }

  /**
   * The key that signs now; made where there is none. One that does not open any more, because its
   * data key is gone, gets a successor: whoever noted the old one sees that.
   *
   * @throws dev.portcullis.vault.crypto.KeyUnavailableException while the vault is sealed, or the
   *     place of its master key is away
   */
  Signing current() throws SQLException {
    List<Row> newest = sql.query(NEWEST, Row::of);
    if (!newest.isEmpty()) {
      try {
        return open(newest.getFirst());
      } catch (TamperedException | IllegalArgumentException e) {
        LOG.log(
            Level.SEVERE,
            e,
            () ->
                "the audit trail's signing key %s does not open; another one is made"
                    .formatted(newest.getFirst().id()));
      }
    }
    return make(newest.isEmpty() ? "" : newest.getFirst().id());
  }

  /**
   * Whose a key is: whoever owns the database can put a public key there, but cannot seal its
   * private half under the master key.
   */
  Ours whose(HeadKey key) throws SQLException {
    if (opened.contains(key)) {
      return Ours.YES;
    }
    List<Row> rows =
        sql.query(
            "select id, data_key, public_key, sealed from audit_key where public_key = ?",
            Row::of,
            key.key().getEncoded());
    for (Row row : rows) {
      try {
        open(row);
        return Ours.YES;
      } catch (KeyUnavailableException e) {
        LOG.log(
            Level.FINE, e, () -> "whose the signing key " + key.id() + " is cannot be seen now");
        switch (e.trouble().kind()) {
          case SEALED -> {
            return Ours.SEALED;
          }
          case UNREACHABLE, REFUSED -> {
            return Ours.UNKNOWN;
          }
          // What no master key of ours has wrapped is not ours.
          case UNKNOWN_KEY -> {}
        }
      } catch (TamperedException e) {
        LOG.log(Level.FINE, e, () -> "the signing key " + key.id() + " does not open");
      }
    }
    return Ours.NO;
  }

  private Signing open(Row row) throws SQLException {
    HeadKey key = HeadKey.ofEncoded(row.publicKey());
    byte[] clear =
        keys.byId(Owner.ADMINISTRATION, row.dataKey())
            .open(Purpose.AUDIT_KEY, key.id(), row.sealed());
    try {
      Signing signing =
          new Signing(
              key,
              KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(clear)));
      opened.add(key);
      return signing;
    } catch (GeneralSecurityException e) {
      throw new TamperedException("a sealed signing key is none", e);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  /**
   * @param lost the id of the newest key, which is of no use; empty for none
   */
  private Signing make(String lost) throws SQLException {
    KeyPair pair;
    try {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no Ed25519", e);
    }
    HeadKey key = HeadKey.of(pair.getPublic());
    DataKey dataKey = keys.current(Owner.ADMINISTRATION);
    byte[] clear = pair.getPrivate().getEncoded();
    byte[] sealed;
    try {
      sealed = dataKey.seal(Purpose.AUDIT_KEY, key.id(), clear);
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
    Row made = new Row(key.id(), dataKey.id(), key.key().getEncoded(), sealed);
    if (sql.within(connection -> insert(connection, made, lost)).isEmpty()) {
      return open(sql.query(NEWEST, Row::of).getFirst());
    }
    opened.add(key);
    return new Signing(key, pair.getPrivate());
  }

  /** Nothing if another vault was first. */
  private @Nullable Row insert(Connection connection, Row made, String lost) throws SQLException {
    AuditTrail.lock(connection);
    List<Row> newest = Sql.query(connection, NEWEST, Row::of);
    if (!newest.isEmpty() && !newest.getFirst().id().equals(lost)) {
      return null;
    }
    Sql.update(
        connection,
        "insert into audit_key (id, generation, account, livemode, data_key, public_key, sealed,"
            + " created) values (?, (select coalesce(max(generation), 0) + 1 from audit_key), ?, ?,"
            + " ?, ?, ?, ?)",
        made.id(),
        Owner.ADMINISTRATION.account(),
        Owner.ADMINISTRATION.livemode(),
        made.dataKey(),
        made.publicKey(),
        made.sealed(),
        clock.instant());
    trail.appendWithin(
        connection,
        "audit.key_made",
        made.id(),
        lost.isEmpty() ? "the first one" : "in place of " + lost);
    return made;
  }
}
