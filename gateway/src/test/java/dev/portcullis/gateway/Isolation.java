package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.wire.key.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The second account's tries. Each is made twice, with an object of the first account and with an
 * id of nothing, and the two answers must be the same but for the id.
 */
final class Isolation {

  /** A line of the file of routes. */
  record Line(String method, String path, String keys, String resource, String permission) {}

  /**
   * Parameters that name objects; what begins with an at sign is an object of the first account.
   */
  private static final List<String> PROBES =
      List.of(
          "GET /v1/charges customer @customer",
          "GET /v1/charges payment_intent @payment_intent",
          "GET /v1/payment_intents customer @customer",
          "GET /v1/setup_intents customer @customer",
          "GET /v1/setup_intents payment_method @payment_method",
          "GET /v1/refunds charge @charge",
          "GET /v1/refunds payment_intent @payment_intent",
          "GET /v1/disputes charge @charge",
          "GET /v1/disputes payment_intent @payment_intent",
          "GET /v1/balance_transactions source @charge",
          "GET /v1/checkout/sessions customer @customer",
          "GET /v1/checkout/sessions payment_intent @payment_intent",
          "GET /v1/payment_methods customer @customer type card",
          "POST /v1/payment_intents amount 100 currency usd customer @customer",
          "POST /v1/payment_intents amount 100 currency usd payment_method @payment_method",
          "POST /v1/payment_intents/+payment_intent payment_method @payment_method",
          "POST /v1/payment_intents/+payment_intent/confirm payment_method @payment_method",
          "POST /v1/setup_intents customer @customer",
          "POST /v1/setup_intents payment_method @payment_method",
          "POST /v1/refunds charge @charge",
          "POST /v1/refunds payment_intent @payment_intent",
          "POST /v1/customers payment_method @payment_method",
          "POST /v1/customers/+customer invoice_settings[default_payment_method] @payment_method",
          "POST /v1/payment_methods/+payment_method/attach customer @customer",
          "POST /v1/checkout/sessions mode setup currency usd success_url https://a.example"
              + " customer @customer",
          "GET /v1/customers/+customer/payment_methods/@payment_method",
          "GET /v1/radar/value_list_items value_list @value_list",
          "POST /v1/radar/value_list_items value_list @value_list value x",
          "GET /v1/payment_intents/search query customer:\"@customer\"",
          "GET /v1/charges/search query customer:\"@customer\"");

  /** Where only the first account has anything that matches: the second one finds nothing. */
  private static final List<String> NOTHING =
      List.of(
          "GET /v1/customers/search query metadata[\"k\"]:\"v\"",
          "GET /v1/customers/search query email:\"ada@example.com\"",
          "GET /v1/payment_intents/search query metadata[\"k\"]:\"v\"",
          "GET /v1/payment_intents/search query amount:4321",
          "GET /v1/charges/search query amount:4321",
          "GET /v1/charges",
          "GET /v1/refunds",
          "GET /v1/disputes",
          "GET /v1/balance_transactions",
          "GET /v1/checkout/sessions",
          "GET /v1/webhook_endpoints",
          "GET /v1/customers email ada@example.com");

  private final TwoAccounts accounts;

  Isolation(TwoAccounts accounts) {
    this.accounts = accounts;
  }

  static List<Line> routes() {
    try {
      return Files.readAllLines(Path.of("src/test/resources/routes.txt")).stream()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" +", -1))
          .filter(parts -> parts[2].equals("api"))
          .map(parts -> new Line(parts[0], parts[1], parts[3], parts[4], parts[5]))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Makes every try; fails at the first that gets anything. */
  void check() {
    accounts.askAsFirst();
    String before = accounts.stateOfFirst();
    searchesAndListsFindNothing();
    routes().stream().filter(line -> line.path().contains("{")).forEach(this::pathIds);
    routes().stream().filter(Isolation::isList).forEach(this::cursors);
    PROBES.forEach(this::probe);
    clientSecrets();
    plantedReferences();
    idempotencyKeys();
    assertThat(accounts.stateOfFirst()).isEqualTo(before);
  }

  static boolean isList(Line line) {
    return line.method().equals("GET")
        && !line.path().contains("{")
        && !line.path().contains("search")
        && !List.of(
                "/v1/account",
                "/v1/balance",
                "/v1/api_settings",
                "/v1/page_branding",
                "/v1/openapi.json",
                "/v1/radar/value_list_items")
            .contains(line.path());
  }

  private static String type(Line line) {
    if (line.path().startsWith("/v1/customers/{id}")) {
      return "customer";
    }
    if (line.path().startsWith("/v1/card_aliases/")) {
      return "card_alias";
    }
    if (line.path().startsWith("/v1/radar/")) {
      return line.path().contains("items") ? "value_list_item" : "value_list";
    }
    return line.resource();
  }

