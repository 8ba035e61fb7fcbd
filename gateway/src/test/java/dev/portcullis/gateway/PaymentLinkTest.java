package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Payment links: what a visitor sees, and how often one can be paid. */
class PaymentLinkTest extends HostedCheckout {

  private static final String LIMIT = "restrictions[completed_sessions][limit]";

  @Test
  void a_link_makes_a_session_for_each_visit_and_none_for_whoever_only_looks() throws Exception {
    Answer link =
        gateway.post(
            "/v1/payment_links",
            "line_items[0][price_data][currency]",
            "usd",
            "line_items[0][price_data][unit_amount]",
            "70040",
            "line_items[0][price_data][product_data][name]",
            "A <b>pot</b>",
            "line_items[0][quantity]",
            "1",
            "metadata[campaign]",
            "spring",
            "after_completion[type]",
            "hosted_confirmation",
            "after_completion[hosted_confirmation][custom_message]",
            "See you soon.");
    assertThat(link.status()).as(link.text()).isEqualTo(200);
    String page = URI.create(link.string("url")).getRawPath();
    String before = gateway.get(PATH + "?limit=1").data().getFirst().get("id") + "";
    Answer looked = gateway.send(browser(page));
    assertThat(looked.text()).contains("A &lt;b&gt;pot", "$700.40", "Continue to payment");
    assertThat(looked.text())
        .as("without a name, where the shop is")
        .contains("<h1>Pay " + URI.create(link.string("url")).getHost() + "</h1>");
    assertThat(gateway.get(PATH + "?limit=1").data().getFirst().get("id")).isEqualTo(before);
    assertThat(gateway.send(visiting(page).setHeader("Origin", "https://evil.example")).status())
        .isEqualTo(403);
    String one = gateway.send(visiting(page)).header("Location");
    String other =
        gateway
            .send(
                visiting(page)
                    .setHeader("Origin", "null")
                    .setHeader("Sec-Fetch-Site", "same-origin"))
            .header("Location");
    assertThat(one).contains("/checkout/acct_first/cs_test_").isNotEqualTo(other);
    Shop shop = new Shop(gateway.get(PATH + "/" + one.split("/")[5]));
    assertThat(shop.session().body())
        .containsEntry("payment_link", link.string("id"))
        .containsEntry("metadata", Map.of("campaign", "spring"))
        .containsEntry("amount_total", 70_040L);
    assertThat(pay(shop).body()).containsEntry("state", "complete").containsEntry("url", one);
    visitors(link, 20_000);
    for (int i = 0; i < 3; i++) {
      assertThat(gateway.send(visiting(page)).status())
          .as("a crowd that does not pay shuts out nobody")
          .isEqualTo(303);
    }
    assertThat(crowd("open")).as("and is bounded").isLessThanOrEqualTo(20_000);
    assertThat(crowd("expired")).as("by those who came first").isPositive();
    assertThat(gateway.get("/v1/checkout/sessions/" + "cs_test_crowd1").string("status"))
        .isEqualTo("expired");
    sql("DELETE FROM checkout_sessions WHERE id LIKE 'cs_test_crowd%'", 20_000);
    assertThat(gateway.send(visiting(page)).status()).isEqualTo(303);
    assertThat(open(shop).text()).contains("All done", "See you soon.");
    String path = "/v1/payment_links/" + link.string("id");
    assertThat(gateway.get(path + "/line_items").data()).hasSize(1);
    assertThat(gateway.post(path, "active", "false", "inactive_message", "Sold out.").body())
        .containsEntry("active", false);
    assertThat(gateway.send(browser(page)).text()).contains("no longer active", "Sold out.");
    assertThat(gateway.send(visiting(page)).header("Location")).isEmpty();
    assertThat(gateway.get("/v1/payment_links?active=true").data())
        .extracting(each -> each.get("id"))
        .doesNotContain(link.string("id"));
    assertThat(gateway.send(browser(page + "x")).status()).isEqualTo(404);
  }

  private void sql(String statement, int rows) throws SQLException {
    try (var connection = gateway.database.everything().getConnection();
        var run = connection.createStatement()) {
      assertThat(run.executeUpdate(statement)).isEqualTo(rows);
    }
  }

