package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.gateway.sealing.SealingFence;
import dev.portcullis.gateway.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database that older sealing keys have sealed, and in part none, is opened by the newest. */
class ResealTest {

  private static final String OLD = "1:" + Gateway.randomKey();
  private static final String NEW = "2:" + Gateway.randomKey();

  private static final String ITEMS = "/v1/radar/value_list_items";

  /** Of all tables that are there; the background writes on meanwhile. */
  private static final String ALL_ROWS =
      "SELECT sum((xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM '"
          + " || quote_ident(table_name), false, true, '')))[1]::text::bigint)"
          + " FROM information_schema.tables WHERE table_schema = 'public'"
          + " AND table_type = 'BASE TABLE'";

  private static final String SESSIONS_WITHOUT_LOCK =
      "SELECT count(*) FROM pg_stat_activity a WHERE datname = current_database()"
          + " AND application_name = 'portcullis-gateway' AND NOT EXISTS (SELECT FROM pg_locks l"
          + " WHERE l.pid = a.pid AND locktype = 'advisory' AND classid::bigint = 7110066"
          + " AND objid::bigint = 2)";

  /** The one attempt's; that of each is bound to its attempt. */
  private static final Place ANSWER =
      new Place("acct_first", false, "webhook_attempts.answer", "evt_1/we_1/1");

  private static final String ANSWERS =
      "SELECT answer FROM webhook_attempts WHERE event = 'evt_1' AND number = 1";

  private final TestDatabase database = TestDatabase.fresh();
  private final JdbcClient jdbc = JdbcClient.create(database.everything());

  @Test
  void theOldKeyIsNotNeededAnyMore() throws Exception {
    String customer;
    String paid;
    String emails;
    String blocks;
    Gateway before = new Gateway(database, OLD, _ -> {});
    AdminPeople people = new AdminPeople(before);
    try {
      people.enroll(before.setupCode, "margaret");
      customer = made(before, "/v1/customers", "name", "zyx Ada", "email", "zyx@example.com");
      paid =
          made(
              before,
              "/v1/payment_intents",
              "amount",
              "1000",
              "currency",
              "usd",
              "customer",
              customer,
              "payment_method",
              "pm_card_visa",
              "receipt_email",
              "zyx@example.org",
              "confirm",
              "true");
      made(before, "/v1/webhook_endpoints", "url", "https://a.example/h", "enabled_events[]", "*");
      made(
          before,
          "/v1/checkout/sessions",
          "mode",
          "payment",
          "success_url",
          "https://shop.example.com/done",
          "customer_email",
          "zyx@example.net",
          "line_items[0][price_data][currency]",
          "usd",
          "line_items[0][price_data][unit_amount]",
          "1250",
          "line_items[0][price_data][product_data][name]",
          "A cup",
          "line_items[0][quantity]",
          "3");
      emails = list(before, "email_blocklist", "email");
      blocks = list(before, "client_ip_address_blocklist", "ip_address");
      made(before, ITEMS, "value_list", blocks, "value", "2001:db8::77/32");
      answered(1, before.context.getBean(Sealer.class).seal(ANSWER, "zyx refused"));
    } finally {
      before.context.close();
    }
    // As items of lists and answers were stored before they were sealed.
    answered(2, "zyx plainly refused");
    oldItem(emails, "rsli_1", "zyx@example.edu", null);
    oldItem(blocks, "rsli_2", "203.0.113.7/24", "203.0.113.0/24");
    oldItem(blocks, "rsli_3", "203.0.113.0/24", "203.0.113.0/24");
    String old = mark("SELECT doc->>'sealed' FROM customers WHERE id = '" + customer + "'");
    assertThat(holding(old))
        .contains("customers", "events", "idempotency_keys", "person", "webhook_attempts")
        .contains("webhook_endpoints")
        .contains("checkout_sessions", "payment_intents");
    // As it was stored before there was sealing.
    String unsealed = "zyx Plain";
    database.execute("UPDATE customers SET doc = (doc - 'sealed') || '{\"name\": \"zyx Plain\"}'");

    assertThat(holding("zyx@example.edu")).containsExactly("radar_value_list_items");
    assertThat(holding("2001:db8")).as("what is written now").isEmpty();

    // The hashes have a key of their own, which is another one for each gateway here.
    Gateway both = new Gateway(database, NEW + "\n" + OLD, _ -> {});
    try {
      assertThat(counted(people.at(both)).keySet())
          .as("found in whole rows, whatever is said to be sealed")
          .containsExactlyInAnyOrderElementsOf(holding(old));
      assertThat(resealed(people.at(both))).containsKeys("customers", "person", "mandates");
      assertThat(holding(unsealed)).isEmpty();
      assertThat(holding("zyx@example.edu")).isEmpty();
      assertThat(holding("203.0.113.")).isEmpty();
      assertThat(holding("zyx plainly")).isEmpty();
      assertThat(both.get(ITEMS + "?value=zyx@example.edu&value_list=" + emails).data()).hasSize(1);
      assertThat(blocked(both, "zyx@example.edu")).isTrue();
      assertThat(blocked(both, "another@example.edu")).isFalse();
      assertThat(holding(old)).as("what the old key alone opens").isEmpty();
      assertThat(resealed(people.at(both)).values()).as("all is by now").containsOnly(0L);
      assertThat(counted(people.at(both))).as("nothing needs the old key").isEmpty();
      // A table that nobody seals anew, and a place in it that nobody would think of.
      database.execute("INSERT INTO accounts (id) VALUES ('acct_" + old.replace(":", "_") + "')");
      assertThat(counted(people.at(both))).isEmpty();
      database.execute("INSERT INTO sign_in_attempts VALUES ('" + old + "', 0, now(), now())");
      assertThat(counted(people.at(both))).isEqualTo(Map.of("sign_in_attempts", 1L));
      retire(people.at(both));
    } finally {
      both.context.close();
    }
    Gateway after = new Gateway(database, NEW, _ -> {});
    try {
      after.clock.advance(Duration.ofMinutes(10));
      String sealed = jdbc.sql(ANSWERS).query(String.class).single();
      assertThat(after.context.getBean(Sealer.class).open(ANSWER, sealed)).isEqualTo("zyx refused");
      people.at(after).token("margaret");
      assertThat(after.get("/v1/customers/" + customer).string("name")).isEqualTo(unsealed);
      assertThat(after.get("/v1/payment_intents/" + paid).string("receipt_email"))
          .isEqualTo("zyx@example.org");
      assertThat(after.get("/v1/events?limit=100").status()).isEqualTo(200);
      assertThat(after.get("/v1/checkout/sessions").text()).contains("zyx@example.net");
      assertThat(after.get(ITEMS + "?value_list=" + blocks).data())
          .extracting(item -> item.get("value"))
          .as("of two that are the same block one stays")
          .containsExactlyInAnyOrder("203.0.113.7/24", "2001:db8::77/32");
    } finally {
      after.context.close();
    }
  }

