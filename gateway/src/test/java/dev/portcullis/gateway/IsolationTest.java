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
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

  private static final Pattern CONDITION = Pattern.compile("\\baccount = \\?");

  /** Tables with an account column, from whose rows only the own ones may be seen. */
  private static final Pattern OWNED =
      Pattern.compile(
          "(?i)(FROM|JOIN|UPDATE|INTO) (customers|payment_methods|payment_intents|setup_intents"
              + "|charges|refunds|mandates|disputes|balance_transactions|ledger_lines|checkout_sessions"
              + "|events|webhook_endpoints|provider_operations|idempotency_keys|request_logs"
              + "|api_settings|api_keys|card_agreements|provider_feeds"
              + "|radar_value_lists|radar_value_list_items)\\b");

  /** Statements without whose condition the API still shows nothing, and why. */
  private static final List<String> HIDDEN =
      List.of(
          // Only administration reaches them; ApiKeysTest tries another account's key.
          "FROM api_keys WHERE account = ? AND id = ?",
          "UPDATE api_keys SET",
          // The address that leads there carries a secret made of account and operation.
          "FROM provider_operations WHERE account = ? AND id = ?",
          // Where to look, nothing that is shown.
          "OFFSET ? LIMIT 1",
          // What is asked for is a keyed hash that has the account in it.
          "terms @> ?",
          "email IN (?)",
          // Sealed for the account.
          "doc->'details'->'metadata'",
          // Asked for a payment method that was found for the account before.
          "SELECT coalesce(bin, '') FROM payment_methods",
          // Asked after the list was found for the account.
          "FROM radar_value_list_items WHERE account = ? AND livemode = ? AND deleted IN (?)"
              + " AND value_list IN (?)",
          "SELECT EXISTS (SELECT FROM radar_value_list_items",
          // Whether a name is taken and how many lists there are: not tried here.
          "SELECT EXISTS (SELECT FROM radar_value_lists",
          "SELECT count(*) FROM radar_value_lists",
          // Work in the background, for the account whose feed it is.
          "disputes WHERE account = ? AND livemode = ? AND reference = ?",
          "UPDATE provider_feeds",
          // Remembered for each account.
          "FROM api_settings",
          // No session of the first account has a payment.
          "FROM checkout_sessions WHERE account = ? AND livemode = ? AND payment_intent IN");

  private static final Statements STATEMENTS = new Statements();
  private static Gateway gateway;
  private static TwoAccounts accounts;

  @BeforeAll
  static void start() throws SQLException {
    gateway = new Gateway(beans -> beans.getBeanFactory().addBeanPostProcessor(STATEMENTS));
    accounts = new TwoAccounts(gateway);
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
        Answer answer = accounts.send(key.getValue(), line.method(), path);
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
    assertThat(refused.text()).as(what).contains("'rak_" + line.permission() + "'");
    boolean reads = needed.get().level() == Permission.Level.READ;
    int read = status(key(resource.read()), line, path);
    assertThat(read == 403).as(what + " read").isEqualTo(!reads);
    assertThat(status(key(resource.write()), line, path)).as(what + " write").isNotIn(401, 403);
  }

  @Test
  @Order(3)
  void everyStatementOnAnAccountsRowsNamesTheAccount() {
    // By hash a key is found before its account is known; the others work for all accounts.
    Set<String> across =
        Set.of(
            "FROM api_keys WHERE hash = ?",
            "FROM api_keys WHERE (account, id) > (?, ?)",
            "FROM api_keys WHERE vault_version < version",
            "UPDATE api_keys k SET",
            "INTO api_keys",
            "INSERT INTO request_logs",
            "DELETE FROM",
            "FOR UPDATE SKIP LOCKED",
            "count(*) FROM provider_operations",
            "FROM provider_operations WHERE due",
            "FROM checkout_sessions WHERE status = 'open'",
            "INTO provider_feeds",
            "UPDATE provider_feeds SET due = ? WHERE (account, livemode, id) IN");
    assertThat(STATEMENTS.seen())
        .filteredOn(sql -> OWNED.matcher(sql).find())
        .filteredOn(sql -> !CONDITION.matcher(sql).find())
        .filteredOn(sql -> across.stream().noneMatch(sql::contains))
        .isEmpty();
  }

  @Test
  @Order(4)
  void withoutTheConditionOfAnyOneStatementAnotherAccountsObjectsShow() {
    Isolation isolation = new Isolation(accounts);
    isolation.check();
    List<String> survivors = new ArrayList<>();
    int killed = 0;
    for (String sql : STATEMENTS.seen()) {
      if (!CONDITION.matcher(sql).find() || !OWNED.matcher(sql).find()) {
        continue;
      }
      String mutated = CONDITION.matcher(sql).replaceAll("(account = ? OR true)");
      STATEMENTS.change(other -> other.equals(sql) ? mutated : other);
      try {
        isolation.check();
        survivors.add(sql);
      } catch (AssertionError | RuntimeException noticed) {
        killed++;
      } finally {
        STATEMENTS.change(sql2 -> sql2);
      }
    }
    assertThat(killed).as("statements whose mutation is noticed").isGreaterThan(30);
    assertThat(survivors)
        .filteredOn(sql -> HIDDEN.stream().noneMatch(sql::contains))
        .as("statements that nobody would notice without their condition")
        .isEmpty();
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