  private void visitors(Answer link, int count) throws SQLException {
    sql(
        "INSERT INTO checkout_sessions (account, livemode, id, version, created, status, expires,"
            + " doc, payment_link) SELECT 'acct_first', false, 'cs_test_crowd' || n, 1,"
            + " now() - interval '1 hour' + n * interval '1 ms',"
            + " 'open', now() + interval '1 day',"
            + " jsonb_build_object('id', 'cs_test_crowd' || n, 'object', 'checkout.session',"
            + " 'status', 'open', 'mode', 'payment', 'livemode', false, 'expires_at',"
            + " extract(epoch FROM now())::bigint + 86400, 'payment_link', link), link FROM"
            + " (SELECT '"
            + link.string("id")
            + "'::text AS link) AS of_link, generate_series(1, "
            + count
            + ") AS n",
        count);
  }

  private long crowd(String status) {
    return gateway.database.number(
        "SELECT count(*) FROM checkout_sessions WHERE payment_link = (SELECT payment_link FROM"
            + " checkout_sessions WHERE id = 'cs_test_crowd1') AND attempted IS NULL AND status ="
            + " ?",
        status);
  }

  private HttpRequest.Builder visiting(String page) {
    return browser(page)
        .header("Origin", "http://127.0.0.1")
        .POST(HttpRequest.BodyPublishers.noBody());
  }

  private Answer link(long amount, String... more) {
    List<String> form =
        new ArrayList<>(
            List.of(
                "line_items[0][price_data][currency]", "usd",
                "line_items[0][price_data][unit_amount]", Long.toString(amount),
                "line_items[0][price_data][product_data][name]", "A print",
                "line_items[0][quantity]", "1"));
    form.addAll(List.of(more));
    Answer link = gateway.post("/v1/payment_links", form.toArray(String[]::new));
    assertThat(link.status()).as(link.text()).isEqualTo(200);
    return link;
  }

  private static String page(Answer link) {
    return URI.create(link.string("url")).getRawPath();
  }

  private Shop visit(Answer link) {
    String to = gateway.send(visiting(page(link))).header("Location");
    assertThat(to).as("a session's page").contains("/cs_test_");
    return new Shop(gateway.get(PATH + "/" + to.split("/")[5]));
  }

  private Answer now(Answer link) {
    return gateway.get("/v1/payment_links/" + link.string("id"));
  }

  private static Map<String, Object> restrictions(long count, long limit) {
    return Map.of("completed_sessions", Map.of("count", count, "limit", limit));
  }

  @Test
  void a_link_is_paid_as_often_as_its_merchant_wants_and_then_says_so() {
    Answer link = link(70_201, LIMIT, "2");
    assertThat(link.body()).containsEntry("restrictions", restrictions(0, 2));
    Shop late = visit(link);
    Shop later = visit(link);
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    assertThat(now(link).body())
        .containsEntry("restrictions", restrictions(1, 2))
        .containsEntry("active", true);
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    assertThat(now(link).body())
        .containsEntry("restrictions", restrictions(2, 2))
        .containsEntry("active", false);
    assertThat(gateway.send(visiting(page(link))).header("Location")).isEmpty();
    assertThat(pay(late).string("state")).isEqualTo("expired");
    assertThat(open(late).text()).contains("No longer available", "Nothing was charged");
    eventually()
        .until(
            () -> {
              sweep().close();
              return now(later).string("status").equals("expired");
            });
    assertThat(told(later)).containsExactly("checkout.session.expired");
    assertThat(gateway.provider.entries("sandbox.authorize", 70_201)).hasSize(2);
    eventually()
        .until(
            () -> {
              sweep().close();
              return gateway.database.number(
                      "SELECT count(*) FROM payment_links WHERE id = ? AND closing IS NOT NULL",
                      link.string("id"))
                  == 0;
            });
  }

  @ParameterizedTest
  @CsvSource({
    "de, Nicht mehr verfügbar",
    "en, No longer available",
    "es, Ya no está disponible",
    "fr, Plus disponible",
    "ja, 受付を終了しました",
    "pt, Já não está disponível"
  })
  void who_comes_too_late_is_told_in_their_language(String language, String said) {
    Answer link = link(70_202, LIMIT, "1");
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    Answer seen = gateway.send(browser(page(link)).header("Accept-Language", language));
    assertThat(seen.text()).contains("lang=\"" + language + "\"", said);
  }

