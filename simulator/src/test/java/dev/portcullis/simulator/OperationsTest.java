package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Captures, voids, refunds, look-ups and keys, over HTTPS. */
class OperationsTest {
  private static final String VISA = "4242424242424242";

  @SuppressWarnings("NullAway.Init") // set before the first test
  private static Rig rig;

  @BeforeAll
  static void start() throws IOException {
    rig = Rig.create();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @Test
  void capturesInPartOnce() throws IOException {
    String reference = Rig.reference();
    String id = reserve(reference, VISA);
    Client.Reply tooMuch = rig.client.capture(id, Rig.reference(), 2_000);
    assertThat(tooMuch.status()).isEqualTo(400);
    assertThat(tooMuch.errorCode()).isEqualTo("amount_too_large");
    Client.Reply capture = rig.client.capture(id, Rig.reference(), 1_500);
    assertThat(capture.status()).isEqualTo(200);
    assertThat(capture.get("status")).isEqualTo("approved");
    assertThat(capture.get("authorization")).isEqualTo(id);
    assertThat(rig.client.lookup(reference).get("captured_amount")).isEqualTo(1_500L);
    assertThat(rig.client.capture(id, Rig.reference(), 1).errorCode())
        .isEqualTo("already_captured");
  }

  @Test
  void refundsInPartUpToWhatWasTaken() throws IOException {
    String id = rig.client.authorize(Client.authorization(Rig.reference(), VISA)).text("id");
    assertThat(rig.client.refund(id, Rig.reference(), 1_000).get("status")).isEqualTo("approved");
    assertThat(rig.client.refund(id, Rig.reference(), 1_000).errorCode())
        .isEqualTo("amount_too_large");
    assertThat(rig.client.refund(id, Rig.reference(), 999).get("status")).isEqualTo("approved");
    assertThat(rig.client.cancel(id, Rig.reference()).errorCode()).isEqualTo("already_refunded");
    assertThat(entry(id)).containsEntry("captured", 1_999L).containsEntry("refunded", 1_999L);
  }

  @Test
  void anotherCurrencyIsRefused() throws IOException {
    String id = reserve(Rig.reference(), VISA);
    Client.Reply reply =
        rig.client.post(
            "/sandbox/v1/authorizations/" + id + "/captures",
            Map.of("reference", Rig.reference(), "amount", 1L, "currency", "eur"));
    assertThat(reply.errorCode()).isEqualTo("currency_mismatch");
    assertThat(entry(id)).containsEntry("captured", 0L);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aVoidReversesWhatWasTakenToo(boolean captured) throws IOException {
    String reference = Rig.reference();
    Map<String, @Nullable Object> body = Client.authorization(reference, VISA);
    body.put("capture", captured);
    String id = rig.client.authorize(body).text("id");
    Client.Reply reply = rig.client.cancel(id, Rig.reference());
    assertThat(reply.get("status")).isEqualTo("approved");
    assertThat(entry(id)).containsEntry("captured", 0L).containsEntry("status", "voided");
    assertThat(rig.client.cancel(id, Rig.reference()).errorCode()).isEqualTo("already_voided");
    assertThat(rig.client.capture(id, Rig.reference(), 1).errorCode()).isEqualTo("already_voided");
    assertThat(rig.client.refund(id, Rig.reference(), 1).errorCode()).isEqualTo("already_voided");
  }

  @Test
  void nothingFollowsADecline() throws IOException {
    String id =
        rig.client.authorize(Client.authorization(Rig.reference(), "4000000000000002")).text("id");
    assertThat(rig.client.capture(id, Rig.reference(), 1).errorCode()).isEqualTo("not_approved");
    assertThat(rig.client.refund(id, Rig.reference(), 1).errorCode()).isEqualTo("not_approved");
  }

  @Test
  void anUnknownAuthorizationIsNotFound() throws IOException {
    Client.Reply reply = rig.client.capture("auth_00000000nothing", Rig.reference(), 1);
    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.errorCode()).isEqualTo("no_such_authorization");
    assertThat(rig.client.capture("x", Rig.reference(), 1).status()).isEqualTo(404);
  }

  @Test
  void aRefundOfThePendingCardIsDoneLater() throws IOException {
    String id =
        rig.client.authorize(Client.authorization(Rig.reference(), "4000000000007726")).text("id");
    String reference = Rig.reference();
    assertThat(rig.client.refund(id, reference, 500).get("status")).isEqualTo("pending");
    assertThat(rig.client.lookup(reference).get("status")).isEqualTo("pending");
    rig.pass(Duration.ofSeconds(2));
    assertThat(rig.client.lookup(reference).get("status")).isEqualTo("approved");
    assertThat(rig.client.refund(id, reference, 500).get("status")).isEqualTo("pending");
  }

  @Test
  void aRefundOfTheFailingCardFailsLaterAndTheMoneyStaysTaken() throws IOException {
    String id =
        rig.client.authorize(Client.authorization(Rig.reference(), "4000000000005126")).text("id");
    String reference = Rig.reference();
    assertThat(rig.client.refund(id, reference, 1_999).get("status")).isEqualTo("approved");
    rig.pass(Duration.ofSeconds(2));
    Client.Reply later = rig.client.lookup(reference);
    assertThat(later.get("status")).isEqualTo("declined");
    assertThat(later.get("failure_reason")).isEqualTo("expired_or_canceled_card");
    assertThat(entry(id)).containsEntry("refunded", 0L);
    assertThat(rig.client.refund(id, Rig.reference(), 1_999).status()).isEqualTo(200);
  }

  @Test
  void theSameKeyGetsTheSameAnswerAndChargesOnce() throws IOException {
    String reference = Rig.reference();
    Client.Reply first = rig.client.authorize(Client.authorization(reference, VISA));
    Client.Reply again = rig.client.authorize(Client.authorization(reference, VISA));
    assertThat(again.body()).isEqualTo(first.body());
    String refund = Rig.reference();
    String id = first.text("id");
    assertThat(rig.client.refund(id, refund, 700).body())
        .isEqualTo(rig.client.refund(id, refund, 700).body());
    assertThat(entry(id)).containsEntry("refunded", 700L);
  }

  @Test
  void theSameKeyWithAnotherRequestIsAConflict() throws IOException {
    String reference = Rig.reference();
    rig.client.authorize(Client.authorization(reference, VISA));
    Map<String, @Nullable Object> other = Client.authorization(reference, VISA);
    other.put("amount", 2_000L);
    assertThat(rig.client.authorize(other).status()).isEqualTo(409);
    assertThat(
            rig.client.authorize(Client.authorization(reference, "5555555555554444")).errorCode())
        .isEqualTo("idempotency_mismatch");
    String id = rig.client.lookup(reference).text("id");
    assertThat(rig.client.refund(id, reference, 1).status()).isEqualTo(409);
  }

  @Test
  void oneKeySentByManyAtOnceChargesOnce() throws Exception {
    String reference = Rig.reference();
    long before = size();
    Set<String> ids = new HashSet<>();
    try (ExecutorService crowd = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<String> pay =
          () -> rig.client.authorize(Client.authorization(reference, VISA)).text("id");
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        answers.add(crowd.submit(pay));
      }
      for (Future<String> answer : answers) {
        ids.add(answer.get());
      }
    }
    assertThat(ids).hasSize(1);
    assertThat(size()).isEqualTo(before + 1);
  }

