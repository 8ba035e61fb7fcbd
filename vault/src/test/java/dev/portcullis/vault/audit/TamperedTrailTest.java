package dev.portcullis.vault.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.StoppedClock;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.wire.audit.CarriedHeads;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailEntry;
import dev.portcullis.wire.audit.TrailFault;
import dev.portcullis.wire.audit.TrailFault.Changed;
import dev.portcullis.wire.audit.TrailFault.Cut;
import dev.portcullis.wire.audit.TrailFault.HeadForged;
import dev.portcullis.wire.audit.TrailFault.HeadGone;
import dev.portcullis.wire.audit.TrailFault.HeadMissing;
import dev.portcullis.wire.audit.TrailFault.Missing;
import dev.portcullis.wire.audit.TrailFault.OutOfPlace;
import dev.portcullis.wire.audit.TrailFault.Rewritten;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever owns the database can do anything to the trail, and each of it is named. */
class TamperedTrailTest {

  private static final int ENTRIES = 25;

  /** One more than were written: that the key was made is an entry too. */
  private static final int ALL = ENTRIES + 1;

  private static final int BETWEEN_HEADS = 10;

  private static final StoppedClock CLOCK = new StoppedClock();
  private static TestDatabase database;
  private static HeadKeys keys;
  private static AuditReport report;

  @BeforeAll
  static void write() throws SQLException {
    database = TestDatabase.fresh("tampered");
    DataKeys dataKeys =
        new DataKeys(
            database.app(),
            MasterKeys.only(
                new FileMasterKey(Secret.ofBytes(new byte[32]), SecretAccess.insecureGrant())),
            CLOCK,
            new java.security.SecureRandom());
    keys = new HeadKeys(database.app(), dataKeys, CLOCK);
    report = new AuditReport(database.app(), keys, signer());
    AuditTrail trail = new AuditTrail(database.app(), CLOCK);
    for (int entry = 1; entry <= ENTRIES; entry++) {
      trail.append("act." + entry, "subject " + entry, "detail " + entry);
    }
    HeadSigner signer = signer();
    signer.run();
    signer.finish();
    database.execute(
        "create table kept_entry as select * from audit_entry;"
            + " create table kept_head as select * from audit_head");
    assertThat(heads()).extracting(SignedHead::size).containsExactly(10L, 20L, (long) ALL);
    assertThat(verify()).isEmpty();
    assertThat(report.verify().signed()).isEqualTo(ALL);
  }

  private static HeadSigner signer() {
    return new HeadSigner(
        database.app(), keys, new HeadSigner.Pace(Duration.ofDays(1), BETWEEN_HEADS), null, CLOCK);
  }

  @AfterEach
  void putRight() throws SQLException {
    tamper(
        "truncate audit_entry, audit_head; insert into audit_entry select * from kept_entry;"
            + " insert into audit_head select * from kept_head;"
            + " delete from audit_key where generation < 1");
    assertThat(verify()).isEmpty();
  }

  private static void tamper(String sql) {
    String tables =
        "alter table audit_entry %1$s trigger all; alter table audit_head %1$s trigger all;";
    database.execute(tables.formatted("disable") + sql + ";" + tables.formatted("enable"));
  }

  private static Optional<TrailFault> verify() throws SQLException {
    return Optional.ofNullable(report.verify().fault());
  }

