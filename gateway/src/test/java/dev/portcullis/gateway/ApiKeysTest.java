package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditEntry;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.Authenticator;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyRecord;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.gateway.keys.StoredKey;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permissions;
import dev.portcullis.wire.net.Cidr;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Keys made, rolled and revoked, with the trail that it leaves. */
class ApiKeysTest {

  private static final Actor ACTOR = new Actor("adm_1", "192.0.2.7");

  private final Gateway gateway = Gateway.IT;
  private final ApiKeys keys = gateway.context.getBean(ApiKeys.class);
  private final AuditTrail audit = gateway.context.getBean(AuditTrail.class);

  /** Other tests move this gateway's clock. */
  private final Instant now = gateway.clock.instant();

  @Test
  void makesAKeyAndTellsTheVaultWhatItMay() {
    KeyTerms terms =
        new KeyTerms(
            Permissions.of(List.of(ApiResource.TOKEN.write(), ApiResource.CHARGE.read())),
            List.of(Cidr.parse("192.0.2.0/24").orElseThrow()),
            Optional.of(now.plusSeconds(3_600)),
            "till 7");
    KeyChange.Issued issued = issued(KeyKind.RESTRICTED, terms);
    StoredKey stored = stored(issued.key().id());
    assertThat(issued.text().text()).startsWith("rk_test_");
    assertThat(stored.terms().permissions().names()).containsExactly("charge_read", "token_write");
    assertThat(stored.terms().cidrs()).hasToString("[192.0.2.0/24]");
    assertThat(stored.life().createdBy()).isEqualTo("adm_1");
    assertThat(
            gateway.database.text(
                "SELECT row_to_json(k)::text FROM api_keys k WHERE id = ?", stored.id()))
        .doesNotContain(issued.text().text());
    eventually().untilAsserted(() -> assertThat(stored(stored.id()).isPendingAtVault()).isFalse());
    KeyRecord pushed = Objects.requireNonNull(gateway.vault.keys.get(stored.id()));
    assertThat(pushed.terms().permissions()).isEqualTo(terms.permissions());
    assertThat(pushed.terms().cidrs()).isEqualTo(terms.cidrs());
  }

  @Test
  void aRolledKeyEndsAfterTheOverlapAndIsNotRolledAgain() {
    KeyChange.Issued first = issued(KeyKind.SECRET, KeyTerms.none("shop"));
    KeyChange.Issued second =
        (KeyChange.Issued)
            keys.roll(ACTOR, "acct_first", first.key().id(), Duration.ofHours(1), Optional.empty());
    StoredKey old = stored(first.key().id());
    assertThat(old.life().rolledTo()).contains(second.key().id());
    assertThat(old.status(now)).isEqualTo(StoredKey.Status.ROLLED);
    assertThat(old.status(now.plusSeconds(3_700))).isEqualTo(StoredKey.Status.EXPIRED);
    assertThat(second.key().terms().description()).isEqualTo("shop");
    assertThat(keys.roll(ACTOR, "acct_first", first.key().id(), Duration.ZERO, Optional.empty()))
        .isInstanceOfSatisfying(
            KeyChange.Refused.class, r -> assertThat(r.code()).isEqualTo("not_usable"));
    assertThat(
            keys.roll(ACTOR, "acct_first", second.key().id(), Duration.ofDays(8), Optional.empty()))
        .isInstanceOfSatisfying(
            KeyChange.Refused.class, r -> assertThat(r.code()).isEqualTo("invalid_terms"));
  }

  @Test
  void aRevocationIsPendingUntilTheVaultHasCommittedIt() {
    KeyChange.Issued issued = issued(KeyKind.SECRET, KeyTerms.none(""));
    eventually()
        .untilAsserted(() -> assertThat(stored(issued.key().id()).isPendingAtVault()).isFalse());
    KeyChange.Changed revoked =
        (KeyChange.Changed) keys.revoke(ACTOR, "acct_first", issued.key().id());
    assertThat(revoked.key().isPendingAtVault()).isTrue();
    assertThat(revoked.key().status(now)).isEqualTo(StoredKey.Status.REVOKED);
    eventually()
        .untilAsserted(() -> assertThat(stored(issued.key().id()).isPendingAtVault()).isFalse());
    assertThat(Objects.requireNonNull(gateway.vault.keys.get(issued.key().id())).revoked())
        .isTrue();
  }