  private void answered(int number, String answer) {
    jdbc.sql(
            "INSERT INTO webhook_attempts (account, livemode, event, endpoint, number, begun,"
                + " millis, outcome, status, answer, secrets) VALUES ('acct_first', false, 'evt_1',"
                + " 'we_1', ?, now(), 1, 'refused', 500, ?, 1)")
        .params(number, answer)
        .update();
  }

  private void oldItem(String list, String id, String value, @Nullable String network) {
    jdbc.sql(
            "INSERT INTO radar_value_list_items (account, livemode, id, version, created,"
                + " value_list, value, network, deleted, doc) VALUES ('acct_first', false, ?, 1,"
                + " now(), ?, ?, ?::cidr, false, ?::jsonb)")
        .params(
            java.util.Arrays.asList(
                id,
                list,
                value,
                network,
                "{\"id\":\"%s\",\"object\":\"radar.value_list_item\",\"value\":\"%s\"}"
                    .formatted(id, value)))
        .update();
  }

  private static String list(Gateway gateway, String alias, String itemType) {
    return gateway
        .post("/v1/radar/value_lists", "alias", alias, "name", "A list", "item_type", itemType)
        .string("id");
  }

  private static boolean blocked(Gateway gateway, String email) {
    String card =
        gateway.vault.card(gateway.principal, new LinkedHashMap<>(Map.of("email", email)));
    Answer paid =
        gateway.post(
            "/v1/payment_intents",
            "amount",
            "1000",
            "currency",
            "usd",
            "payment_method",
            card,
            "confirm",
            "true");
    return paid.status() == 402;
  }

  private static String made(Gateway gateway, String path, String... form) {
    Answer answer = gateway.send(gateway.form(path, form).header("Idempotency-Key", path));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.string("id");
  }

  /** How every value begins that this one's key has sealed. */
  private String mark(String query) {
    String sealed = jdbc.sql(query).query(String.class).single();
    return sealed.substring(0, "sealed:1:".length() + 12);
  }

