package dev.portcullis.vault.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.StoppedClock;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Evidence;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.error.ApiException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** New shares against whoever owns the database, and while the database comes and goes. */
class RekeyingTest {

  private static final Custody.Actor ANN = new Custody.Actor("ann", "192.0.2.1");
  private static final Custody.Actor BEN = new Custody.Actor("ben", "192.0.2.2");
  private static final List<String> BOTH = List.of("ann", "ben");
  private static final Owner OWNER = new Owner("acct_used", true);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger PEOPLE = new AtomicInteger();

  private static final TestDatabase database = TestDatabase.fresh("rekeying");

  private final StoppedClock clock = new StoppedClock();
  private final SecretAccess access = SecretAccess.insecureGrant();
  private final LostCommits commits = new LostCommits(database.app());
  private final SealedMasterKey key = new SealedMasterKey("1");
  private final DataKeys dataKeys =
      new DataKeys(database.app(), MasterKeys.only(key), clock, RANDOM);
  private final Custody custody = custody(List.of(key));
  private final Rekeying rekeying = custody.rekeying();
  private List<Share> shares = List.of();

  private Custody custody(List<SealedMasterKey> keys) {
    return new Custody(
        keys,
        commits.source(),
        new Custody.Guarded() {
          @Override
          public void check() throws SQLException {
            dataKeys.requireMasterKey();
          }

          @Override
          public Evidence evidence(MasterKey shown) throws SQLException {
            return dataKeys.evidence(shown);
          }

          @Override
          public void forget() {
            dataKeys.forget();
          }
        },
        access,
        Duration.ofHours(24),
        clock);
  }

  /** An open vault, two of whose three shares open it, with a data key that seals something. */
  @BeforeEach
  void open() throws SQLException {
    database.execute("truncate sealed_key, data_key, retired_data_key, person cascade");
    HandOut made = custody.create(3, 2, ANN);
    custody.confirm(made.ticket());
    shares = made.shares();
    unseal(shares);
    use(dataKeys.current(OWNER));
    clock.advance(Duration.ofMinutes(5));
  }

  private void unseal(List<Share> with) throws SQLException {
    custody.give(with.get(0).line(), "192.0.2.1");
    custody.give(with.get(1).line(), "192.0.2.1");
  }

  /** Something is sealed with it. */
  private static void use(DataKey dataKey) {
    database.execute(
        "insert into person (name, role, created, created_by, totp) values ('p%d', 'auditor',"
                .formatted(PEOPLE.incrementAndGet())
            + " now(), 'x', '"
            + dataKey.id()
            + ":sealed')");
  }

  private static void enrolled(String person, StoppedClock now) {
    database.execute(
        "insert into person_enrollment (code_hash, role, created, expires, used, proposed_name)"
            + " values (sha256('%s'), 'administrator', '%s', '%s', '%s', '%s')"
                .formatted(person, now.instant(), now.instant(), now.instant(), person));
  }

  private static @Nullable String code(ThrowingCallable call) {
    ApiException refusal = catchThrowableOfType(ApiException.class, call);
    assertThat(refusal).as("the refusal").isNotNull();
    return refusal.error().code();
  }

  private static String set() {
    return database.query("select share_set from sealed_key where name = '1'");
  }

  private static String trail() {
    return database.query("select string_agg(action, ' ' order by seq) from audit_entry");
  }

