package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.requestlog.RequestLog;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An account at its own work: it makes, reads, lists, searches and changes an object of each kind,
 * and everything is as if it were alone. {@link Twins} copies what it makes.
 */
final class TwinActs {

  private static final long DISPUTED = 777_001;
  private static final String[] CARD_LIST = {
    "alias", "card_fingerprint_blocklist", "name", "Cards", "item_type", "card_fingerprint"
  };

  private final Gateway gateway;
  private final TwoAccounts accounts;
  private final Twins twins;
  private final ApiKey key;
  private final ApiKeys keys;
  private final Principal owner = new Principal(Twins.OF, false, "key_unknown", KeyKind.SECRET);
  private final String dispute;
  private final String longList;
  private int acts;

  TwinActs(Gateway gateway, TwoAccounts accounts) throws SQLException {
    this.gateway = gateway;
    this.accounts = accounts;
    this.twins = new Twins(gateway.database);
    this.keys = gateway.context.getBean(ApiKeys.class);
    gateway.database.execute("INSERT INTO accounts (id) VALUES ('acct_third')");
    this.key = issued().text();
    this.dispute = disputed();
    this.longList = lists();
  }

  private KeyChange.Issued issued() {
    return (KeyChange.Issued)
        keys.create(Actor.SYSTEM, Twins.OF, false, KeyKind.SECRET, KeyTerms.none(""));
  }

  /** A dispute that stands from the beginning: banks take their time. */
  private String disputed() {
    pay(DISPUTED);
    gateway.provider.dispute(DISPUTED, "chargeback");
    eventually().until(() -> !get("/v1/disputes").data().isEmpty());
    return id(get("/v1/disputes").data().getFirst());
  }

  /** Lists of the account, whose twins hold what would stop it: as much as there may be. */
  private String lists() throws SQLException {
    String cards = made("/v1/radar/value_lists", CARD_LIST);
    String full =
        made("/v1/radar/value_lists", "alias", "long", "name", "Long", "item_type", "string");
    String items =
        "INSERT INTO radar_value_list_items (account, livemode, id, version, created, value_list,"
            + " value, deleted, doc) SELECT 'acct_twin', false, 'rsli_' || n, 1, now(), '%s', %s,"
            + " false, '{}' FROM generate_series(%d, %d) AS n";
    gateway.database.execute(items.formatted(cards, "'fp'", 0, 0));
    gateway.database.execute(items.formatted(full, "'value ' || n", 1, 50_000));
    gateway.database.execute(
        "INSERT INTO radar_value_lists (account, livemode, id, version, created, alias, deleted,"
            + " doc) SELECT 'acct_twin', false, 'rsl_' || n, 1, now(), 'alias' || n, false, '{}'"
            + " FROM generate_series(1, 200) AS n");
    return full;
  }

  /**
   * Does all of it.
   *
   * @param mutated a part of a statement's text that is not as it should be
   * @return whether such a statement has changed a row of the twin account
   * @throws AssertionError if anything is not as it would be alone
   */
  boolean touchTwins(String mutated) throws SQLException {
    twins.forget();
    act();
    return twins.wereTouchedBy(mutated);
  }

  private void act() throws SQLException {
    acts++;
    gateway.database.execute(
        "DELETE FROM webhook_endpoints WHERE account IN ('acct_third', 'acct_twin');"
            + " DELETE FROM radar_value_lists WHERE account = 'acct_third' AND alias = 'once';"
            + " DELETE FROM radar_value_list_items WHERE account = 'acct_third'");
    String word = "w" + acts;
    String customer = customer(word);
    String card = card(customer);
    String payment = payment(word, customer, card);
    charge(word, payment);
    books();
    setUp(customer, card);
    session(customer, payment);
    webhook();
    settings();
    pages();
    valueLists();
    dispute();
    comeHome();
    apiKeys();
    logs();
  }

  private String customer(String word) {
    String mail = word + "@example.com";
    String id = made("/v1/customers", "email", mail, "metadata[word]", word);
    get("/v1/customers/" + id);
    post("/v1/customers/" + id, "name", "Ada");
    one("/v1/customers?email=" + mail);
    found("customers", "metadata['word']:'" + word + "'");
    found("customers", "email:'" + mail + "'");
    found("customers", "email~'" + mail + "'");
    each("/v1/customers");
    return id;
  }

