package dev.portcullis.vault.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.StoppedClock;
import dev.portcullis.vault.TestDatabase;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.FileMasterKey;
import dev.portcullis.vault.crypto.MasterKeys;
import dev.portcullis.wire.audit.HeadKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When heads are signed, and with what. */
class HeadSignerTest {

  private static final String SIZES =
      "select string_agg(size::text, ' ' order by size) from audit_head";
  private static final TestDatabase DATABASE = TestDatabase.fresh("head_signer");

  private final StoppedClock clock = new StoppedClock();
  private final AuditTrail trail = new AuditTrail(DATABASE.app(), clock);
  private final HeadKeys keys = keys(1);
  private final HeadSigner signer = signer(keys);

  private HeadKeys keys(int master) {
    byte[] secret = new byte[32];
    secret[0] = (byte) master;
    MasterKeys masterKeys =
        MasterKeys.only(new FileMasterKey(Secret.ofBytes(secret), SecretAccess.insecureGrant()));
    return new HeadKeys(
        DATABASE.app(), new DataKeys(DATABASE.app(), masterKeys, clock, new SecureRandom()), clock);
  }

  private HeadSigner signer(HeadKeys by) {
    return new HeadSigner(
        DATABASE.app(), by, new HeadSigner.Pace(Duration.ofMinutes(1), 10), clock);
  }

  @BeforeEach
  void empty() {
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
    assertThat(new AuditReport(DATABASE.app(), keys).verify().fault()).isNull();
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
    assertThat(new AuditReport(DATABASE.app(), keys).verify().signed()).isEqualTo(27);
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
    HeadSigner closed = signer(keys(2));
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
    assertThat(new AuditReport(DATABASE.app(), keys).verify().fault())
        .as("what the first one signed is still good")
        .isNull();
  }
}