  /** A master key and its shares that the database's owner puts in the place of the vault's. */
  private static List<Share> forge(byte[] master) throws SQLException {
    SealedKey.WithShares forged = SealedKey.seal("1", master, 2, 2, RANDOM);
    try (Connection connection = database.owner().getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "update sealed_key set share_set = ?, shares = 2, threshold = 2, verifiers = ?,"
                    + " sealed = ?")) {
      update.setString(1, forged.key().set());
      update.setBytes(2, forged.key().verifiers());
      update.setBytes(3, forged.key().sealed());
      assertThat(update.executeUpdate()).isOne();
    }
    return forged.shares();
  }

  private static byte[] foreign() {
    byte[] master = new byte[32];
    RANDOM.nextBytes(master);
    return master;
  }

  /** Data keys that the database's owner wraps by a key of their own under the vault's name. */
  private DataKeys decoys(byte[] master) {
    SealedMasterKey theirs = new SealedMasterKey("1");
    theirs.open(master, access);
    return new DataKeys(database.owner(), MasterKeys.only(theirs), clock, RANDOM);
  }

  private void giveAll(List<Share> old) throws SQLException {
    String id = rekeying.begin(BOTH, 2, ANN).id();
    rekeying.give(id, old.get(0).line(), ANN);
    rekeying.give(id, old.get(1).line(), BEN);
  }

  private HandOut receivedBy(Custody.Actor person) throws SQLException {
    HandOut taken = rekeying.take(person);
    rekeying.received(taken.ticket(), person);
    return taken;
  }

  @Test
  void aKeyThatIsNotTheOneInMemoryGetsNoNewShares() throws SQLException {
    List<Share> theirs = forge(foreign());
    String forged = set();
    assertThat(code(() -> giveAll(theirs))).isEqualTo("custody_foreign_key");
    assertThat(rekeying.underWay()).isEmpty();
    assertThat(code(() -> rekeying.take(ANN))).isEqualTo("custody_no_share");
    assertThat(set()).isEqualTo(forged);
    assertThat(trail()).endsWith("custody.rekey_refused");
  }

  @Test
  void aSealedVaultKnowsItsKeyByWhatIsStored() throws SQLException {
    custody.seal(ANN);
    giveAll(shares);
    assertThat(rekeying.waitsFor()).containsExactlyInAnyOrder("ann", "ben");
    rekeying.cancel(rekeying.underWay().orElseThrow().id(), ANN);
    List<Share> theirs = forge(foreign());
    assertThat(code(() -> giveAll(theirs))).isEqualTo("custody_foreign_key");
    database.execute("truncate data_key");
    assertThat(code(() -> giveAll(theirs)))
        .as("where nothing is stored nothing can tell")
        .isEqualTo("custody_foreign_key");
  }

  @Test
  void aForeignKeyOpensNothingWhateverDecoysStandBesideWhatIsStored() throws SQLException {
    custody.seal(ANN);
    byte[] master = foreign();
    List<Share> theirs = forge(master);
    DataKeys decoys = decoys(master);
    use(decoys.current(new Owner("acct_newest", true)));
    database.execute("update data_key set created = '2020-01-01' where account = 'acct_newest'");
    use(decoys.current(new Owner("acct_oldest", true)));
    assertThat(code(() -> unseal(theirs))).isEqualTo("custody_foreign_key");
    assertThat(custody.isSealed()).isTrue();
    assertThat(trail()).endsWith("custody.unseal_refused");
  }

  @Test
  void dataKeysThatSealNothingStandAgainstNoKeyAndProveNone() throws SQLException {
    custody.seal(ANN);
    byte[] master = foreign();
    DataKeys decoys = decoys(master);
    decoys.current(new Owner("acct_newest", true));
    DataKey unknown = decoys.current(new Owner("acct_unknown", true));
    database.execute("update data_key set master_key = 'sealed:0' where account = 'acct_unknown'");
    assertThatCode(() -> unseal(shares)).doesNotThrowAnyException();
    assertThat(custody.isSealed()).isFalse();
    custody.seal(ANN);
    use(unknown);
    assertThatThrownBy(() -> unseal(shares)).hasMessageContaining("sealed:0");
    assertThat(custody.isSealed()).isTrue();
  }

  @Test
  void newSharesWhoseCommitWasNotHeardOfCountAndCannotBeCancelled() throws SQLException {
    giveAll(shares);
    String id = rekeying.underWay().orElseThrow().id();
    receivedBy(ANN);
    HandOut last = rekeying.take(BEN);
    String before = set();
    commits.lose(true);
    assertThatThrownBy(() -> rekeying.received(last.ticket(), BEN))
        .isInstanceOf(SQLException.class);
    assertThat(set()).isEqualTo(last.key().set()).isNotEqualTo(before);
    commits.lose(false);
    commits.down(true);
    assertThatThrownBy(() -> rekeying.cancel(id, ANN)).isInstanceOf(SQLException.class);
    custody.sweep();
    clock.advance(HandingOut.PATIENCE);
    custody.sweep();
    commits.down(false);
    assertThatThrownBy(() -> rekeying.cancel(id, ANN))
        .hasMessageContaining("cannot be cancelled")
        .hasMessageContaining(last.key().set());
    assertThat(rekeying.underWay()).isEmpty();
    assertThat(trail()).endsWith("custody.rekeyed");
  }

  @Test
  void aReceiptMayBeSaidAgainAndIsAnsweredWithWhatIsTrue() throws SQLException {
    giveAll(shares);
    HandOut first = receivedBy(ANN);
    rekeying.received(first.ticket(), ANN);
    HandOut last = receivedBy(BEN);
    rekeying.received(last.ticket(), BEN);
    assertThat(rekeying.underWay()).isEmpty();
    assertThatThrownBy(() -> rekeying.received(first.ticket(), BEN))
        .hasMessageContaining(last.key().set());
    custody.seal(ANN);
    assertThatThrownBy(() -> rekeying.received(last.ticket(), BEN))
        .as("forgotten, and no word of the old shares")
        .hasMessageContaining("The set that counts now is " + last.key().set());
  }

  @Test
  void newSharesThatOthersReplacedAreNotReported() throws SQLException {
    giveAll(shares);
    receivedBy(ANN);
    HandOut last = rekeying.take(BEN);
    forge(foreign());
    assertThat(code(() -> rekeying.received(last.ticket(), BEN)))
        .isEqualTo("custody_ticket_invalid");
    assertThat(rekeying.underWay()).isEmpty();
    assertThat(trail()).endsWith("custody.shares_dropped");
  }

  @Test
  void theSharesOfANextKeyAreForOnePersonEach() throws SQLException {
    SealedMasterKey next = new SealedMasterKey("2");
    Custody later = custody(List.of(next, key));
    Rekeying making = later.rekeying();
    enrolled("ben", clock);
    assertThatThrownBy(() -> making.make(BOTH, 2, ANN)).hasMessageStartingWith("ben was let in");
    assertThatThrownBy(() -> making.make(List.of("ann", "cyd"), 2, BEN))
        .hasMessageStartingWith("ben was let in");
    clock.advance(Duration.ofHours(25));
    assertThat(code(() -> making.make(List.of("ann"), 2, ANN))).isEqualTo("threshold_invalid");
    making.make(BOTH, 2, ANN);
    assertThat(code(() -> making.make(BOTH, 2, ANN))).isEqualTo("custody_rekey_running");
    HandOut first = making.take(ANN);
    assertThat(first.shares()).hasSize(1);
    making.received(first.ticket(), ANN);
    assertThat(database.query("select count(*) from sealed_key where name = '2'")).isEqualTo("0");
    HandOut second = making.take(BEN);
    making.received(second.ticket(), BEN);
    assertThat(trail()).contains("custody.shares_made").endsWith("custody.initialised");
    later.give(first.shares().getFirst().line(), "192.0.2.1");
    assertThat(next.isOpen()).isFalse();
    later.give(second.shares().getFirst().line(), "192.0.2.2");
    assertThat(next.isOpen()).isTrue();
    assertThat(code(() -> making.make(BOTH, 2, ANN))).isEqualTo("custody_initialised");
  }
}