  private static List<SignedHead> heads() throws SQLException {
    List<SignedHead> heads = new ArrayList<>();
    try (Connection connection = database.owner().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select head from audit_head order by size")) {
      while (rows.next()) {
        heads.add(SignedHead.parse(rows.getString(1)).orElseThrow());
      }
    }
    return heads;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "at       | at + interval '1 microsecond'",
        "at       | 'infinity'",
        "action   | overlay(action placing chr(ascii(action) # 1) from 1)",
        "subject  | overlay(subject placing chr(ascii(subject) # 1) from 1)",
        "detail   | overlay(detail placing chr(ascii(detail) # 1) from 1)",
        "detail   | ''",
        "previous | set_bit(previous, 77, 1 - get_bit(previous, 77))",
        "previous | ''",
        "hash     | set_bit(hash, 0, 1 - get_bit(hash, 0))",
        "hash     | ''"
      })
  void aBitThatIsFlippedNamesItsEntry(String column, String value) throws SQLException {
    for (int entry : new int[] {1, 7, ALL}) {
      tamper("update audit_entry set %s = %s where seq = %d".formatted(column, value, entry));
      assertThat(verify()).as("%s of %d", column, entry).contains(new Changed(entry));
      putRight();
    }
  }

  @Test
  void aNumberThatIsFlippedLeavesAGap() throws SQLException {
    for (int entry : new int[] {1, 7}) {
      tamper("update audit_entry set seq = seq # 1024 where seq = " + entry);
      assertThat(verify()).contains(new Missing(entry, entry + 1));
      putRight();
    }
    tamper("update audit_entry set seq = seq # 1024 where seq = " + ALL);
    assertThat(verify()).contains(new Missing(ALL, ALL + 1024));
    putRight();
    tamper("update audit_entry set seq = -seq where seq = 7");
    assertThat(verify()).contains(new OutOfPlace(1));
  }

  @Test
  void whatIsDeletedIsNamed() throws SQLException {
    for (int entry : new int[] {1, 13}) {
      tamper("delete from audit_entry where seq = " + entry);
      assertThat(verify()).contains(new Missing(entry, entry + 1));
      putRight();
    }
    tamper("delete from audit_entry where seq = " + ALL);
    assertThat(verify()).contains(new Cut(ALL, ALL, CLOCK.instant()));
    putRight();
    tamper("delete from audit_entry");
    assertThat(verify()).contains(new Cut(1, BETWEEN_HEADS, CLOCK.instant()));
  }

  @Test
  void twoThatAreExchangedAreNamed() throws SQLException {
    tamper(
        "update audit_entry set seq = 1000 where seq = 5; update audit_entry set seq = 5 where seq"
            + " = 9; update audit_entry set seq = 9 where seq = 1000");
    assertThat(verify()).contains(new Changed(5));
  }

  @Test
  void oneThatIsPutInIsNamed() throws SQLException {
    // Its own hash is right, and those after it move on by one as they are.
    moveUp(15);
    TrailEntry forged = forged(15, root(14));
    insert(forged);
    assertThat(verify()).contains(new Changed(16));
    putRight();
    // Everything after it is computed anew: only what was signed tells.
    moveUp(15);
    insert(forged);
    recompute(16, forged.hash());
    assertThat(verify()).contains(new Rewritten(11, 20, CLOCK.instant()));
  }

  @Test
  void oneAtTheEndIsVouchedForByNobody() throws SQLException {
    insert(forged(ALL + 1, root(ALL)));
    AuditReport.Verdict verdict = report.verify();
    assertThat(verdict.entries()).isEqualTo(ALL + 1);
    assertThat(verdict.signed()).isEqualTo(ALL);
  }

  @Test
  void anEndThatIsCutOffIsNamedByTheHeadsThatAreLeft() throws SQLException {
    tamper("delete from audit_entry where seq > 17");
    assertThat(verify()).contains(new Cut(18, 20, CLOCK.instant()));
    tamper("delete from audit_head where size > 20");
    assertThat(verify()).contains(new Cut(18, 20, CLOCK.instant()));
  }

  @Test
  void anEndThatIsCutOffWithItsHeadsIsNamedByOneThatWasCarriedAway() throws SQLException {
    SignedHead carried = heads().getLast();
    HeadSigner running = signer();
    running.run();
    tamper("delete from audit_entry where seq > 17; delete from audit_head where size > 17");
    AuditReport.Verdict verdict = report.verify();
    assertThat(verdict.fault()).as("it looks whole to itself").isNull();
    assertThat(carried(carried, verdict)).contains(new Cut(18, ALL, CLOCK.instant()));
    running.run();
    assertThat(running.fault()).as("a vault that runs knows").contains(new HeadGone(1, ALL));
    assertThat(heads()).as("and signs none of it").hasSize(1);
  }

  @Test
  void anEndThatIsWrittenAnewIsNamedByAHeadThatWasCarriedAway() throws SQLException {
    SignedHead carried = heads().getLast();
    tamper(
        "delete from audit_head where size > 20; update audit_entry set detail = 'nothing' where"
            + " seq = 23");
    recompute(23, root(22));
    AuditReport.Verdict verdict = report.verify();
    assertThat(verdict.fault()).as("it looks whole to itself").isNull();
    assertThat(verdict.signed()).isEqualTo(20);
    assertThat(carried(carried, verdict)).contains(new Rewritten(1, ALL, CLOCK.instant()));
  }

  private static Optional<TrailFault> carried(SignedHead head, AuditReport.Verdict verdict) {
    CarriedHeads carried = new CarriedHeads(List.of(head));
    assertThat(keys.all()).anyMatch(head::isSignedBy);
    return carried
        .reached(verdict.entries(), verdict.root())
        .or(() -> carried.ended(verdict.entries()));
  }

  @Test
  void headsThatWereChangedAreNamed() throws SQLException {
    tamper("update audit_head set head = reverse(head) where size = 20");
    assertThat(verify()).contains(new HeadForged(11, 20));
    putRight();
    tamper("update audit_head set size = 19 where size = 20");
    assertThat(verify()).contains(new HeadForged(11, 19));
    putRight();
    tamper("delete from audit_head where size = 20");
    assertThat(verify()).contains(new HeadMissing(11, ALL));
    putRight();
    // Ed25519 of something else, by the right key.
    SignedHead real = heads().get(1);
    SignedHead moved =
        new SignedHead(
            real.size(),
            real.at().plusMillis(1),
            real.root(),
            real.previous(),
            real.key(),
            real.signature());
    tamper("update audit_head set head = '%s' where size = 20".formatted(moved.text()));
    assertThat(verify()).contains(new HeadForged(11, 20));
    HeadSigner signer = signer();
    signer.run();
    assertThat(signer.fault()).as("the last head is still good").isEmpty();
  }

  @Test
  void nothingIsSignedOnATrailThatWasChanged() throws SQLException {
    HeadSigner signer = signer();
    tamper("update audit_entry set hash = sha256('x') where seq = " + ALL);
    new AuditTrail(database.app(), CLOCK).append("after", "a", "b");
    signer.finish();
    assertThat(signer.fault()).contains(new Rewritten(1, ALL, CLOCK.instant()));
    assertThat(heads()).hasSize(3);
    putRight();
    new AuditTrail(database.app(), CLOCK).append("after", "a", "b");
    signer.finish();
    assertThat(signer.fault()).isEmpty();
    assertThat(heads()).hasSize(4);
  }

  @Test
  void aKeyOfSomebodyElseVouchesForNothing() throws Exception {
    HeadSigner running = signer();
    running.run();
    insert(forged(ALL + 1, root(ALL)));
    signAsSomebodyElse(ALL + 1);
    assertThat(verify()).as("it looks whole to itself").isEmpty();
    for (HeadSigner signer : List.of(running, signer())) {
      signer.finish();
      assertThat(signer.fault()).contains(new HeadForged(1, ALL + 1));
    }
    new AuditTrail(database.app(), CLOCK).append("after", "a", "b");
    running.finish();
    assertThat(heads()).as("nothing is built upon it").hasSize(4);
    putRight();
    running.run();
    assertThat(running.fault()).as("what was kept before is kept still").isEmpty();
  }

  @Test
  void whatWasWrittenAnewUnderALaterHeadIsNamedByTheOneThatIsKept() throws Exception {
    HeadSigner running = signer();
    running.run();
    insert(forged(ALL + 1, root(ALL)));
    tamper("update audit_entry set detail = 'nothing' where seq = 23");
    recompute(23, root(22));
    signAsSomebodyElse(ALL + 1);
    running.run();
    assertThat(running.fault()).contains(new Rewritten(1, ALL, CLOCK.instant()));
    tamper("delete from audit_head where size = " + ALL);
    running.run();
    assertThat(running.fault()).contains(new HeadGone(1, ALL));
  }

  /** With a key of their own among the vault's, beside a private half that is none of it. */
  private static void signAsSomebodyElse(long size) throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    HeadKey theirs = HeadKey.of(pair.getPublic());
    HexFormat hex = HexFormat.of();
    database.execute(
        "insert into audit_key (id, generation, account, livemode, data_key, public_key, sealed,"
            + " created) select '%s', generation - 1, account, livemode, data_key, '\\x%s', sealed, created from audit_key"
                .formatted(theirs.id(), hex.formatHex(pair.getPublic().getEncoded())));
    SignedHead head =
        SignedHead.sign(
            size,
            CLOCK.instant(),
            hex.formatHex(root(size)),
            headHash(),
            theirs,
            pair.getPrivate());
    database.execute(
        "insert into audit_head (size, head) values (%d, '%s')".formatted(size, head.text()));
  }

  private static String headHash() {
    return SignedHead.parse(
            database.query("select head from audit_head order by size desc limit 1"))
        .orElseThrow()
        .hash();
  }

  @Test
  void aStretchIsCheckedLikeTheWhole() throws SQLException {
    AuditReport.Verdict first = report.verify(0, ChainHash.start(), 15);
    assertThat(first)
        .returns(15L, AuditReport.Verdict::entries)
        .returns(10L, AuditReport.Verdict::signed);
    assertThat(first.hasMore()).isTrue();
    byte[] root = HexFormat.of().parseHex(first.root());
    AuditReport.Verdict second = report.verify(15, root, 15);
    assertThat(second).isEqualTo(report.verify());
    root[0] ^= 1;
    assertThat(report.verify(15, root, 15).fault()).isEqualTo(new OutOfPlace(16));
  }

  private static byte[] root(long seq) {
    return HexFormat.of()
        .parseHex(database.query("select encode(hash, 'hex') from audit_entry where seq = " + seq));
  }

  private static TrailEntry forged(long seq, byte[] previous) {
    return TrailEntry.following(
        previous, seq, CLOCK.instant(), List.of("person.added", "mallory", "administrator"));
  }

  private static void moveUp(long from) {
    tamper(
        "update audit_entry set seq = seq + 1000 where seq >= %1$d; update audit_entry set seq = seq - 999 where seq > 1000"
            .formatted(from));
  }

  private static void insert(TrailEntry entry) throws SQLException {
    try (Connection connection = database.owner().getConnection();
        PreparedStatement insert =
            connection.prepareStatement("insert into audit_entry values (?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, entry.seq());
      insert.setObject(2, entry.at().atOffset(ZoneOffset.UTC));
      for (int text = 0; text < 3; text++) {
        insert.setString(3 + text, entry.texts().get(text));
      }
      insert.setBytes(6, entry.previous());
      insert.setBytes(7, entry.hash());
      insert.executeUpdate();
    }
  }

  /** What a forger would do who knows the chain's rule. */
  private static void recompute(long from, byte[] root) throws SQLException {
    byte[] previous = root;
    for (TrailEntry entry : entriesFrom(from)) {
      TrailEntry anew = TrailEntry.following(previous, entry.seq(), entry.at(), entry.texts());
      HexFormat hex = HexFormat.of();
      tamper(
          "update audit_entry set previous = '\\x%s', hash = '\\x%s' where seq = %d"
              .formatted(hex.formatHex(anew.previous()), hex.formatHex(anew.hash()), entry.seq()));
      previous = anew.hash();
    }
  }

  private static List<TrailEntry> entriesFrom(long from) throws SQLException {
    List<TrailEntry> entries = new ArrayList<>();
    try (Connection connection = database.owner().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select * from audit_entry where seq >= " + from + " order by seq")) {
      while (row.next()) {
        Instant at = Objects.requireNonNull(row.getObject(2, OffsetDateTime.class)).toInstant();
        entries.add(
            new TrailEntry(
                row.getLong(1),
                at,
                List.of(row.getString(3), row.getString(4), row.getString(5)),
                row.getBytes(6),
                row.getBytes(7)));
      }
    }
    return entries;
  }
}
