package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.wire.audit.HeadKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** Whoever owns the database can change the trail; running one command shows it. */
@Order(25)
@ExtendWith(SharedPortcullis.class)
class AuditVerifyTest {
  private static final String LAST = " where seq = (select max(seq) from audit_entry)";

  private final Portcullis portcullis;

  AuditVerifyTest(Portcullis portcullis) {
    this.portcullis = portcullis;
  }

  private CommandResult verify() {
    return portcullis.run(Duration.ofSeconds(60), "audit", "verify");
  }

  @Test
  void aChangedEntryIsFoundByRunningTheCommand() throws Exception {
    CommandResult whole = verify();
    assertThat(whole.exitCode()).as(whole.said()).isZero();
    assertThat(whole.out().strip())
        .matches(
            "The vault's audit trail is whole: [1-9][0-9]* entries, [1-9][0-9]* of them signed,"
                + " head sha256:[0-9a-f]{64}\\.\\RThe gateway's audit trail is whole: [0-9]+"
                + " entries, head sha256:[0-9a-f]{64}\\.");
    asOwner("update audit_entry set detail = detail || 'x'" + LAST);
    try {
      CommandResult broken = verify();
      assertThat(broken.exitCode()).as(broken.said()).isEqualTo(1);
      assertThat(broken.out().strip())
          .startsWith("The vault's audit trail is broken at entry ")
          .contains("The gateway's audit trail is whole: ")
          .hasLineCount(2);
    } finally {
      asOwner("update audit_entry set detail = left(detail, -1)" + LAST);
    }
    assertThat(verify().out().lines().findFirst()).isEqualTo(whole.out().lines().findFirst());
  }

  @Test
  void aHeadThatWasCarriedAwayIsHeldAgainstTheTrail() {
    Duration limit = Duration.ofSeconds(60);
    String head = portcullis.run(limit, "vault", "audit", "head").succeeded().strip();
    assertThat(portcullis.run(limit, "vault", "audit", "verify", "--head", head).succeeded())
        .startsWith("The vault's audit trail is whole: ");
    String forged =
        head.substring(0, 20) + (head.charAt(20) == 'A' ? 'B' : 'A') + head.substring(21);
    CommandResult refused = portcullis.run(limit, "vault", "audit", "verify", "--head", forged);
    assertThat(refused.exitCode()).as(refused.said()).isEqualTo(1);
    assertThat(refused.out()).contains("has no right signature");
    assertThat(refused.out()).as("and the trail is checked").contains("audit trail is whole: ");
    String key = portcullis.run(limit, "vault", "audit", "key").succeeded();
    assertThat(portcullis.home().resolve("operator/vault-audit-key.pem"))
        .as("it was noted at the first start")
        .content()
        .satisfies(
            noted ->
                assertThat(key.lines().skip(1)).containsExactlyElementsOf(noted.lines().toList()));
  }

  @Test
  void anotherKeyThanTheVaultsIsFoundOut() throws Exception {
    Duration limit = Duration.ofSeconds(60);
    Path noted = portcullis.home().resolve("operator/vault-audit-key.pem");
    Path other = Files.createTempFile("another", ".pem");
    try {
      Files.writeString(
          other,
          HeadKey.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic()).pem());
      CommandResult refused =
          portcullis.run(limit, "vault", "audit", "verify", "--key", other.toString());
      assertThat(refused.exitCode()).as(refused.said()).isEqualTo(1);
      assertThat(refused.out()).contains("are not those of " + other);
    } finally {
      Files.delete(other);
    }
    assertThat(
            portcullis
                .run(limit, "vault", "audit", "verify", "--key", noted.toString())
                .succeeded())
        .startsWith("The vault's audit trail is whole: ");
  }

  private void asOwner(String change) throws Exception {
    Path password = portcullis.home().resolve("operator").resolve("postgres-password");
    PGSimpleDataSource vault = new Databases(portcullis).of("vault");
    try (Connection connection =
            vault.getConnection("postgres", Files.readString(password).strip());
        Statement statement = connection.createStatement()) {
      statement.execute("alter table audit_entry disable trigger all");
      statement.execute(change);
      statement.execute("alter table audit_entry enable trigger all");
    } catch (SQLException e) {
      throw new AssertionError("the owner could not change the trail", e);
    }
  }
}