  private String card(String customer) {
    String id = gateway.vault.card(owner, null);
    post("/v1/payment_methods/" + id + "/attach", "customer", customer);
    get("/v1/payment_methods/" + id);
    post("/v1/payment_methods/" + id, "metadata[a]", "b");
    one("/v1/payment_methods?customer=" + customer);
    one("/v1/customers/" + customer + "/payment_methods");
    get("/v1/customers/" + customer + "/payment_methods/" + id);
    each("/v1/payment_methods");
    return id;
  }

  private Answer pay(long amount, String... more) {
    return post("/v1/payment_intents", Gateway.payment(amount, more));
  }

  private String payment(String word, String customer, String card) {
    HttpRequest.Builder request =
        accounts
            .request(
                key,
                "POST",
                "/v1/payment_intents",
                "amount",
                "5000",
                "currency",
                "usd",
                "customer",
                customer,
                "payment_method",
                card,
                "metadata[word]",
                word,
                "confirm",
                "true")
            .setHeader("Idempotency-Key", "once-" + acts);
    Answer paid = good(gateway.send(request), "a payment");
    assertThat(paid.string("status")).isEqualTo("succeeded");
    String id = paid.string("id");
    assertThat(good(gateway.send(request), "the same again").string("id")).isEqualTo(id);
    get("/v1/payment_intents/" + id);
    post("/v1/payment_intents/" + id, "metadata[a]", "b");
    one("/v1/payment_intents?customer=" + customer);
    found("payment_intents", "metadata['word']:'" + word + "'");
    each("/v1/payment_intents");
    String reserved = pay(5_100, "capture_method", "manual").string("id");
    post("/v1/payment_intents/" + reserved + "/capture");
    String left = made("/v1/payment_intents", "amount", "5200", "currency", "usd");
    post("/v1/payment_intents/" + left + "/cancel");
    return id;
  }

  private void charge(String word, String payment) {
    String charge = get("/v1/payment_intents/" + payment).string("latest_charge");
    get("/v1/charges/" + charge);
    post("/v1/charges/" + charge, "metadata[a]", "b");
    one("/v1/charges?payment_intent=" + payment);
    found("charges", "metadata['word']:'" + word + "'");
    each("/v1/charges");
    String refund = made("/v1/refunds", "charge", charge, "amount", "10");
    get("/v1/refunds/" + refund);
    Map<?, ?> refunds =
        (Map<?, ?>)
            Objects.requireNonNull(
                get("/v1/charges/" + charge + "?expand%5B%5D=refunds").body().get("refunds"));
    assertThat((List<?>) refunds.get("data")).as("refunds of a charge").hasSize(1);
    post("/v1/refunds/" + refund, "metadata[a]", "b");
    one("/v1/refunds?charge=" + charge);
    one("/v1/refunds?payment_intent=" + payment);
    one("/v1/balance_transactions?source=" + charge);
    each("/v1/refunds");
    each("/v1/balance_transactions");
    get("/v1/balance_transactions/" + id(get("/v1/balance_transactions").data().getFirst()));
  }

  /** No money of a twin is counted; what the background books meanwhile is looked at anew. */
  private void books() {
    long before = booked();
    long shown = shown();
    long after = booked();
    for (int tries = 0; before != after && tries < 20; tries++) {
      before = after;
      shown = shown();
      after = booked();
    }
    assertThat(shown).isEqualTo(after);
  }

  private long shown() {
    Answer balance = get("/v1/balance");
    return number(balance, "pending") + number(balance, "available");
  }

  private long booked() {
    return gateway.database.number(
        "SELECT -sum(amount) FROM ledger_lines WHERE account = 'acct_third'"
            + " AND ledger_account = 'merchant_balance'");
  }

  private static long number(Answer balance, String which) {
    List<?> funds = (List<?>) Objects.requireNonNull(balance.body().get(which));
    return (Long) Objects.requireNonNull(((Map<?, ?>) funds.getFirst()).get("amount"));
  }

