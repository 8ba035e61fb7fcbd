package dev.portcullis.vault.portability;

import static dev.portcullis.vault.store.Sql.instant;
import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.vault.store.StoreFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.bouncycastle.bcpg.CompressionAlgorithmTags;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.KeyIdentifier;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.Features;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.api.KeyPairGeneratorCallback;
import org.bouncycastle.openpgp.api.OpenPGPKey;
import org.bouncycastle.openpgp.api.SignatureParameters;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPApi;
import org.bouncycastle.openpgp.operator.PGPKeyPairGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

/**
 * The vault's own OpenPGP keys: others encrypt cards by them, and its exports are signed by them.
 * The private parts are sealed in the database under a data key of the administration, bound to
 * purpose and fingerprint. Ed25519 and Curve25519, in the form that GnuPG has read since 2.1.
 */
final class VaultKeys {

  /** After that time a new one is handed out; the older ones still open what was sent. */
  private static final Duration LIFE = Duration.ofDays(365);

  private static final Owner OWNER = Owner.ADMINISTRATION;
  private static final String COLUMNS = "fingerprint, ring, data_key, sealed, created";

  private final DataSource database;
  private final DataKeys keys;
  private final AuditTrail audit;
  private final InstantSource clock;

  VaultKeys(DataSource database, DataKeys keys, InstantSource clock) {
    this.database = database;
    this.keys = keys;
    this.audit = new AuditTrail(database, clock);
    this.clock = clock;
  }

  /**
   * A key as it is stored.
   *
   * @param fingerprint in lower-case hexadecimal
   * @param ring the public part
   */
  record Stored(String fingerprint, byte[] ring, String dataKey, byte[] sealed, Instant created) {

    /** The public part as text (RFC 9580, section 6.2). */
    String armoured() {
      return Armour.of(ring);
    }

    private boolean has(KeyIdentifier id) throws IOException {
      return !id.isWildcard()
          && new PGPPublicKeyRing(ring, new BcKeyFingerprintCalculator()).getPublicKey(id) != null;
    }
  }

  /**
   * The key to hand out; made if there is none, or only an old one.
   *
   * @param by who asks
   * @throws dev.portcullis.vault.crypto.KeyUnavailableException if the master key is needed and
   *     cannot be used now
   */
  Stored current(String by) {
    DataKey key = dataKey();
    Stored current =
        new Sql(database)
            .within(
                connection -> {
                  // One at a time: who asks at once gets the same.
                  update(connection, "lock table openpgp_key in share row exclusive mode");
                  Optional<Stored> newest = stored(connection).stream().findFirst();
                  return newest.isPresent()
                          && newest.get().created().plus(LIFE).isAfter(clock.instant())
                      ? newest.get()
                      : made(connection, key, by);
                })
            .orElseThrow();
    return ofPrivatePart(current);
  }

  /** The public part as the sealed private one has it: anybody's may stand beside that. */
  private Stored ofPrivatePart(Stored key) {
    try {
      return new Stored(
          key.fingerprint(),
          open(key).toCertificate().getEncoded(),
          key.dataKey(),
          key.sealed(),
          key.created());
    } catch (IOException e) {
      throw new IllegalStateException("a stored OpenPGP key cannot be read", e);
    }
  }

