package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import dev.portcullis.gateway.store.Purge;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Payments whose database or whose neighbours get in the way at the worst moment. */
class HostileTimesTest {

  private static final Gateway GATEWAY = Gateway.IT;

  private static final String DUE_LATER =
      "SELECT count(*) FROM provider_operations WHERE id = ? AND state = 'waiting'"
          + " AND due > now() + interval '20 hours'";

  @Test
  void once_the_provider_was_asked_a_lost_race_is_answered_processing() {
    // Every update of the operation loses, as if somebody else were always faster.
    trigger("lost_race", "BEFORE UPDATE", 2101, "RETURN NULL");
    Answer answer = GATEWAY.pay(2101);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.string("status")).isEqualTo("processing");
    drop("lost_race");
    await(answer.string("id"), "succeeded");
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 2101)).hasSize(1);
  }

  @Test
  void once_the_provider_was_asked_a_database_that_refuses_is_answered_processing() {
    trigger("refusing", "BEFORE UPDATE", 2102, "RAISE EXCEPTION 'no'");
    HttpRequest.Builder request =
        GATEWAY
            .form("/v1/payment_intents", Gateway.payment(2102))
            .header("Idempotency-Key", "refusing-database");
    Answer answer = GATEWAY.send(request);
    drop("refusing");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.string("status")).isEqualTo("processing");
    // The claim of the resolver may have been refused as well: it comes back by itself.
    await(answer.string("id"), "succeeded");
    assertThat(GATEWAY.send(request).string("id")).isEqualTo(answer.string("id"));
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 2102)).hasSize(1);
  }

  @Test
  void a_refund_is_sent_once_however_often_its_answer_loses_the_race() {
    Answer paid = GATEWAY.pay(2103);
    trigger("lost_refund", "BEFORE UPDATE", 421, "RETURN NULL");
    Answer refund =
        GATEWAY.post("/v1/refunds", "payment_intent", paid.string("id"), "amount", "421");
    drop("lost_refund");
    assertThat(refund.status()).as(refund.text()).isEqualTo(200);
    assertThat(refund.string("status")).isEqualTo("pending");
    until(
        () ->
            GATEWAY.get("/v1/refunds/" + refund.string("id")).string("status").equals("succeeded"));
    assertThat(GATEWAY.provider.entries("sandbox.refund", 421)).hasSize(1);
  }

  @Test
  void what_took_too_long_to_store_is_not_sent_by_the_request() {
    trigger("slow", "BEFORE INSERT", 2104, "PERFORM pg_sleep(1.5); RETURN NEW");
    Answer answer = GATEWAY.pay(2104);
    drop("slow");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.string("status")).isEqualTo("processing");
    assertThat(GATEWAY.provider.requests(operation(2104))).isEmpty();
    await(answer.string("id"), "succeeded");
    assertThat(GATEWAY.provider.requests(operation(2104))).hasSize(1);
  }

  @Test
  void not_found_counts_only_after_the_last_moment_of_sending() {
    GATEWAY.provider.fail(2105, Fault.LOST_BEFORE);
    String id = GATEWAY.pay(2105).string("id");
    await(id, "succeeded");
    // A second to begin, three for the call, and one that the provider has from the call's end on.
    assertThat(
            GATEWAY.database.number(
                "SELECT (doc->>'sent_at_ms')::bigint - (extract(epoch FROM created) * 1000)::bigint"
                    + " FROM provider_operations WHERE id = ?",
                operation(2105)))
        .isGreaterThanOrEqualTo(5_000);
  }

  @Test
  void a_late_answer_does_not_forget_that_it_was_sent_again() {
    GATEWAY.provider.fail(2106, Fault.LOST_BEFORE);
    GATEWAY.provider.during(2106, () -> sentAgain(2106));
    Answer answer = GATEWAY.pay(2106);
    assertThat(answer.string("status")).as(answer.text()).isEqualTo("processing");
    assertThat(
            GATEWAY.database.text(
                "SELECT (doc->>'sends') || ' ' || (doc->>'sent_at_ms') || ' '"
                    + " || (due > now() + interval '30 minutes')"
                    + " FROM provider_operations WHERE id = ?",
                operation(2106)))
        .isEqualTo("2 4000000000000 true");
  }

  @Test
  void what_was_done_is_answered_even_if_it_cannot_be_expanded() {
    String customer = GATEWAY.post("/v1/customers", "name", "Ada").string("id");
    GATEWAY.provider.during(2150, () -> run("ALTER TABLE customers RENAME TO customers_away"));
    Answer paid;
    try {
      paid =
          GATEWAY.post(
              "/v1/payment_intents",
              Stream.concat(
                      Arrays.stream(Gateway.payment(2150)),
                      Stream.of("customer", customer, "expand[]", "customer"))
                  .toArray(String[]::new));
    } finally {
      run("ALTER TABLE customers_away RENAME TO customers");
    }
    assertThat(paid.status()).as(paid.text()).isEqualTo(200);
    assertThat(paid.string("status")).isEqualTo("succeeded");
    assertThat(paid.body()).containsEntry("customer", customer);
    Answer read = GATEWAY.get("/v1/payment_intents/" + paid.string("id") + "?expand[]=customer");
    assertThat(read.body().get("customer"))
        .isInstanceOfSatisfying(
            Map.class, object -> assertThat(object.get("id")).isEqualTo(customer));
  }

  @Test
  void a_late_refusal_is_not_definite_if_it_was_sent_again() {
    GATEWAY.provider.fail(2107, Fault.REFUSED);
    GATEWAY.provider.during(2107, () -> sentAgain(2107));
    Answer answer = GATEWAY.pay(2107);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.string("status")).isEqualTo("processing");
  }

  @Test
  void a_definite_answer_is_taken_for_what_was_parked_meanwhile() {
    GATEWAY.provider.during(
        2108,
        () ->
            sql(
                "UPDATE provider_operations SET version = 2, state = 'parked', due = NULL"
                    + " WHERE doc->>'amount' = '2108'"));
    Answer answer = GATEWAY.pay(2108);
    assertThat(answer.string("status")).as(answer.text()).isEqualTo("succeeded");
    assertThat(state(2108)).isEqualTo("done");
  }

  @Test
  void what_a_provider_works_on_for_days_is_asked_for_until_a_person_has_to() {
    GATEWAY.provider.decide(2109, "pending");
    Answer answer = GATEWAY.pay(2109);
    assertThat(answer.string("status")).as(answer.text()).isEqualTo("processing");
    age(2109, 25);
    until(
        () ->
            GATEWAY
                .database
                .text(
                    "SELECT coalesce((due > now() + interval '50 minutes')::text, 'never')"
                        + " FROM provider_operations WHERE id = ?",
                    operation(2109))
                .equals("true"));
    assertThat(state(2109)).isEqualTo("waiting");
    age(2109, 8 * 24);
    until(() -> state(2109).equals("parked"));
  }

  @Test
  void an_approval_of_another_amount_is_not_believed_when_looked_up() {
    GATEWAY.provider.fail(2111, Fault.LOST_AFTER);
    GATEWAY.provider.misreport(2111, "amount", 1L);
    GATEWAY.provider.fail(2112, Fault.LOST_AFTER);
    GATEWAY.provider.misreport(2112, "currency", "jpy");
    for (long amount : List.of(2111L, 2112L)) {
      Answer answer = GATEWAY.pay(amount);
      assertThat(answer.string("status")).as(answer.text()).isEqualTo("processing");
      until(
          () ->
              GATEWAY.database.number(
                      "SELECT (doc->>'looks')::int FROM provider_operations WHERE id = ?",
                      operation(amount))
                  >= 2);
      assertThat(GATEWAY.get("/v1/payment_intents/" + answer.string("id")).string("status"))
          .isEqualTo("processing");
    }
  }

  @Test
  void a_challenge_that_is_old_is_still_looked_at_and_voided_after_a_cancellation() {
    GATEWAY.provider.decide(2120, "requires_action");
    Answer asked = GATEWAY.pay(2120);
    String operation = operation(2120);
    age(2120, 25 * 24);
    until(() -> looks(operation) > 0);
    until(() -> GATEWAY.database.number(DUE_LATER, operation) == 1);
    Answer canceled = GATEWAY.post("/v1/payment_intents/" + asked.string("id") + "/cancel");
    assertThat(canceled.string("status")).isEqualTo("canceled");
    GATEWAY.provider.settle(operation, "approved", null);
    sql("UPDATE provider_operations SET due = now() WHERE id = '" + operation + "'");
    until(
        () ->
            GATEWAY.database.number(
                    "SELECT count(*) FROM provider_operations WHERE object = ?"
                        + " AND doc->>'kind' = 'CANCEL' AND state = 'done'",
                    asked.string("id"))
                == 1);
    GATEWAY.provider.decide(2121, "requires_action");
    GATEWAY.pay(2121);
    age(2121, 91 * 24);
    until(() -> state(2121).equals("parked"));
  }

  private static long looks(String operation) {
    return GATEWAY.database.number(
        "SELECT (doc->>'looks')::int FROM provider_operations WHERE id = ?", operation);
  }

  @Test
  void a_key_whose_operation_is_parked_has_an_answer() {
    GATEWAY.provider.fail(2113, Fault.LOST_BEFORE);
    HttpRequest.Builder request =
        GATEWAY
            .form("/v1/payment_intents", Gateway.payment(2113))
            .header("Idempotency-Key", "parked");
    Answer first = GATEWAY.send(request);
    // As if the process had died before it answered, and the key had run out since.
    sql(
        "UPDATE idempotency_keys SET version = 1, status = NULL, body = NULL WHERE id ="
            + " 't:parked'");
    sql(
        "UPDATE provider_operations SET version = version + 1, state = 'sent', due = now(),"
            + " created = created - interval '25 hours',"
            + " doc = doc || jsonb_build_object('sent_at_ms', 1, 'request_id',"
            + " (SELECT request FROM idempotency_keys WHERE id = 't:parked'),"
            + " 'idempotency_key', 'parked', 'fingerprint',"
            + " (SELECT fingerprint FROM idempotency_keys WHERE id = 't:parked'))"
            + " WHERE doc->>'amount' = '2113'");
    until(() -> state(2113).equals("parked"));
    Answer retry = GATEWAY.send(request);
    assertThat(retry.status()).as(retry.text()).isEqualTo(200);
    assertThat(retry.header("Idempotent-Replayed")).isEqualTo("true");
    assertThat(retry.string("status")).isEqualTo("processing");
    assertThat(retry.string("id")).isEqualTo(first.string("id"));
  }

  @Test
  void answered_keys_and_marks_of_commits_are_kept_for_a_week() {
    for (Map.Entry<String, Integer> key :
        Map.of("t:old", 8, "t:young", 6, "t:open", 8).entrySet()) {
      sql(
          "INSERT INTO idempotency_keys VALUES ('acct_purge', false, '"
              + key.getKey()
              + "', 1, now() - interval '"
              + key.getValue()
              + " days', 'f', 'r', "
              + (key.getKey().equals("t:open") ? "NULL" : "200")
              + ", '{}')");
    }
    sql("INSERT INTO journal_batches VALUES ('old', now() - interval '8 days', false)");
    sql("INSERT INTO journal_batches VALUES ('young', now() - interval '6 days', false)");
    assertThat(GATEWAY.context.getBean(Purge.class).round()).isEqualTo(2);
    assertThat(
            GATEWAY.database.text(
                "SELECT string_agg(id, ',' ORDER BY id) FROM idempotency_keys WHERE account = ?",
                "acct_purge"))
        .isEqualTo("t:open,t:young");
    assertThat(
            GATEWAY.database.text(
                "SELECT string_agg(id, ',') FROM journal_batches WHERE id IN (?, ?)",
                "old",
                "young"))
        .isEqualTo("young");
  }

  private static void sentAgain(long amount) {
    sql(
        "UPDATE provider_operations SET version = 2, due = now() + interval '1 hour',"
            + " doc = doc || '{\"sends\": 2, \"sent_at_ms\": 4000000000000}'"
            + " WHERE doc->>'amount' = '"
            + amount
            + "'");
  }

  private static void age(long amount, int hours) {
    sql(
        "UPDATE provider_operations SET version = version + 1, due = now(), created = now() -"
            + " interval '"
            + hours
            + " hours' WHERE doc->>'amount' = '"
            + amount
            + "'");
  }

  private static void trigger(String name, String when, long amount, String body) {
    run(
        "CREATE FUNCTION "
            + name
            + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + body
            + "; END $$");
    run(
        "CREATE TRIGGER "
            + name
            + " "
            + when
            + " ON provider_operations FOR EACH ROW WHEN"
            + " (NEW.doc->>'amount' = '"
            + amount
            + "') EXECUTE FUNCTION "
            + name
            + "()");
  }

  private static void drop(String name) {
    run("DROP FUNCTION " + name + "() CASCADE");
  }

  private static int run(String statement) {
    try (var connection = GATEWAY.database.everything().getConnection();
        var run = connection.createStatement()) {
      return run.executeUpdate(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sql(String statement) {
    assertThat(run(statement)).isEqualTo(1);
  }

  private static String operation(long amount) {
    return GATEWAY.database.text(
        "SELECT id FROM provider_operations WHERE doc->>'amount' = ?", Long.toString(amount));
  }

  private static String state(long amount) {
    return GATEWAY.database.text(
        "SELECT state FROM provider_operations WHERE doc->>'amount' = ?", Long.toString(amount));
  }

  private static void await(String intent, String status) {
    until(() -> GATEWAY.get("/v1/payment_intents/" + intent).string("status").equals(status));
  }
}
