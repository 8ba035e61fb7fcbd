package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permission;
import dev.portcullis.wire.key.Permissions;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Two accounts, every route of the file and every kind of key. And whether these tests would
 * notice: each statement that they lead to runs once without its condition on the account.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class IsolationTest {

  /** In a query's condition, and in the journal's updates, which join what they write. */
  private static final Pattern CONDITION =
      Pattern.compile("\\b((?:[a-z]\\.)?account) = (\\?|[lu]\\.account)");

  private static final String MUTATED = " OR true";

  /** After so many mutations that were noticed, it is made sure that nothing is left of them. */
  private static final int OFTEN = 8;

  /** Conditions whose absence nothing shows that these tests look at, and why. */
  private static final List<String> HIDDEN =
      List.of(
          // Where to look, nothing that is shown.
          "OFFSET ? LIMIT 1",
          // Whether to look at the account's lists at all.
          "AND alias = ANY (?))",
          // In the background, of a payment method that was found for the account before.
          "SELECT coalesce(bin, '') FROM payment_methods",
          // In the background: when a key was used last, and what the vault knows of it.
          "UPDATE api_keys k SET",
          // What goes with its COMMIT counts the rows that it has touched: a twin's is one too
          // many,
          // and it is undone. That it touches no other one either: BatchStatementTest.
          "SELECT journal_lost() FROM took HAVING count(*) <>",
          // The ids that it gives are read once more, for the account.
          "WITH given AS MATERIALIZED",
          "AS t (type) CROSS JOIN LATERAL",
          // Where payments go, by names that mean something in their own account alone.
          "FROM provider_accounts WHERE",
          "FROM routing_activations",
          // How often a payment was declined: it bounds what may follow, and nothing of it is
          // shown.
          "AND d.payment = ? AND d.created > ? AND o.outcome = 'declined'",
          // In the background, for the account whose feed it is.
          "FROM dispute_notices_aside WHERE",
          "FROM disputes WHERE",
          "UPDATE provider_feeds",
          "INSERT INTO provider_feeds AS f",
          // In the background: what is sent to whom was claimed before.
          "UPDATE webhook_deliveries",
          "DELETE FROM webhook_endpoint_health",
          "SELECT event FROM webhook_deliveries WHERE",
          "UPDATE webhook_resends",
          "AND state = 'waiting' AND again AND due <= ?",
          // Of an endpoint that was found for the account before.
          "FROM webhook_resends WHERE",
          // Of an event and an endpoint of the account: a copy that is just being sent is not met.
          "WITH again AS (INSERT INTO webhook_deliveries",
          // Of a delivery that was found for the account before.
          "FROM webhook_attempts",
          // Whether there is such an event: what is made of it comes from the row itself.
          "SELECT count(*) FROM events e WHERE (e.account = ? OR true)");

  private static final String TABLES_OF_ACCOUNTS =
      "SELECT string_agg(DISTINCT c.relname, '|') FROM pg_class c JOIN pg_attribute a"
          + " ON a.attrelid = c.oid WHERE a.attname = 'account' AND NOT a.attisdropped"
          + " AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')";

  private static final AtomicInteger ADDRESSES = new AtomicInteger();
  private static final Statements STATEMENTS = new Statements();
  private static Gateway gateway;

  /** Statements on tables with an account column: only the own ones of their rows may be seen. */
  private static Pattern owned;

  private static TwoAccounts accounts;

  @BeforeAll
  static void start() throws SQLException {
    gateway = new Gateway(beans -> beans.getBeanFactory().addBeanPostProcessor(STATEMENTS));
    accounts = new TwoAccounts(gateway);
    owned =
        Pattern.compile(
            "(?i)(FROM|JOIN|UPDATE|INTO) (search\\.)?("
                + gateway.database.text(TABLES_OF_ACCOUNTS)
                + ")\\b");
  }

  @AfterAll
  static void stop() {
    gateway.context.close();
  }

  @Test
  @Order(1)
  void noAccountSeesChangesOrMakesSureOfAnObjectOfAnother() {
    new Isolation(accounts).check();
  }

  @Test
  @Order(2)
  void everyRouteAnswersTheKeysThatItsLineNamesAndNoOthers() throws SQLException {
    Map<String, ApiKey> ended = ended();
    for (Isolation.Line line : Isolation.routes()) {
      String what = line.method() + " " + line.path();
      String path = line.path().replaceAll("\\{[a-z]+}", "none");
      for (Map.Entry<String, ApiKey> key : ended.entrySet()) {
        HttpRequest.Builder request = accounts.request(key.getValue(), line.method(), path);
        Answer answer = gateway.send(request.header("X-Forwarded-For", nextAddress()));
        assertThat(answer.status()).as(what + " " + key.getKey()).isEqualTo(401);
      }
      assertThat(status(gateway.secretKey, line, path)).as(what).isNotIn(401, 403);
      assertThat(status(gateway.liveKey, line, path)).as(what).isNotIn(401, 403);
      if (line.keys().contains("publishable")) {
        assertThat(status(gateway.publishableKey, line, path)).as(what).isNotIn(401, 403);
      } else {
        assertThat(status(gateway.publishableKey, line, path)).as(what).isEqualTo(403);
      }
      restricted(line, path);
    }
  }

  /** One address may name only so many keys that are none. */
  private static String nextAddress() {
    int number = ADDRESSES.getAndIncrement();
    return "198.51.%d.%d".formatted(100 + number / 250, 1 + number % 250);
  }

  /** None, read, write, and everything on all other resources. */
  private void restricted(Isolation.Line line, String path) {
    String what = line.method() + " " + line.path();
    Optional<Permission> needed = Permission.parse(line.permission());
    if (needed.isEmpty()) {
      assertThat(status(key(ApiResource.BALANCE.read()), line, path)).as(what).isEqualTo(200);
      return;
    }
    ApiResource resource = needed.get().resource();
    List<Permission> others = new ArrayList<>();
    for (ApiResource other : ApiResource.values()) {
      if (other != resource) {
        others.add(other.write());
      }
    }
    Answer refused = accounts.send(key(others.toArray(Permission[]::new)), line.method(), path);
    assertThat(refused.status()).as(what).isEqualTo(403);
    assertThat(refused.text()).as(what).contains("'" + line.permission() + "'");
    boolean reads = needed.get().level() == Permission.Level.READ;
    int read = status(key(resource.read()), line, path);
    assertThat(read == 403).as(what + " read").isEqualTo(!reads);
    assertThat(status(key(resource.write()), line, path)).as(what + " write").isNotIn(401, 403);
  }

  @Test
  @Order(3)
  void everyStatementOnAnAccountsRowsNamesTheAccount() {
    // An insert names the account among its values, and a batch names several; by hash a key is
    // found before its account is known; the others work across all accounts.
    Set<String> otherwise =
        Set.of(
            "INSERT INTO ",
            "(account, livemode, kind, name) IN (SELECT * FROM unnest(",
            "(account, livemode, fingerprint) IN (SELECT * FROM unnest(",
            "FROM api_keys WHERE hash = ?",
            "FROM api_keys WHERE (account, id) > (?, ?)",
            "FROM api_keys WHERE vault_version < version",
            "DELETE FROM",
            "FOR UPDATE SKIP LOCKED",
            "count(*) FROM provider_operations",
            "FROM checkout_sessions WHERE status = 'open'",
            "FROM checkout_sessions AS s LEFT JOIN",
            "FROM payment_links WHERE closing IS NOT NULL",
            "FROM risk_watches WHERE paused_until IS NOT NULL",
            "FROM risk_watches WHERE paused_until < ?",
            "WITH RECURSIVE first",
            "WITH RECURSIVE shares",
            "AS c (account, id)",
            "FROM webhook_deliveries WHERE state = 'waiting' LIMIT ?",
            "UPDATE webhook_endpoint_health",
            "FROM audit ORDER BY seq");
    assertThat(STATEMENTS.seen())
        .filteredOn(sql -> owned.matcher(sql).find())
        .filteredOn(sql -> !CONDITION.matcher(sql).find())
        .filteredOn(sql -> otherwise.stream().noneMatch(sql::contains))
        .isEmpty();
  }

  /** A condition that is forgotten, or made void by an injection, opens nothing. */
  @Test
  @Order(4)
  void withoutAnyConditionTheSecondLockStillShowsNothing() {
    STATEMENTS.change(sql -> without(sql));
    try {
      new Isolation(accounts).check();
    } finally {
      STATEMENTS.change(sql -> sql);
    }
  }

  private static String without(String sql) {
    return CONDITION.matcher(sql).replaceAll("($1 = $2" + MUTATED + ")");
  }

  @Test
  @Order(5)
  void withoutAnyOneConditionAnotherAccountsRowsShow() throws SQLException {
    // Behind the second lock nothing would show, whatever is mutated.
    gateway.database.dropRowLevelSecurity();
    TwinActs acts = new TwinActs(gateway, accounts);
    assertThat(isNoticed(acts, Where.BOTH)).as("what is right").isFalse();
    Set<String> inActs = STATEMENTS.during(() -> acts.touchTwins(MUTATED));
    Set<String> inCheck = STATEMENTS.during(() -> new Isolation(accounts).check());
    List<String> survivors = new ArrayList<>();
    int noticed = 0;
    for (String sql : STATEMENTS.seen()) {
      if (!owned.matcher(sql).find()) {
        continue;
      }
      Where where = Where.of(inActs.contains(sql), inCheck.contains(sql));
      for (String mutated : mutations(sql)) {
        STATEMENTS.change(other -> other.equals(sql) ? mutated : other);
        boolean killed = isNoticed(acts, where);
        STATEMENTS.change(other -> other);
        if (!killed) {
          survivors.add(mutated);
        } else if (++noticed % OFTEN == 0) {
          // What one mutation did must not look like the next one's doing.
          assertThat(acts.touchTwins(MUTATED)).as("after " + mutated).isFalse();
        }
      }
    }
    assertThat(isNoticed(acts, Where.BOTH)).as("what is right, in the end").isFalse();
    System.out.printf(
        "isolation: %d conditions, %d noticed%n", noticed + survivors.size(), noticed);
    assertThat(noticed).as("conditions whose absence is noticed").isGreaterThan(90);
    assertThat(survivors)
        .filteredOn(sql -> HIDDEN.stream().noneMatch(sql::contains))
        .as("conditions that nobody would miss")
        .isEmpty();
  }

  /** Where a statement is run, so that nothing is done that does not lead to it. */
  private enum Where {
    ACTS,
    CHECK,
    BOTH;

    /** What is run in the background, at any time, may be run in both. */
    static Where of(boolean inActs, boolean inCheck) {
      return inActs == inCheck ? BOTH : inActs ? ACTS : CHECK;
    }
  }

  private static boolean isNoticed(TwinActs acts, Where where) throws SQLException {
    try {
      if (where != Where.CHECK && acts.touchTwins(MUTATED)) {
        return true;
      }
      if (where != Where.ACTS) {
        new Isolation(accounts).check();
      }
      return false;
    } catch (AssertionError | RuntimeException noticed) {
      return true;
    }
  }

  /** The statement without one of its conditions, for each of them. */
  private static List<String> mutations(String sql) {
    List<String> mutations = new ArrayList<>();
    Matcher condition = CONDITION.matcher(sql);
    while (condition.find()) {
      mutations.add(
          sql.substring(0, condition.start())
              + without(condition.group())
              + sql.substring(condition.end()));
    }
    return mutations;
  }

  private int status(ApiKey key, Isolation.Line line, String path) {
    return accounts.send(key, line.method(), path).status();
  }

  private static ApiKey key(Permission... permissions) {
    return issued(
            KeyKind.RESTRICTED,
            new KeyTerms(Permissions.of(List.of(permissions)), List.of(), Optional.empty(), ""))
        .text();
  }

  private static KeyChange.Issued issued(KeyKind kind, KeyTerms terms) {
    return (KeyChange.Issued)
        gateway
            .context
            .getBean(ApiKeys.class)
            .create(Actor.SYSTEM, "acct_first", false, kind, terms);
  }

  private static Map<String, ApiKey> ended() throws SQLException {
    Map<String, ApiKey> ended = new LinkedHashMap<>();
    ended.put("unknown", ApiKey.generate(KeyKind.SECRET, false, new java.security.SecureRandom()));
    KeyChange.Issued expired = issued(KeyKind.SECRET, KeyTerms.none(""));
    gateway.database.execute(
        "UPDATE api_keys SET expires_at = '2020-01-01' WHERE id = '" + expired.key().id() + "'");
    ended.put("expired", expired.text());
    KeyChange.Issued revoked = issued(KeyKind.SECRET, KeyTerms.none(""));
    gateway.context.getBean(ApiKeys.class).revoke(Actor.SYSTEM, "acct_first", revoked.key().id());
    ended.put("revoked", revoked.text());
    return ended;
  }
}