  @Test
  void aLookupFindsWhatThereIsAndNothingElse() throws IOException {
    String reference = Rig.reference();
    assertThat(rig.client.lookup(reference).status()).isEqualTo(404);
    assertThat(rig.client.lookup(reference).errorCode()).isEqualTo("not_found");
    Client.Reply made = rig.client.authorize(Client.authorization(reference, VISA));
    assertThat(rig.client.lookup(reference).body()).isEqualTo(made.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer ", "Bearer wrong", "Basic " + Client.PROVIDER_KEY})
  void onlyTheKeyOpens(String header) throws IOException {
    var request =
        rig.client.toProvider("/sandbox/v1/operations/op_x").setHeader("Authorization", header);
    assertThat(rig.client.send(request.GET().build()).status()).isEqualTo(401);
    var control = rig.client.toShopper("/control/ledger").setHeader("Authorization", header);
    assertThat(rig.client.send(control.GET().build()).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "amount, -1",
    "amount, text",
    "currency, xyz",
    "currency, USD",
    "initiator, nobody",
    "return_url, javascript:alert(1)",
    "return_url, not an address",
    "surprise, 1"
  })
  void namesTheMemberThatIsWrong(String member, String value) throws IOException {
    Map<String, @Nullable Object> body = Client.authorization(Rig.reference(), VISA);
    body.put(member, value.matches("-?[0-9]+") ? (Object) Long.valueOf(value) : value);
    Client.Reply reply = rig.client.authorize(body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.get("error")).asString().contains("param=" + member);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"a\":1,\"a\":2}", "null", "\"text\""})
  void aBodyThatIsNoObjectIsRefused(String body) throws IOException {
    var request =
        rig.client
            .toProvider("/sandbox/v1/authorizations")
            .POST(BodyPublishers.ofString(body))
            .build();
    assertThat(rig.client.send(request).status()).isEqualTo(400);
  }

  @Test
  void theKeyMustBeTheReference() throws IOException {
    var request =
        rig.client
            .toProvider("/sandbox/v1/authorizations/auth_x/voids")
            .header("Idempotency-Key", "op_other")
            .POST(BodyPublishers.ofString("{\"reference\":\"op_this\"}"))
            .build();
    assertThat(rig.client.send(request).errorCode()).isEqualTo("idempotency_key_invalid");
  }

  @Test
  void theLedgerIsReadPageByPage() throws IOException {
    for (int i = 0; i < 3; i++) {
      reserve(Rig.reference(), VISA);
    }
    List<Object> seqs = new ArrayList<>();
    Object next = "0";
    while (next != null) {
      Client.Reply page = rig.client.control("GET", "/control/ledger?limit=2&after=" + next, null);
      for (Object entry : page.list("entries")) {
        seqs.add(((Map<?, ?>) entry).get("seq"));
      }
      next = page.get("next");
    }
    assertThat(seqs).hasSize((int) size()).doesNotHaveDuplicates();
  }

  private static String reserve(String reference, String number) throws IOException {
    Map<String, @Nullable Object> body = Client.authorization(reference, number);
    body.put("capture", false);
    Client.Reply reply = rig.client.authorize(body);
    assertThat(reply.get("captured_amount")).isEqualTo(0L);
    return reply.text("id");
  }

  private static long size() throws IOException {
    var request = rig.client.toShopper(rig.simulator.managementUrl() + "/metrics").GET().build();
    String text = rig.client.send(request).html();
    String last =
        text.lines()
            .filter(l -> l.startsWith("portcullis_simulator_operations"))
            .findFirst()
            .orElseThrow();
    return Long.parseLong(last.substring(last.indexOf(' ') + 1));
  }

  private static Map<String, Object> entry(String id) throws IOException {
    Object next = "0";
    while (next != null) {
      Client.Reply page =
          rig.client.control("GET", "/control/ledger?limit=1000&after=" + next, null);
      for (Object entry : page.list("entries")) {
        if (entry instanceof Map<?, ?> map && id.equals(map.get("id"))) {
          @SuppressWarnings("unchecked")
          Map<String, Object> found = (Map<String, Object>) map;
          return found;
        }
      }
      next = page.get("next");
    }
    throw new AssertionError("not in the ledger: " + id);
  }
}
