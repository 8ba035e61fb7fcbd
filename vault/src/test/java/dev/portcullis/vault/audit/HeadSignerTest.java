package dev.portcullis.vault.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.StoppedClock;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailFault.HeadForged;
import dev.portcullis.wire.audit.TrailFault.HeadGone;
import dev.portcullis.wire.audit.TrailFault.Unsigned;
import dev.portcullis.wire.params.ParamTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When heads are signed, and with what. */
class HeadSignerTest {

  private static final String SIZES =
      "select string_agg(size::text, ' ' order by size) from audit_head";
  private static final TestDatabase DATABASE = TestDatabase.fresh("head_signer");

  private static final int MANY = 6;

  @TempDir Path folder;

  private final StoppedClock clock = new StoppedClock();
  private final AuditTrail trail = new AuditTrail(DATABASE.app(), clock);
  private final HeadKeys keys = keys(1);
  private HeadSigner signer;

  private HeadKeys keys(int master) {
    return keys(MasterKeys.only(fileKey(master)));
  }

  /** Of a vault whose custodians have not opened it. */
  private HeadKeys sealedKeys() {
    return keys(MasterKeys.only(new Closed(fileKey(1).id(), KeyTrouble.Kind.SEALED)));
  }

  private HeadKeys keys(MasterKeys masterKeys) {
    return new HeadKeys(
        DATABASE.app(), new DataKeys(DATABASE.app(), masterKeys, clock, new SecureRandom()), clock);
  }

  private static MasterKey fileKey(int master) {
    byte[] secret = new byte[32];
    secret[0] = (byte) master;
    return new FileMasterKey(Secret.ofBytes(secret), SecretAccess.insecureGrant());
  }

