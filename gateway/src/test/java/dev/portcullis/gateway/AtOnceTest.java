package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many requests at the same moment for the same money: it moves once. */
class AtOnceTest {

  private static final Gateway GATEWAY = Gateway.IT;
  private static final int MANY = 50;

  @Test
  void fifty_captures_of_one_payment_capture_once() throws Exception {
    Answer reserved = GATEWAY.pay(6201, "capture_method", "manual");
    String path = "/v1/payment_intents/" + reserved.string("id") + "/capture";
    List<Answer> answers = atOnce(copies(GATEWAY.form(path)));
    assertThat(answers).extracting(Answer::status).isSubsetOf(200, 400, 409);
    assertThat(answers.stream().filter(a -> a.status() == 200)).hasSize(1);
    assertThat(GATEWAY.provider.entries("sandbox.capture", 6201)).hasSize(1);
    String charge = reserved.string("latest_charge");
    assertThat(GATEWAY.get("/v1/charges/" + charge).body())
        .containsEntry("amount_captured", 6_201L);
    assertThat(GATEWAY.get("/v1/balance_transactions?source=" + charge).data()).hasSize(1);
  }

  @Test
  void fifty_refunds_never_give_back_more_than_was_taken() throws Exception {
    String charge = GATEWAY.pay(6202).string("latest_charge");
    List<Answer> answers =
        atOnce(copies(GATEWAY.form("/v1/refunds", "charge", charge, "amount", "500")));
    assertThat(answers).extracting(Answer::status).isSubsetOf(200, 400, 409);
    long done = answers.stream().filter(a -> a.status() == 200).count();
    assertThat(done).isBetween(1L, 12L);
    assertThat(GATEWAY.get("/v1/charges/" + charge).body())
        .containsEntry("amount_refunded", done * 500);
    assertThat(
            GATEWAY.database.number(
                "SELECT coalesce(-sum((doc::jsonb->>'amount')::bigint), 0) FROM"
                    + " balance_transactions b WHERE type = 'refund' AND source IN (SELECT id FROM"
                    + " refunds WHERE charge = ?)",
                charge))
        .isEqualTo(done * 500);
    assertThat(
            GATEWAY.database.number(
                "SELECT count(*) FROM provider_operations WHERE doc->>'charge' = ?"
                    + " AND doc->>'kind' = 'REFUND'",
                charge))
        .isEqualTo(done);
  }

  @Test
  void fifty_requests_with_one_key_run_once_and_answer_the_same() throws Exception {
    HttpRequest.Builder request =
        GATEWAY
            .form("/v1/payment_intents", Gateway.payment(6203))
            .header("Idempotency-Key", "fifty-at-once");
    List<Answer> answers = atOnce(copies(request));
    assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
    List<Answer> done = answers.stream().filter(a -> a.status() == 200).toList();
    assertThat(done).extracting(a -> a.string("id")).isNotEmpty().containsOnly(id(done));
    assertThat(done.stream().filter(a -> a.header("Idempotent-Replayed").isEmpty())).hasSize(1);
    assertThat(answers)
        .filteredOn(a -> a.status() == 409)
        .allSatisfy(a -> assertThat(a.error()).containsEntry("code", "idempotency_key_in_use"));
    assertThat(GATEWAY.provider.entries("sandbox.authorize", 6203)).hasSize(1);
    Answer later = GATEWAY.send(request);
    assertThat(later.string("id")).isEqualTo(id(done));
    assertThat(later.header("Idempotent-Replayed")).isEqualTo("true");
  }

  @Test
  void a_confirmation_and_a_cancellation_have_one_winner() throws Exception {
    for (int round = 0; round < 10; round++) {
      long amount = 6_210L + round;
      String id =
          GATEWAY
              .post(
                  "/v1/payment_intents",
                  "amount",
                  Long.toString(amount),
                  "currency",
                  "usd",
                  "payment_method",
                  "pm_card_visa")
              .string("id");
      String path = "/v1/payment_intents/" + id;
      List<Answer> answers =
          atOnce(
              List.of(
                  GATEWAY.form(path + "/confirm"),
                  GATEWAY.form(path + "/cancel"),
                  GATEWAY.form(path + "/confirm"),
                  GATEWAY.form(path + "/cancel")));
      List<Answer> winners = answers.stream().filter(a -> a.status() == 200).toList();
      assertThat(winners).hasSize(1);
      String status = winners.getFirst().string("status");
      assertThat(status).isIn("succeeded", "canceled");
      assertThat(GATEWAY.get(path).string("status")).isEqualTo(status);
      assertThat(GATEWAY.provider.entries("sandbox.authorize", amount))
          .hasSize(status.equals("succeeded") ? 1 : 0);
    }
  }

  private static String id(List<Answer> answers) {
    return answers.getFirst().string("id");
  }

  private static List<HttpRequest.Builder> copies(HttpRequest.Builder request) {
    List<HttpRequest.Builder> copies = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      copies.add(request.copy());
    }
    return copies;
  }

  /** Sends them all when all are ready. */
  private static List<Answer> atOnce(List<HttpRequest.Builder> requests) throws Exception {
    CountDownLatch ready = new CountDownLatch(requests.size());
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> sent = new ArrayList<>();
      for (HttpRequest.Builder request : requests) {
        sent.add(
            pool.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  return GATEWAY.send(request);
                }));
      }
      List<Answer> answers = new ArrayList<>();
      for (Future<Answer> each : sent) {
        answers.add(each.get());
      }
      return answers;
    }
  }
}