  private void setUp(String customer, String card) {
    String id = made("/v1/setup_intents", "customer", customer, "payment_method", card);
    get("/v1/setup_intents/" + id);
    post("/v1/setup_intents/" + id, "metadata[a]", "b");
    one("/v1/setup_intents?customer=" + customer);
    one("/v1/setup_intents?payment_method=" + card);
    each("/v1/setup_intents");
    post("/v1/setup_intents/" + id + "/confirm");
    String left = made("/v1/setup_intents");
    post("/v1/setup_intents/" + left + "/cancel");
  }

  private void session(String customer, String payment) throws SQLException {
    // So that the hosted pages' key is made anew.
    ApiKeys keys = gateway.context.getBean(ApiKeys.class);
    keys.list(Twins.OF).stream()
        .filter(key -> key.terms().description().startsWith("Hosted payment pages"))
        .filter(key -> key.life().revokedAt().isEmpty())
        .forEach(key -> keys.revoke(Actor.SYSTEM, Twins.OF, key.id()));
    String id =
        made(
            "/v1/checkout/sessions",
            "mode",
            "setup",
            "currency",
            "usd",
            "customer",
            customer,
            "success_url",
            "https://shop.example/done");
    gateway.database.execute(
        "UPDATE checkout_sessions SET payment_intent = '" + payment + "' WHERE id = '" + id + "'");
    one("/v1/checkout/sessions?payment_intent=" + payment);
    one("/v1/checkout/sessions?customer=" + customer);
    get("/v1/checkout/sessions/" + id);
    get("/v1/checkout/sessions/" + id + "/line_items");
    each("/v1/checkout/sessions");
    post("/v1/checkout/sessions/" + id + "/expire");
  }

  private void webhook() {
    String id =
        made(
            "/v1/webhook_endpoints",
            "url",
            "https://shop.example/hook",
            "enabled_events[]",
            "charge.succeeded");
    get("/v1/webhook_endpoints/" + id);
    post("/v1/webhook_endpoints/" + id, "description", "mine");
    one("/v1/webhook_endpoints");
    deliveries("/v1/webhook_endpoints/" + id);
    delete("/v1/webhook_endpoints/" + id);
  }

  /** Nobody listens there, so that what was told once is still waited for. */
  private void deliveries(String endpoint) {
    post(endpoint, "enabled_events[]", "customer.created");
    made("/v1/customers");
    one(endpoint + "/deliveries");
    String event = id(get(endpoint + "/deliveries").data().getFirst());
    assertThat(get("/v1/events/" + event).body()).containsEntry("pending_webhooks", 1L);
    get(endpoint + "/deliveries/" + event);
    post(endpoint + "/deliveries/" + event + "/resend");
    post(endpoint + "/roll_secret");
    post(endpoint + "/roll_key");
    post(endpoint + "/test");
    post(endpoint + "/resend", "created[gte]", "1");
  }

  private void settings() throws SQLException {
    // Only what is of the version before would be met.
    twins.renew("api_settings", "test");
    String version = get("/v1/api_settings").string("api_version");
    post("/v1/api_settings", "api_version", version);
  }

  private void pages() throws SQLException {
    post("/v1/page_branding", "corner_radius", "3");
    twins.renew("page_brandings", "test");
    get("/v1/page_branding");
    post("/v1/page_branding", "corner_radius", "4");
    String link =
        made(
            "/v1/payment_links",
            "line_items[0][price_data][currency]",
            "usd",
            "line_items[0][price_data][unit_amount]",
            "1250",
            "line_items[0][price_data][product_data][name]",
            "A cup",
            "line_items[0][quantity]",
            "1");
    get("/v1/payment_links/" + link);
    get("/v1/payment_links/" + link + "/line_items");
    post("/v1/payment_links/" + link, "active", "false");
    each("/v1/payment_links");
  }

  private void valueLists() {
    String name = "list" + acts;
    String id = made("/v1/radar/value_lists", "alias", name, "name", name, "item_type", "string");
    get("/v1/radar/value_lists/" + id);
    post("/v1/radar/value_lists/" + id, "name", "Twice");
    one("/v1/radar/value_lists?alias=" + name);
    each("/v1/radar/value_lists");
    delete("/v1/radar/value_lists/" + id);
    // The twin has it from the first time on, and has this value.
    String once =
        made("/v1/radar/value_lists", "alias", "once", "name", "Once", "item_type", "string");
    delete("/v1/radar/value_lists/" + once);
    String taken = made("/v1/radar/value_list_items", "value_list", longList, "value", "value 1");
    delete("/v1/radar/value_list_items/" + taken);
    String item = made("/v1/radar/value_list_items", "value_list", longList, "value", name);
    get("/v1/radar/value_list_items/" + item);
    one("/v1/radar/value_list_items?value_list=" + longList);
    delete("/v1/radar/value_list_items/" + item);
  }