  private static final class Guesses extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private String principal(String header, Runnable beforeGuess) {
    return gateway
        .context
        .getBean(Authenticator.class)
        .authenticate(header, InetAddress.getLoopbackAddress(), beforeGuess)
        .keyId();
  }

  /** Whoever guesses keys at an address must not shut out those who have one and use it there. */
  @Test
  void aKeyThatWasFoundLatelyIsNoGuessUntilItIsRevoked() {
    KeyChange.Issued issued = issued(KeyKind.SECRET, KeyTerms.none(""));
    String header = "Bearer " + issued.text().text();
    String unknown = "Bearer " + ApiKey.generate(KeyKind.SECRET, false, new SecureRandom()).text();
    Runnable refuse =
        () -> {
          throw new Guesses();
        };
    for (String guess : List.of(header, unknown, "Bearer nothing like a key")) {
      assertThatThrownBy(() -> principal(guess, refuse)).isInstanceOf(Guesses.class);
    }
    assertThat(principal(header, () -> {})).isEqualTo(issued.key().id());
    assertThatThrownBy(() -> principal(unknown, () -> {})).isInstanceOf(ApiException.class);
    assertThat(principal(header, refuse)).isEqualTo(issued.key().id());
    assertThatThrownBy(() -> principal(unknown, refuse)).isInstanceOf(Guesses.class);

    gateway.clock.advance(Duration.ofMinutes(14));
    assertThat(principal(header, refuse)).as("looked up again").isEqualTo(issued.key().id());
    keys.revoke(ACTOR, "acct_first", issued.key().id());
    gateway.clock.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> principal(header, refuse))
        .as("known lately, and refused within a second")
        .isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> principal(header, refuse)).isInstanceOf(Guesses.class);
  }

  @Test
  void aKeyThatHasNotBeenUsedForLongIsLookedUpLikeAGuess() {
    KeyChange.Issued issued = issued(KeyKind.SECRET, KeyTerms.none(""));
    String header = "Bearer " + issued.text().text();
    principal(header, () -> {});
    gateway.clock.advance(Duration.ofMinutes(16));
    assertThatThrownBy(
            () ->
                principal(
                    header,
                    () -> {
                      throw new Guesses();
                    }))
        .isInstanceOf(Guesses.class);
  }

  /** What a restore of the gateway to an older state does. */
  @Test
  void aKeyThatTheVaultKnowsAsRevokedIsRevokedHereToo() throws Exception {
    KeyRecord known = forgetChanges(true);
    eventually()
        .untilAsserted(
            () -> {
              StoredKey revived = stored(known.id());
              assertThat(revived.status(now)).isEqualTo(StoredKey.Status.REVOKED);
              assertThat(revived.isPendingAtVault()).isFalse();
              assertThat(revived.life().version()).isGreaterThan(known.version());
            });
    assertThat(Objects.requireNonNull(gateway.vault.keys.get(known.id())).revoked()).isTrue();
  }

  /** A revocation under a version that the vault has passed would be taken by nobody. */
  @Test
  void aKeyThatTheVaultKnowsAtALaterVersionCanStillBeChanged() throws Exception {
    KeyRecord known = forgetChanges(false);
    eventually()
        .untilAsserted(
            () ->
                assertThat(Objects.requireNonNull(gateway.vault.keys.get(known.id())).terms())
                    .isEqualTo(KeyTerms.none("")));
    keys.revoke(ACTOR, "acct_first", known.id());
    eventually()
        .untilAsserted(
            () ->
                assertThat(Objects.requireNonNull(gateway.vault.keys.get(known.id())).revoked())
                    .isTrue());
    // The vault has it before its answer is written down.
    eventually().untilAsserted(() -> assertThat(stored(known.id()).isPendingAtVault()).isFalse());
  }

  /** A key of which the vault knows what this database has forgotten. */
  private KeyRecord forgetChanges(boolean revoked) throws Exception {
    KeyChange.Issued issued = issued(KeyKind.SECRET, KeyTerms.none(""));
    String id = issued.key().id();
    eventually().untilAsserted(() -> assertThat(stored(id).isPendingAtVault()).isFalse());
    KeyRecord first = Objects.requireNonNull(gateway.vault.keys.get(id));
    KeyRecord known =
        new KeyRecord(
            id,
            first.version() + 4,
            first.account(),
            first.livemode(),
            first.kind(),
            first.hash(),
            KeyTerms.none("narrowed"),
            revoked);
    gateway.vault.keys.put(id, known);
    // All are told again, as at a start.
    gateway.database.execute("UPDATE api_keys SET vault_version = 0 WHERE id = '" + id + "'");
    return known;
  }

  @Test
  void anotherAccountsKeyIsAsIfThereWereNone() {
    KeyChange.Issued issued = issued(KeyKind.SECRET, KeyTerms.none(""));
    assertThat(keys.find("acct_second", issued.key().id())).isEmpty();
    assertThat(keys.revoke(ACTOR, "acct_second", issued.key().id()))
        .isInstanceOfSatisfying(
            KeyChange.Refused.class, r -> assertThat(r.code()).isEqualTo("no_such_key"));
    assertThat(stored(issued.key().id()).life().revokedAt()).isEmpty();
  }

  @Test
  void refusesTermsThatMakeNoSense() {
    KeyTerms reading =
        new KeyTerms(
            Permissions.of(List.of(ApiResource.CHARGE.read())), List.of(), Optional.empty(), "");
    KeyTerms over = new KeyTerms(Permissions.NONE, List.of(), Optional.of(now.minusSeconds(1)), "");
    assertThat(refusal(KeyKind.RESTRICTED, KeyTerms.none(""))).isEqualTo("invalid_terms");
    assertThat(refusal(KeyKind.SECRET, reading)).isEqualTo("invalid_terms");
    assertThat(refusal(KeyKind.SECRET, over)).isEqualTo("invalid_terms");
    assertThat(refusal(KeyKind.SECRET, KeyTerms.none("x".repeat(501)))).isEqualTo("invalid_terms");
    assertThat(keys.create(ACTOR, "acct_none", false, KeyKind.SECRET, KeyTerms.none("")))
        .isInstanceOfSatisfying(
            KeyChange.Refused.class, r -> assertThat(r.code()).isEqualTo("no_such_account"));
  }

  @Test
  void eachChangeIsInTheTrailWhichCannotBeChanged() throws SQLException {
    KeyChange.Issued issued = issued(KeyKind.SECRET, KeyTerms.none(""));
    keys.revoke(ACTOR, "acct_first", issued.key().id());
    List<AuditEntry> newest = audit.newest(Long.MAX_VALUE, 1_000);
    assertThat(newest)
        .filteredOn(entry -> entry.subject().equals(issued.key().id()))
        .extracting(AuditEntry::action)
        .containsExactly("key.revoked", "key.created");
    assertThat(newest).noneMatch(entry -> entry.detail().contains(issued.text().text()));
    assertThat(newest.getFirst().actor()).isEqualTo(ACTOR);
    assertThat(audit.verify().firstBroken()).isEmpty();
    try (Connection connection = gateway.database.everything().getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("UPDATE audit SET detail = 'x'"))
          .hasMessageContaining("append-only");
      assertThatThrownBy(() -> statement.execute("TRUNCATE audit"))
          .hasMessageContaining("append-only");
      connection.setAutoCommit(false);
      statement.execute("ALTER TABLE audit DISABLE TRIGGER USER");
      statement.execute("UPDATE audit SET detail = 'x' WHERE seq = 1");
      connection.commit();
      try {
        assertThat(audit.verify().firstBroken()).hasValue(1);
      } finally {
        statement.execute(
            "UPDATE audit SET detail = '" + detailOfFirst(newest) + "' WHERE seq = 1");
        statement.execute("ALTER TABLE audit ENABLE TRIGGER USER");
        connection.commit();
      }
    }
    assertThat(audit.verify().firstBroken()).isEmpty();
  }

  private static String detailOfFirst(List<AuditEntry> newest) {
    return newest.getLast().detail();
  }

  private String refusal(KeyKind kind, KeyTerms terms) {
    return keys.create(ACTOR, "acct_first", false, kind, terms) instanceof KeyChange.Refused refused
        ? refused.code()
        : "issued";
  }

  private KeyChange.Issued issued(KeyKind kind, KeyTerms terms) {
    return (KeyChange.Issued) keys.create(ACTOR, "acct_first", false, kind, terms);
  }

  private StoredKey stored(String id) {
    return keys.find("acct_first", id).orElseThrow();
  }
}