  private void pathIds(Line line) {
    String path = line.path().replace("{method}", "@payment_method").replace("{event}", "@event");
    String form = line.path().endsWith("/attach") ? " customer +customer" : "";
    String probe = line.method() + " " + path.replace("{id}", "@" + type(line)) + form;
    same(probe, accounts.gateway.otherKey);
    if (!line.resource().equals("account")) {
      // The other mode of the same account; the account itself is the same in both.
      same(probe, accounts.gateway.liveKey);
    }
  }

  private void cursors(Line line) {
    for (String cursor : List.of("starting_after", "ending_before")) {
      probe("GET " + line.path() + " " + cursor + " @" + type(line));
    }
  }

  private void probe(String probe) {
    same(probe, accounts.gateway.otherKey);
  }

  private void searchesAndListsFindNothing() {
    for (String probe : NOTHING) {
      Answer answer = ask(probe, accounts.gateway.otherKey, true);
      assertThat(answer.status()).as(probe).isEqualTo(200);
      assertThat(answer.data()).as(probe).isEmpty();
    }
    for (Line line : routes().stream().filter(Isolation::isList).toList()) {
      Answer answer = accounts.as("GET", line.path(), "limit", "100");
      assertThat(answer.status()).as(line.path()).isEqualTo(200);
      assertThat(answer.text()).as(line.path()).doesNotContain("ada@example.com");
      for (String id : accounts.first.values()) {
        assertThat(answer.text()).as(line.path()).doesNotContain("\"id\":\"" + id + "\"");
      }
    }
    assertThat(accounts.as("GET", "/v1/balance").text())
        .doesNotContainPattern("\"amount\":-?[1-9]");
  }

  /** A page's key of the second account, with a client secret of the first one's object. */
  private void clientSecrets() {
    for (Map.Entry<String, String> secret : accounts.secrets.entrySet()) {
      String path = "/v1/" + secret.getKey() + "s/@" + secret.getKey();
      String parameters = " client_secret " + secret.getValue();
      same("GET " + path + parameters, accounts.secondPublishable);
      same("POST " + path + "/confirm" + parameters, accounts.secondPublishable);
    }
  }

  /** What a row of the second account wrongly refers to stays an id. */
  private void plantedReferences() {
    Answer answer =
        accounts.as(
            "GET",
            "/v1/payment_intents/" + accounts.second.get("payment_intent"),
            "expand[]",
            "customer");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().get("customer")).isEqualTo(accounts.first.get("customer"));
  }

  /** A refused request with a key that the first account has used looks at the records. */
  private void idempotencyKeys() {
    List<String> texts = new ArrayList<>();
    for (String key : List.of(TwoAccounts.KEY_OF_FIRST, "of-nobody")) {
      Answer answer =
          accounts.gateway.send(
              accounts
                  .request(accounts.gateway.otherKey, "POST", "/v1/refunds", "charge", "ch_none")
                  .header("Idempotency-Key", key));
      texts.add(answer.status() + answer.text());
    }
    assertThat(texts.get(0)).isEqualTo(texts.get(1));
  }

  private void same(String probe, ApiKey key) {
    Answer theirs = ask(probe, key, true);
    Answer nothing = ask(probe, key, false);
    assertThat(plain(theirs)).as(probe).isEqualTo(plain(nothing));
    if (probe.matches("[A-Z]+ /v1/[^ ]*@.*")) {
      assertThat(theirs.status()).as(probe).isEqualTo(404);
    }
  }

  /** Without ids and what is new in every answer. */
  private String plain(Answer answer) {
    return answer.status()
        + answer
            .text()
            .replace("acct_first", "ID")
            .replaceAll("\\b9[0-9]{15}\\b", "ID") // an alias of a card
            .replaceAll("\\b[a-z]+(_test)?_[0-9A-Za-z]{22}(_secret_[0-9A-Za-z]+)?", "ID")
            .replaceAll("\"created\":[0-9]+", "");
  }

  private Answer ask(String probe, ApiKey key, boolean theirs) {
    String[] words = probe.split(" ", -1);
    List<String> form = new ArrayList<>();
    for (int at = 2; at < words.length; at++) {
      form.add(filled(words[at], theirs));
    }
    return accounts.send(key, words[0], filled(words[1], theirs), form.toArray(String[]::new));
  }

  private String filled(String word, boolean theirs) {
    String filled = word;
    for (String type :
        accounts.first.keySet().stream()
            .sorted((one, two) -> two.length() - one.length())
            .toList()) {
      if (filled.contains("@" + type)) {
        String id = Objects.requireNonNull(accounts.first.get(type));
        filled = filled.replace("@" + type, theirs ? id : accounts.random(type));
      }
      String own = accounts.second.get(type);
      if (own != null) {
        filled = filled.replace("+" + type, own);
      }
    }
    return filled;
  }
}