  private void dispute() throws SQLException {
    twins.renew("disputes", dispute);
    get("/v1/disputes/" + dispute);
    post("/v1/disputes/" + dispute, "metadata[a]", "b" + acts);
    one("/v1/disputes?charge=" + get("/v1/disputes/" + dispute).string("charge"));
    each("/v1/disputes");
  }

  /** A shopper who comes back from a challenge. */
  private void comeHome() {
    long amount = 900_000L + acts;
    gateway.provider.decide(amount, "requires_action");
    pay(amount, "return_url", "https://shop.example/done");
    Map<String, ?> entry = gateway.provider.entries("sandbox.authorize", amount).getFirst();
    String reference = String.valueOf(entry.get("reference"));
    gateway.provider.settle(reference, "approved", null);
    String path =
        URI.create(
                gateway.database.text(
                    "SELECT doc->>'return_url' FROM provider_operations"
                        + " WHERE account = 'acct_third' AND id = ?",
                    reference))
            .getPath();
    Answer back = gateway.send(HttpRequest.newBuilder(gateway.base.resolve(path)));
    assertThat(back.status()).as("the way home").isEqualTo(303);
    assertThat(back.header("Location")).contains("redirect_status=succeeded");
  }

  private void apiKeys() {
    KeyChange.Issued first = issued();
    String id = first.key().id();
    assertThat(keys.find(Twins.OF, id)).isPresent();
    assertThat(keys.list(Twins.OF).stream().filter(each -> each.id().equals(id))).hasSize(1);
    assertThat(keys.update(Actor.SYSTEM, Twins.OF, id, _ -> KeyTerms.none("x")))
        .isInstanceOf(KeyChange.Changed.class);
    assertThat(keys.revoke(Actor.SYSTEM, Twins.OF, id)).isInstanceOf(KeyChange.Changed.class);
    String rolled = issued().key().id();
    assertThat(keys.roll(Actor.SYSTEM, Twins.OF, rolled, Duration.ZERO, Optional.empty()))
        .isInstanceOf(KeyChange.Issued.class);
  }

  private void logs() {
    each("/v1/events");
    get("/v1/events/" + id(get("/v1/events").data().getFirst()));
    each("/v1/events?type=charge.succeeded");
    gateway.context.getBean(RequestLog.class).flush();
    each("/v1/request_logs");
    get("/v1/request_logs/" + id(get("/v1/request_logs").data().getFirst()));
    assertThat(get("/v1/account").string("id")).isEqualTo(Twins.OF);
  }

  private String made(String path, String... form) {
    return post(path, form).string("id");
  }

  private Answer get(String path) {
    return good(accounts.send(key, "GET", path), path);
  }

  private Answer post(String path, String... form) {
    return good(accounts.send(key, "POST", path, form), path);
  }

  private void delete(String path) {
    good(accounts.send(key, "DELETE", path), path);
  }

  private static Answer good(Answer answer, String what) {
    assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(200);
    return answer;
  }

  private void one(String path) {
    assertThat(get(path).data()).as(path).hasSize(1);
  }

  /** A search finds one, with nothing behind it. */
  private void found(String type, String query) {
    Answer answer =
        get("/v1/" + type + "/search?limit=1&expand%5B%5D=total_count&query=" + encoded(query));
    assertThat(answer.data()).as(query).hasSize(1);
    assertThat(answer.body())
        .as(query)
        .containsEntry("has_more", false)
        .containsEntry("total_count", 1L);
  }

  /** A list shows everything once. */
  private void each(String path) {
    String whole = path + (path.contains("?") ? "&" : "?") + "limit=100";
    assertThat(get(whole).data().stream().map(TwinActs::id)).as(path).doesNotHaveDuplicates();
  }

  private static String id(Map<String, ?> object) {
    return String.valueOf(object.get("id"));
  }

  private static String encoded(String query) {
    return java.net.URLEncoder.encode(query, java.nio.charset.StandardCharsets.UTF_8);
  }
}