  /** The tables of which some row holds that text. */
  private List<String> holding(String text) {
    return jdbc
        .sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                + " AND table_type = 'BASE TABLE'")
        .query(String.class)
        .list()
        .stream()
        .filter(
            table ->
                jdbc.sql(
                        "SELECT EXISTS (SELECT FROM "
                            + table
                            + " t WHERE position(? IN t::text) > 0)")
                    .param(text)
                    .query(Boolean.class)
                    .single())
        .toList();
  }

  private void retire(AdminPeople people) throws SQLException {
    String token = people.token("margaret");
    assertThat(
            people.call("POST", "sealing/retire", token, Map.of("keys", "2", "looked", 7)).error())
        .containsEntry("code", "key_in_use");
    assertThat(
            people.call("POST", "sealing/retire", token, Map.of("keys", "1", "looked", 7)).error())
        .as("not ended yet")
        .containsEntry("code", "key_in_use");
    end(people, token);
    assertThat(
            people.call("POST", "sealing/retire", token, Map.of("keys", "1", "looked", 7)).status())
        .isEqualTo(200);
    assertThat(
            jdbc.sql("SELECT actor || ': ' || detail FROM audit WHERE action = ?")
                .param("sealing.keys_retired")
                .query(String.class)
                .list())
        .containsExactly("margaret: keys 1, which open none of 7 rows");
  }

  /** What is sealed after it was counted is not found: nobody may seal by it before. */
  private void end(AdminPeople people, String token) throws SQLException {
    Map<String, String> key = Map.of("keys", "1");
    // One that has just been opened takes a moment, and so does one whose gateway has ended.
    Eventually.eventually()
        .untilAsserted(
            () ->
                assertThat(jdbc.sql(SESSIONS_WITHOUT_LOCK).query(Long.class).single())
                    .as("sessions of a gateway that nobody sees sealing by the key 2")
                    .isZero());
    try (Connection another = database.dataSource().getConnection()) {
      SealingFence.enter(another, 1);
      Answer refused = people.call("POST", "sealing/end", token, key);
      assertThat(refused.error()).containsEntry("code", "key_in_use");
      assertThat(refused.text()).contains("still seals by the key 1");
    }
    // PostgreSQL takes a moment to end a session whose client is gone.
    Eventually.eventually()
        .untilAsserted(
            () ->
                assertThat(people.call("POST", "sealing/end", token, key).status()).isEqualTo(200));
    try (Connection late = database.dataSource().getConnection()) {
      assertThatThrownBy(() -> SealingFence.enter(late, 1))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("The sealing key 1 was ended");
      SealingFence.enter(late, 3);
    }
    assertThat(people.call("POST", "sealing/end", token, Map.of("keys", "2")).error())
        .containsEntry("code", "key_in_use");
  }

  /** In parts, as the command does; the tables with rows that the old key alone opens. */
  private Map<String, Long> counted(AdminPeople people) {
    String token = people.token("margaret");
    Map<String, Long> needed = new LinkedHashMap<>();
    long looked = 0;
    Map<String, Object> ask = new LinkedHashMap<>(Map.of("limit", 7));
    for (int parts = 0; parts < 1_000; parts++) {
      Answer part = people.call("POST", "sealing/count", token, ask);
      assertThat(part.status()).as(part.text()).isEqualTo(200);
      looked += (Long) Objects.requireNonNull(part.body().get("looked"));
      Object count = ((Map<?, ?>) Objects.requireNonNull(part.body().get("rows"))).get("1");
      if (!Objects.equals(count, 0L)) {
        needed.merge(part.string("table"), (Long) Objects.requireNonNull(count), Long::sum);
      }
      if (!(part.body().get("next_table") instanceof String table)) {
        long all = jdbc.sql(ALL_ROWS).query(Long.class).single();
        assertThat(looked).as("every row").isBetween(all - 20, all + 20);
        return needed;
      }
      ask = new LinkedHashMap<>(Map.of("limit", 7, "table", table));
      if (!part.string("next_after").isEmpty()) {
        ask.put("after", part.string("next_after"));
      }
    }
    throw new AssertionError("no end: " + needed);
  }

  /** Part by part to the end; how many rows of each table were sealed anew. */
  private static Map<String, Long> resealed(AdminPeople people) {
    String token = people.token("margaret");
    Map<String, Long> sealed = new LinkedHashMap<>();
    Map<String, Object> ask = new LinkedHashMap<>(Map.of("limit", 2));
    for (int parts = 0; parts < 1_000; parts++) {
      Answer part = people.call("POST", "sealing/reseal", token, ask);
      assertThat(part.status()).as(part.text()).isEqualTo(200);
      Map<String, @Nullable Object> body = part.body();
      assertThat(body.get("key")).as("the key that seals").isInstanceOf(Long.class);
      assertThat((Long) Objects.requireNonNull(body.get("looked"))).isBetween(0L, 2L);
      sealed.merge(
          part.string("table"), (Long) Objects.requireNonNull(body.get("sealed")), Long::sum);
      ask.clear();
      ask.put("limit", 2);
      if (!(body.get("next_table") instanceof String table)) {
        return sealed;
      }
      ask.put("table", table);
      if (body.get("next_after") instanceof String after) {
        ask.put("after", after);
      }
    }
    throw new AssertionError("no end: " + sealed);
  }
}