  /** A master key that cannot be used now. */
  private record Closed(String id, KeyTrouble.Kind kind) implements MasterKey {
    @Override
    public byte[] wrap(byte[] dataKey, byte[] context) {
      throw new KeyUnavailableException(new KeyTrouble(kind, "It is closed."));
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] context) {
      throw new KeyUnavailableException(new KeyTrouble(kind, "It is closed."));
    }
  }

  private HeadSigner signer(HeadKeys by) {
    return new HeadSigner(
        DATABASE.app(), by, new HeadSigner.Pace(Duration.ofMinutes(1), 10), folder, clock);
  }

  @BeforeEach
  void empty() {
    signer = signer(keys);
    DATABASE.execute(
        "alter table audit_entry disable trigger all; alter table audit_head disable trigger all;"
            + " truncate audit_entry, audit_head, audit_key, data_key;"
            + " alter table audit_entry enable trigger all; alter table audit_head enable trigger"
            + " all");
  }

  private void append(int entries) throws SQLException {
    for (int entry = 0; entry < entries; entry++) {
      trail.append("act", "subject", "detail");
    }
  }

  private String sizes() {
    return DATABASE.query(SIZES);
  }

  @Test
  void nothingIsSignedWhereNothingHappened() {
    signer.run();
    assertThat(sizes()).isEqualTo("null");
    assertThat(keys.all()).isEmpty();
  }

  @Test
  void anEntryWaitsNoLongerThanTheInterval() throws SQLException {
    append(1);
    signer.run();
    assertThat(sizes()).as("the key's making is an entry").isEqualTo("2");
    append(1);
    clock.advance(Duration.ofSeconds(59));
    signer.run();
    assertThat(sizes()).isEqualTo("2");
    clock.advance(Duration.ofSeconds(1));
    signer.run();
    assertThat(sizes()).isEqualTo("2 3");
    clock.advance(Duration.ofDays(1));
    signer.run();
    assertThat(sizes()).as("nothing new").isEqualTo("2 3");
    append(1);
    clock.advance(Duration.ofDays(-2));
    signer.run();
    assertThat(sizes()).as("the clock was wrong before").isEqualTo("2 3 4");
    assertThat(new AuditReport(DATABASE.app(), keys, signer).verify().fault()).isNull();
  }

  @Test
  void manyEntriesAreNotLeftToOneHead() throws SQLException {
    append(1);
    signer.run();
    append(25);
    signer.run();
    assertThat(sizes()).isEqualTo("2 12 22");
    signer.finish();
    assertThat(sizes()).as("before it stops").isEqualTo("2 12 22 27");
    signer(keys).run();
    assertThat(sizes()).as("another vault on this database").isEqualTo("2 12 22 27");
    assertThat(new AuditReport(DATABASE.app(), keys, signer).verify().signed()).isEqualTo(27);
  }

  @Test
  void theKeyIsTheSameAfterAStart() throws SQLException {
    append(1);
    signer.run();
    List<HeadKey> first = keys.all();
    append(1);
    signer(keys(1)).finish();
    assertThat(first).hasSize(1).isEqualTo(keys.all());
    assertThat(sizes()).isEqualTo("2 3");
  }

  @Test
  void withoutTheMasterKeyNothingIsSigned() throws SQLException {
    append(1);
    signer.run();
    append(1);
    HeadSigner closed = signer(sealedKeys());
    closed.finish();
    assertThat(sizes()).isEqualTo("2");
    assertThat(keys.all()).as("and no other key is made").hasSize(1);
    assertThat(closed.fault()).isEmpty();
  }

  @Test
  void aKeyThatDoesNotOpenGetsASuccessorThatIsSeen() throws SQLException {
    append(1);
    signer.run();
    DATABASE.execute(
        "update audit_key set sealed = set_byte(sealed, 20, 1 - get_byte(sealed, 20) % 2)");
    append(1);
    signer.finish();
    assertThat(keys.all()).hasSize(2);
    assertThat(
            DATABASE.query(
                "select string_agg(detail, '; ' order by seq) from audit_entry where action ="
                    + " 'audit.key_made'"))
        .isEqualTo("the first one; in place of " + keys.all().getFirst().id());
    assertThat(sizes()).isEqualTo("2 4");
    assertThat(new AuditReport(DATABASE.app(), keys, signer).verify().fault())
        .as("what the first one signed is still good")
        .isNull();
  }

  @Test
  void aKeyThatIsLostAtAStartGetsASuccessorToo() throws SQLException {
    append(1);
    signer.run();
    DATABASE.execute(
        "update audit_key set sealed = set_byte(sealed, 20, 1 - get_byte(sealed, 20) % 2)");
    append(1);
    HeadSigner restarted = signer(keys(1));
    restarted.finish();
    assertThat(restarted.fault()).as("the newest head is the one that is kept").isEmpty();
    assertThat(sizes()).isEqualTo("2 4");
  }

  /**
   * As whoever owns the database would, under a data key that only looks like one of the vault's.
   */
  private KeyPair foreignKey(String master) throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    DATABASE.execute(
        "insert into data_key select account, livemode, period - 1, 'dek_foreign', '%s', wrapped,"
                .formatted(master)
            + " created - interval '1 day' from data_key limit 1");
    DATABASE.execute(
        "insert into audit_key select '%s', generation - 1, account, livemode, 'dek_foreign',"
                .formatted(HeadKey.of(pair.getPublic()).id())
            + " decode('%s', 'hex'), sealed, created from audit_key limit 1"
                .formatted(HexFormat.of().formatHex(pair.getPublic().getEncoded())));
    return pair;
  }

  private void signAs(KeyPair pair) {
    SignedHead last =
        SignedHead.parse(DATABASE.query("select head from audit_head order by size desc limit 1"))
            .orElseThrow();
    SignedHead head =
        SignedHead.sign(
            Long.parseLong(DATABASE.query("select max(seq) from audit_entry")),
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            DATABASE.query("select encode(hash, 'hex') from audit_entry order by seq desc limit 1"),
            last.hash(),
            HeadKey.of(pair.getPublic()),
            pair.getPrivate());
    DATABASE.execute(
        "insert into audit_head (size, head) values (%d, '%s')"
            .formatted(head.size(), head.text()));
  }

  @Test
  void aHeadUnderAKeyOfAMasterKeyThatNobodyKnowsIsForged() throws Exception {
    append(1);
    signer.run();
    KeyPair pair = foreignKey("file:nobody");
    append(1);
    signAs(pair);
    signer.run();
    assertThat(signer.fault()).contains(new HeadForged(1, 3));
  }

  @Test
  void aHeadOfWhichNobodyKnowsWhoseItIsVouchesForNothing() throws Exception {
    append(1);
    signer.run();
    KeyPair pair = foreignKey("away");
    MasterKeys both =
        new MasterKeys(fileKey(1), List.of(new Closed("away", KeyTrouble.Kind.UNREACHABLE)), null);
    HeadSigner reaching = signer(keys(both));
    for (int round = 0; round < 6; round++) {
      append(1);
      signAs(pair);
      reaching.run();
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(reaching.fault()).containsInstanceOf(Unsigned.class);
  }

  @Test
  void aHeadThatSaysSomethingElseInTheSamePlaceIsGone() throws SQLException {
    append(1);
    signer.run();
    append(1);
    new HeadSigner(
            DATABASE.app(), keys, new HeadSigner.Pace(Duration.ofMinutes(1), 10), null, clock)
        .finish();
    tamper("update audit_head set head = 'pah1.another' where size = 2");
    signer.run();
    assertThat(signer.fault()).contains(new HeadGone(1, 2));
  }

  @Test
  void whatIsNoKeyHindersNothing() throws SQLException {
    append(1);
    signer.run();
    DATABASE.execute(
        "insert into audit_key select 'none', generation - 1, account, livemode, data_key, 'none',"
            + " sealed, created from audit_key limit 1");
    append(1);
    signer.finish();
    assertThat(signer.fault()).isEmpty();
    assertThat(sizes()).isEqualTo("2 3");
  }

  @Test
  void whatAnOperatorPutsInPlaceFromTheirOwnRecordIsGoneOnFrom() throws SQLException, IOException {
    append(1);
    signer.run();
    DATABASE.execute(
        "update audit_key set sealed = set_byte(sealed, 20, 1 - get_byte(sealed, 20) % 2)");
    Files.delete(folder.resolve("head"));
    append(1);
    HeadSigner elsewhere = signer(keys(1));
    elsewhere.finish();
    assertThat(elsewhere.fault()).as("it has no head of its own").contains(new HeadForged(1, 2));
    Files.writeString(folder.resolve("head"), DATABASE.query("select head from audit_head") + "\n");
    HeadSigner restarted = signer(keys(1));
    restarted.finish();
    assertThat(restarted.fault()).isEmpty();
    assertThat(sizes()).isEqualTo("2 4");
  }

  @Test
  void aVaultThatCannotTellWhoseAHeadIsKeepsTheOneBefore() throws SQLException {
    append(1);
    signer.run();
    append(1);
    HeadSigner another =
        new HeadSigner(
            DATABASE.app(), keys, new HeadSigner.Pace(Duration.ofMinutes(1), 10), null, clock);
    another.finish();
    HeadSigner closed = signer(sealedKeys());
    closed.run();
    assertThat(closed.fault()).isEmpty();
    assertThat(folder.resolve("head"))
        .content()
        .isEqualTo(DATABASE.query("select head from audit_head where size = 2") + "\n");
  }

  /** As its owner, to whom triggers are no hindrance. */
  private static void tamper(String sql) {
    DATABASE.execute(
        "alter table audit_entry disable trigger all; alter table audit_head disable trigger all;"
            + sql
            + "; alter table audit_entry enable trigger all; alter table audit_head enable trigger"
            + " all");
  }

  private String reported(HeadSigner by) throws SQLException {
    return String.valueOf(
        new AuditReport(DATABASE.app(), keys, by).verify(ParamTree.EMPTY).get("fault"));
  }

  @Test
  void aVaultThatWasStartedAnewKnowsOfHeadsThatAreGone() throws SQLException {
    append(5);
    signer.run();
    assertThat(reported(signer)).isEqualTo("null");
    tamper("truncate audit_head");
    HeadSigner restarted = signer(keys(1));
    restarted.finish();
    assertThat(sizes()).as("nothing of it is signed").isEqualTo("null");
    assertThat(restarted.fault()).contains(new HeadGone(1, 6));
    assertThat(reported(restarted))
        .isEqualTo("the head of 6 entries, which was signed here, is gone");
    assertThat(new AuditReport(DATABASE.app(), keys, restarted).verify().fault())
        .as("it looks whole to itself")
        .isNull();
  }

  @Test
  void newHeadsDoNotPassForThoseThatAreGone() throws SQLException {
    append(5);
    signer.run();
    tamper("truncate audit_head");
    append(1);
    HeadSigner another =
        new HeadSigner(
            DATABASE.app(), keys, new HeadSigner.Pace(Duration.ofMinutes(1), 10), null, clock);
    another.finish();
    assertThat(sizes()).as("one that knows nothing of it").isEqualTo("7");
    HeadSigner restarted = signer(keys(1));
    restarted.run();
    assertThat(restarted.fault()).contains(new HeadGone(1, 6));
  }

  @Test
  void aHeadOfAnotherVaultIsKeptToo() throws SQLException {
    append(1);
    signer.run();
    append(1);
    HeadSigner another =
        new HeadSigner(
            DATABASE.app(), keys, new HeadSigner.Pace(Duration.ofMinutes(1), 10), null, clock);
    another.finish();
    signer.run();
    assertThat(folder.resolve("head"))
        .content()
        .isEqualTo(DATABASE.query("select head from audit_head where size = 3") + "\n");
  }

  @Test
  void aFileThatHoldsNoHeadIsNotTakenForNone() throws SQLException, IOException {
    append(1);
    signer.run();
    Files.writeString(folder.resolve("head"), "pah1.none\n");
    append(1);
    HeadSigner restarted = signer(keys(1));
    for (int round = 0; round < MANY; round++) {
      assertThat(restarted.fault()).isEmpty();
      restarted.finish();
    }
    assertThat(sizes()).isEqualTo("2");
    assertThat(reported(restarted)).startsWith("the entries from 1 on have been without");
  }

  @Test
  void theSameKeyTwiceHindersNothing() throws SQLException {
    append(1);
    signer.run();
    DATABASE.execute(
        "insert into audit_key select 'again', generation - 1, account, livemode, data_key,"
            + " public_key, sealed, created from audit_key");
    append(1);
    signer.finish();
    assertThat(sizes()).isEqualTo("2 3");
    assertThat(keys.all()).hasSize(1);
    assertThat(reported(signer)).isEqualTo("null");
  }

  @Test
  void entriesThatWaitFarTooLongAreAFault() throws SQLException {
    append(1);
    signer.run();
    assertThat(signer.unsignedSeconds()).isZero();
    append(1);
    HeadSigner closed = signer(sealedKeys());
    closed.run();
    clock.advance(Duration.ofMinutes(4));
    closed.run();
    assertThat(closed.fault()).as("a few intervals are nothing").isEmpty();
    assertThat(closed.unsignedSeconds()).isEqualTo(240);
    clock.advance(Duration.ofSeconds(1));
    assertThat(closed.fault())
        .contains(new Unsigned(3, clock.instant().minus(Duration.ofSeconds(241))));
    assertThat(reported(closed)).startsWith("the entries from 3 on have been without");
    signer.run();
    closed.run();
    assertThat(closed.fault()).as("another vault has signed").isEmpty();
    assertThat(closed.unsignedSeconds()).isZero();
  }

  @Test
  void roundsThatFailOneAfterTheOtherAreAFault() throws SQLException {
    append(1);
    signer.run();
    append(1);
    DATABASE.execute("revoke insert on audit_head from vault_app");
    try {
      for (int round = 0; round < MANY; round++) {
        assertThat(signer.fault()).isEmpty();
        signer.finish();
      }
      assertThat(signer.fault()).contains(new Unsigned(3, clock.instant()));
    } finally {
      DATABASE.execute("grant insert on audit_head to vault_app");
    }
    signer.finish();
    assertThat(signer.fault()).isEmpty();
    assertThat(sizes()).isEqualTo("2 3");
  }
}
