package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.keys.ApiKeys;
import dev.portcullis.gateway.keys.KeyChange;
import dev.portcullis.gateway.keys.KeyTerms;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One account with an object of each kind, and another one that tries to get at them. */
final class TwoAccounts {

  static final String KEY_OF_FIRST = "the-first-accounts-key";

  private static final List<String> TABLES =
      List.of(
          "customers",
          "payment_methods",
          "payment_intents",
          "setup_intents",
          "mandates",
          "charges",
          "refunds",
          "disputes",
          "balance_transactions",
          "checkout_sessions",
          "events",
          "webhook_endpoints",
          "provider_operations",
          "ledger_lines",
          "radar_value_lists",
          "radar_value_list_items");

  final Gateway gateway;

  /** The first account's objects by their type. */
  final Map<String, String> first = new LinkedHashMap<>();

  /** The second account's own. */
  final Map<String, String> second = new LinkedHashMap<>();

  final Map<String, String> secrets = new LinkedHashMap<>();
  final ApiKey secondPublishable;
  private final Ids ids = new Ids(InstantSource.system(), new SecureRandom());

  TwoAccounts(Gateway gateway) throws SQLException {
    this.gateway = gateway;
    secondPublishable =
        ((KeyChange.Issued)
                gateway
                    .context
                    .getBean(ApiKeys.class)
                    .create(
                        Actor.SYSTEM, "acct_second", false, KeyKind.PUBLISHABLE, KeyTerms.none("")))
            .text();
    makeFirst();
    makeSecond();
  }

  private void makeFirst() {
    String customer =
        id("customer", post("/v1/customers", "email", "ada@example.com", "metadata[k]", "v"));
    String method = gateway.vault.card(gateway.principal, null);
    first.put("payment_method", method);
    post("/v1/payment_methods/" + method + "/attach", "customer", customer);
    Answer intent =
        post(
            "/v1/payment_intents",
            "amount",
            "4321",
            "currency",
            "usd",
            "customer",
            customer,
            "payment_method",
            method,
            "confirm",
            "true",
            "metadata[k]",
            "v");
    id("payment_intent", intent);
    secrets.put("payment_intent", intent.string("client_secret"));
    first.put("charge", intent.string("latest_charge"));
    id("refund", post("/v1/refunds", "charge", first.get("charge"), "amount", "21"));
    Answer setup = post("/v1/setup_intents", "customer", customer, "payment_method", method);
    id("setup_intent", setup);
    secrets.put("setup_intent", setup.string("client_secret"));
    Answer agreed =
        post(
            "/v1/setup_intents",
            "customer",
            customer,
            "payment_method",
            method,
            "confirm",
            "true",
            "mandate_data[customer_acceptance][type]",
            "offline");
    first.put("mandate", agreed.string("mandate"));
    id(
        "checkout_session",
        post(
            "/v1/checkout/sessions",
            "mode",
            "setup",
            "currency",
            "usd",
            "customer",
            customer,
            "success_url",
            "https://shop.example/done"));
    id(
        "webhook",
        post(
            "/v1/webhook_endpoints",
            "url",
            "https://shop.example/hook",
            "enabled_events[]",
            "charge.succeeded"));
    String list =
        id(
            "value_list",
            post(
                "/v1/radar/value_lists",
                "alias",
                "theirs",
                "name",
                "Theirs",
                "item_type",
                "string"));
    id("value_list_item", post("/v1/radar/value_list_items", "value_list", list, "value", "v"));
    gateway.provider.dispute(4321, "inquiry");
    eventually().until(() -> !gateway.get("/v1/disputes").data().isEmpty());
    first.put("dispute", newest("/v1/disputes"));
    first.put("balance_transaction", newest("/v1/balance_transactions"));
    first.put("event", newest("/v1/events"));
    gateway.context.getBean(dev.portcullis.gateway.requestlog.RequestLog.class).flush();
    first.put("request_log", newest("/v1/request_logs"));
    first.put("token", gateway.vault.token());
    first.put(
        "card_alias",
        id("alias", post("/v1/payment_methods/" + first.get("payment_method") + "/alias")));
    first.put("account", "acct_first");
    gateway.send(
        gateway.form("/v1/customers", "name", "x").header("Idempotency-Key", KEY_OF_FIRST));
  }

  private void makeSecond() throws SQLException {
    second.put("customer", as("POST", "/v1/customers").string("id"));
    Principal owner = new Principal("acct_second", false, "key_unknown", KeyKind.SECRET);
    second.put("payment_method", gateway.vault.card(owner, null));
    as("POST", "/v1/payment_methods/" + second.get("payment_method"));
    second.put(
        "payment_intent",
        as("POST", "/v1/payment_intents", "amount", "100", "currency", "usd").string("id"));
    // References that only a fault elsewhere could make: they must not be followed.
    gateway.database.execute(
        "UPDATE payment_intents SET doc = jsonb_set(doc, '{customer}', '\""
            + first.get("customer")
            + "\"') WHERE id = '"
            + second.get("payment_intent")
            + "'");
  }

  private String id(String type, Answer made) {
    if (made.status() != 200) {
      throw new IllegalStateException(type + ": " + made.text());
    }
    first.put(type, made.string("id"));
    return made.string("id");
  }

  private Answer post(String path, String... form) {
    return gateway.post(path, form);
  }

  private String newest(String path) {
    return String.valueOf(gateway.get(path).data().getFirst().get("id"));
  }

  /** An id of the same form as that of the first account's object of a type, of nothing. */
  String random(String type) {
    String id = first.get(type);
    if (type.equals("card_alias")) {
      return "9000000000000001";
    }
    return id == null ? "none" : ids.next(id.substring(0, id.lastIndexOf('_')));
  }

  /** Asks with the second account's secret key; the parameters in turn. */
  Answer as(String method, String path, String... form) {
    return send(gateway.otherKey, method, path, form);
  }

  Answer send(ApiKey key, String method, String path, String... form) {
    return gateway.send(request(key, method, path, form));
  }

  HttpRequest.Builder request(ApiKey key, String method, String path, String... form) {
    HttpRequest.Builder request =
        switch (method) {
          case "POST" -> gateway.form(path, form);
          case "DELETE" -> gateway.request(path).DELETE();
          default -> gateway.request(path + query(form));
        };
    return request.setHeader("Authorization", "Bearer " + key.text());
  }

  private static String query(String... form) {
    StringBuilder query = new StringBuilder();
    for (int at = 0; at < form.length; at += 2) {
      query
          .append(at == 0 ? '?' : '&')
          .append(form[at])
          .append('=')
          .append(
              java.net.URLEncoder.encode(form[at + 1], java.nio.charset.StandardCharsets.UTF_8));
    }
    return query.toString();
  }

  /** A request of the first account, the newest in the log. */
  void askAsFirst() {
    gateway.get("/v1/account");
    gateway.context.getBean(dev.portcullis.gateway.requestlog.RequestLog.class).flush();
    first.put(
        "request_log",
        gateway.database.text("SELECT max(id) FROM request_logs WHERE account = 'acct_first'"));
  }

  /** All that the first account has, as one hash. */
  String stateOfFirst() {
    StringBuilder state = new StringBuilder();
    for (String table : TABLES) {
      state
          .append(table)
          .append(' ')
          .append(
              gateway.database.text(
                  "SELECT md5(coalesce(string_agg(t::text, '' ORDER BY id), '')) FROM "
                      + table
                      + " t WHERE account = 'acct_first'"))
          .append('\n');
    }
    return state.toString();
  }
}