  private DataKey dataKey() {
    try {
      return keys.current(OWNER);
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  private Stored made(Connection connection, DataKey key, String by) throws SQLException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Stored made = sealed(key, generate(now), now);
    update(
        connection,
        "insert into openpgp_key (account, livemode, fingerprint, ring, data_key, sealed, created,"
            + " created_by) values (?, ?, ?, ?, ?, ?, ?, ?)",
        OWNER.account(),
        OWNER.livemode(),
        made.fingerprint(),
        made.ring(),
        made.dataKey(),
        made.sealed(),
        made.created(),
        by);
    audit.appendWithin(connection, "openpgp_key.made", made.fingerprint(), "by " + by);
    return made;
  }

  /**
   * A key that is not stored yet.
   *
   * @param fingerprint in lower-case hexadecimal
   * @param ring the public part
   * @param secret the private part
   */
  record Generated(String fingerprint, byte[] ring, PGPSecretKeyRing secret) {
    @Override
    public String toString() {
      return "Generated[" + fingerprint + "]";
    }
  }

  static Generated generate(Instant now) {
    try {
      OpenPGPKey made =
          new BcOpenPGPApi()
              .generateKey(PublicKeyPacket.VERSION_4, Date.from(now))
              .withPrimaryKey(of(PGPKeyPairGenerator::generateLegacyEd25519KeyPair))
              .addSigningSubkey(of(PGPKeyPairGenerator::generateLegacyEd25519KeyPair))
              .addEncryptionSubkey(of(PGPKeyPairGenerator::generateLegacyX25519KeyPair))
              .addUserId(
                  "Portcullis vault",
                  SignatureParameters.Callback.Util.modifyHashedSubpackets(VaultKeys::preferring))
              .build();
      return new Generated(
          HexFormat.of().formatHex(made.getFingerprint()),
          made.toCertificate().getPGPPublicKeyRing().getEncoded(),
          made.getPGPSecretKeyRing());
    } catch (PGPException | IOException e) {
      throw new IllegalStateException("an OpenPGP key could not be made", e);
    }
  }

  /** GnuPG looks here, and without preferences takes Triple DES (RFC 4880, section 13.2). */
  private static PGPSignatureSubpacketGenerator preferring(
      PGPSignatureSubpacketGenerator subpackets) {
    subpackets.setPreferredSymmetricAlgorithms(
        false, new int[] {SymmetricKeyAlgorithmTags.AES_256, SymmetricKeyAlgorithmTags.AES_128});
    subpackets.setPreferredHashAlgorithms(
        false, new int[] {HashAlgorithmTags.SHA512, HashAlgorithmTags.SHA256});
    subpackets.setPreferredCompressionAlgorithms(
        false, new int[] {CompressionAlgorithmTags.ZLIB, CompressionAlgorithmTags.ZIP});
    subpackets.setFeature(false, Features.FEATURE_MODIFICATION_DETECTION);
    return subpackets;
  }

  private static Stored sealed(DataKey key, Generated made, Instant now) {
    try {
      byte[] secret = made.secret().getEncoded();
      try {
        return new Stored(
            made.fingerprint(),
            made.ring(),
            key.id(),
            key.seal(DataKey.Purpose.OPENPGP_KEY, made.fingerprint(), secret),
            now);
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
    } catch (IOException e) {
      throw new IllegalStateException("an OpenPGP key could not be written", e);
    }
  }

  private interface Generation {
    PGPKeyPair by(PGPKeyPairGenerator generator) throws PGPException;
  }

  private static KeyPairGeneratorCallback of(Generation generation) {
    return new KeyPairGeneratorCallback() {
      @Override
      public PGPKeyPair generateFrom(PGPKeyPairGenerator generator) throws PGPException {
        return generation.by(generator);
      }
    };
  }

  private List<Stored> stored(Connection connection) throws SQLException {
    return query(
        connection,
        "select " + COLUMNS + " from openpgp_key where account = ? order by created desc",
        VaultKeys::stored,
        OWNER.account());
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        row.getString("fingerprint"),
        row.getBytes("ring"),
        row.getString("data_key"),
        row.getBytes("sealed"),
        instant(row, "created"));
  }

  /** The key pair of that id, of whichever of the keys; empty if none has it. */
  Optional<PGPKeyPair> find(KeyIdentifier id) throws IOException {
    for (Stored key : new Sql(database).within(this::stored).orElseThrow()) {
      if (key.has(id)) {
        PGPSecretKey secret = open(key).getSecretKey(id);
        if (secret != null) {
          return Optional.of(pair(secret));
        }
      }
    }
    return Optional.empty();
  }

  /** What signs in the name of that key. */
  PGPKeyPair signing(Stored key) throws IOException {
    for (PGPSecretKey secret : open(key)) {
      if (!secret.isMasterKey() && secret.isSigningKey()) {
        return pair(secret);
      }
    }
    throw new IllegalStateException("the key has no part that signs");
  }

  private static PGPKeyPair pair(PGPSecretKey secret) throws IOException {
    try {
      return secret.extractKeyPair(null);
    } catch (PGPException e) {
      throw new IOException("a stored OpenPGP key cannot be read", e);
    }
  }

  private PGPSecretKeyRing open(Stored key) throws IOException {
    try {
      byte[] ring =
          keys.byId(OWNER, key.dataKey())
              .open(DataKey.Purpose.OPENPGP_KEY, key.fingerprint(), key.sealed());
      try {
        return new PGPSecretKeyRing(ring, new BcKeyFingerprintCalculator());
      } finally {
        Arrays.fill(ring, (byte) 0);
      }
    } catch (PGPException e) {
      throw new IOException("a stored OpenPGP key cannot be read", e);
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }
}