  @Test
  void of_a_crowd_at_the_last_places_no_more_are_charged_than_there_are() throws Exception {
    Answer link = link(70_203, LIMIT, "3");
    List<Callable<Answer>> crowd = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Shop shop = visit(link);
      crowd.add(() -> pay(shop));
    }
    try (ExecutorService shoppers = Executors.newFixedThreadPool(10)) {
      for (Future<Answer> each : shoppers.invokeAll(crowd)) {
        assertThat(each.get().string("state")).isIn("complete", "processing", "open", "expired");
      }
    }
    eventually().until(() -> Boolean.FALSE.equals(now(link).body().get("active")));
    assertThat(now(link).body()).containsEntry("restrictions", restrictions(3, 3));
    assertThat(gateway.provider.entries("sandbox.authorize", 70_203)).hasSize(3);
  }

  @Test
  void the_last_place_is_kept_for_who_was_declined_and_not_for_ever() throws SQLException {
    Answer link = link(70_204, LIMIT, "1");
    gateway.provider.decide(70_204, "lost_card");
    Shop first = visit(link);
    assertThat(pay(first).string("message")).contains("declined");
    Shop second = visit(link);
    assertThat(pay(second).string("message")).contains("Somebody else is paying");
    assertThat(now(second).body()).containsEntry("payment_intent", null);
    begunLongAgo(first);
    gateway.provider.decide(70_204, "approved");
    assertThat(pay(second).string("state")).isEqualTo("complete");
    assertThat(now(first).body()).containsEntry("status", "expired");
    assertThat(gateway.get("/v1/payment_intents/" + now(first).string("payment_intent")).body())
        .as("nobody can pay for it behind the page's back")
        .containsEntry("status", "canceled");
    assertThat(pay(first).string("state")).isEqualTo("expired");
  }

  /** As if its shopper had begun to pay longer ago than a place is kept. */
  private void begunLongAgo(Shop shop) throws SQLException {
    long then = gateway.clock.instant().minus(Duration.ofMinutes(11)).getEpochSecond();
    sql(
        "UPDATE checkout_sessions SET attempted = to_timestamp(%1$d), placed = to_timestamp(%1$d),"
                .formatted(then)
            + " doc = doc || '{\"attempted\": %1$d, \"placed\": %1$d}' WHERE id = '%2$s'"
                .formatted(then, shop.id()),
        1);
  }

  @Test
  void who_is_declined_again_and_again_keeps_no_place() throws SQLException {
    Answer link = link(70_206, LIMIT, "1");
    gateway.provider.decide(70_206, "lost_card");
    Shop first = visit(link);
    assertThat(pay(first).string("message")).contains("declined");
    begunLongAgo(first);
    assertThat(pay(first).string("message")).contains("declined");
    gateway.provider.decide(70_206, "approved");
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    assertThat(now(first).body()).containsEntry("status", "expired");
  }

  @Test
  void who_is_paying_at_this_moment_keeps_their_place() throws SQLException {
    Answer link = link(70_207, LIMIT, "1");
    gateway.provider.decide(70_207, "lost_card");
    Shop first = visit(link);
    assertThat(pay(first).string("message")).contains("declined");
    begunLongAgo(first);
    gateway.provider.decide(70_207, "pending");
    assertThat(pay(first).string("state")).isEqualTo("processing");
    Shop second = visit(link);
    assertThat(pay(second).string("message")).contains("Somebody else is paying");
    assertThat(now(first).body()).containsEntry("status", "open");
    assertThat(gateway.provider.entries("sandbox.authorize", 70_207)).hasSize(2);
  }

  @Test
  void a_challenge_that_is_passed_too_late_takes_no_second_payment() throws SQLException {
    Answer link = link(70_210, LIMIT, "1");
    gateway.provider.decide(70_210, "requires_action");
    Shop first = visit(link);
    assertThat(pay(first).string("state")).isEqualTo("action");
    begunLongAgo(first);
    String challenged =
        String.valueOf(
            gateway.provider.entries("sandbox.authorize", 70_210).getFirst().get("reference"));
    gateway.provider.decide(70_210, "approved");
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    assertThat(now(first).body()).containsEntry("status", "expired");
    gateway.provider.settle(challenged, "approved", null);
    String intent = now(first).string("payment_intent");
    eventually()
        .until(
            () ->
                gateway.database.number(
                        "SELECT count(*) FROM provider_operations WHERE object = ?"
                            + " AND doc->>'kind' = 'CANCEL' AND state = 'done'",
                        intent)
                    == 1);
    assertThat(gateway.get("/v1/payment_intents/" + intent).body())
        .containsEntry("status", "canceled")
        .containsEntry("amount_received", 0L);
    assertThat(now(link).body()).containsEntry("restrictions", restrictions(1, 1));
  }

  private long version(Answer link) {
    return gateway.database.number(
        "SELECT version FROM payment_links WHERE id = ?", link.string("id"));
  }

  @Test
  void who_begins_to_pay_does_not_stand_in_the_merchants_way() {
    Answer link = link(70_208, LIMIT, "2");
    gateway.provider.decide(70_208, "lost_card");
    Shop shop = visit(link);
    long before = version(link);
    assertThat(pay(shop).string("message")).contains("declined");
    assertThat(version(link)).isEqualTo(before);
  }

  @Test
  void a_merchant_ends_a_link_that_others_write() throws SQLException {
    Answer link = link(70_209, LIMIT, "2");
    sql("CREATE SEQUENCE lost_updates", 0);
    sql("GRANT USAGE ON SEQUENCE lost_updates TO PUBLIC", 0);
    sql(
        "CREATE FUNCTION lose_updates() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " IF nextval('lost_updates') > 6 THEN RETURN NEW; END IF; RETURN NULL; END $$",
        0);
    sql(
        "CREATE TRIGGER lose_updates BEFORE UPDATE ON payment_links FOR EACH ROW WHEN (OLD.id = '"
            + link.string("id")
            + "') EXECUTE FUNCTION lose_updates()",
        0);
    try {
      Answer ended = gateway.post("/v1/payment_links/" + link.string("id"), "active", "false");
      assertThat(ended.status()).as(ended.text()).isEqualTo(200);
      assertThat(now(link).body()).containsEntry("active", false);
    } finally {
      sql("DROP FUNCTION lose_updates CASCADE", 0);
      sql("DROP SEQUENCE lost_updates", 0);
    }
  }

  @Test
  void how_often_a_link_may_be_paid_can_be_changed() {
    Answer link = link(70_205);
    String path = "/v1/payment_links/" + link.string("id");
    assertThat(link.body()).containsEntry("restrictions", null);
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    assertThat(gateway.post(path, LIMIT, "3").body())
        .containsEntry("restrictions", restrictions(1, 3))
        .containsEntry("active", true);
    assertThat(gateway.post(path, LIMIT, "1").body())
        .containsEntry("restrictions", restrictions(1, 1))
        .containsEntry("active", false);
    Answer refused = gateway.post(path, "active", "true");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.error()).containsEntry("param", "active");
    assertThat(gateway.post(path, "active", "true", LIMIT, "2").body())
        .containsEntry("active", true);
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    assertThat(gateway.post(path, "restrictions", "", "active", "true").body())
        .containsEntry("restrictions", null)
        .containsEntry("active", true);
    assertThat(pay(visit(link)).string("state")).isEqualTo("complete");
    Shop last = visit(link);
    Shop tooLate = visit(link);
    assertThat(gateway.post(path, LIMIT, "4").body())
        .containsEntry("restrictions", restrictions(3, 4));
    assertThat(pay(last).string("state")).isEqualTo("complete");
    assertThat(pay(tooLate).string("state"))
        .as("who paid while there was no limit counts")
        .isEqualTo("expired");
    for (String wrong : List.of("0", "20001", "many", "")) {
      Answer answer = gateway.post(path, LIMIT, wrong);
      assertThat(answer.status()).as(wrong).isEqualTo(400);
      assertThat(answer.error()).containsEntry("param", LIMIT);
    }
    assertThat(gateway.post(path, "restrictions[x]", "1").error())
        .containsEntry("param", "restrictions[x]");
  }
}
