package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.json.MalformedJsonException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault does what its name says, and the ledger tells what really happened. */
class FaultsTest {
  @SuppressWarnings("NullAway.Init") // set before each test
  private Rig rig;

  @BeforeEach
  void start() throws IOException {
    rig = Rig.create();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMEOUT_BEFORE", "ERROR_BEFORE", "CUT_BEFORE"})
  void before_meansThatNothingHappened(Fault fault) throws IOException {
    String reference = failing(fault);
    assertThat(rig.client.lookup(reference).errorCode()).isEqualTo("not_found");
    assertThat(pay(reference).get("status")).isEqualTo("approved");
  }

  @ParameterizedTest
  @EnumSource(names = {"TIMEOUT_AFTER", "ERROR_AFTER", "CUT_AFTER"})
  void after_meansThatItHappenedAndNobodyWasTold(Fault fault) throws IOException {
    String reference = failing(fault);
    Client.Reply found = rig.client.lookup(reference);
    assertThat(found.get("status")).isEqualTo("approved");
    assertThat(pay(reference).get("id")).isEqualTo(found.get("id"));
  }

  @Test
  void aDuplicateChargesOnce() throws IOException {
    rig.client.fault(Fault.DUPLICATE);
    String reference = Rig.reference();
    Client.Reply reply = pay(reference);
    assertThat(reply.get("status")).isEqualTo("approved");
    rig.client.noFaults();
    assertThat(ledger()).hasSize(1);
  }

  @Test
  void garbageIsNeverAnApproval() throws IOException {
    rig.client.fault(Fault.GARBAGE);
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      // Fixed references: what garbage comes is a function of them, so this test repeats.
      Client.Reply reply = pay("op_garbage" + i);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(isWholeAnswer(reply)).isFalse();
      seen.add(reply.html());
    }
    assertThat(seen).anyMatch(String::isEmpty).anyMatch(text -> text.startsWith("<html>"));
    rig.client.noFaults();
    assertThat(ledger()).hasSize(20);
  }

  private static boolean isWholeAnswer(Client.Reply reply) {
    try {
      return "approved".equals(reply.get("status")) && reply.get("id") instanceof String;
    } catch (MalformedJsonException e) {
      return false;
    }
  }

  @Test
  void latencyWaitsAndThenAnswers() throws IOException {
    rig.client.control(
        "PUT",
        "/control/faults",
        Map.of("rates", Map.of("latency", 1L), "latency_ms", List.of(400L, 400L)));
    var request = rig.client.toProvider("/sandbox/v1/operations/op_x").GET();
    assertThatThrownBy(() -> rig.client.send(request.timeout(Duration.ofMillis(200)).build()))
        .isInstanceOf(HttpTimeoutException.class);
    assertThat(rig.client.send(request.timeout(Duration.ofSeconds(5)).build()).status())
        .isEqualTo(404);
  }

  @Test
  void aRunRepeatsAndAnotherSeedDoesNot() {
    assertThat(draws(7)).isEqualTo(draws(7)).isNotEqualTo(draws(8));
    long faulty = draws(7).stream().filter(draw -> draw.fault() != null).count();
    // 600 draws at 30 %: 180 expected, 11 to a standard deviation.
    assertThat(faulty).isBetween(120L, 240L);
  }

  @Test
  void anotherAttemptDrawsAnew() {
    FaultPlan plan = plan(7);
    List<@Nullable Fault> fates = new ArrayList<>();
    for (int attempt = 1; attempt <= 30; attempt++) {
      fates.add(plan.draw("authorize op_stuck", attempt).fault());
    }
    assertThat(fates).contains((Fault) null);
  }

  private static List<FaultPlan.Draw> draws(long seed) {
    FaultPlan plan = plan(seed);
    List<FaultPlan.Draw> draws = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      draws.add(plan.draw("authorize op_" + i, 1));
    }
    return draws;
  }

  private static FaultPlan plan(long seed) {
    return FaultPlan.read(
        Map.of(
            "seed",
            seed,
            "rates",
            Map.of(
                "cut_after", new BigDecimal("0.1"),
                "error_before", new BigDecimal("0.1"),
                "garbage", new BigDecimal("0.1"),
                "latency", new BigDecimal("0.5"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rates\":{\"nonsense\":0.1}}",
        "{\"rates\":{\"cut_after\":1.1}}",
        "{\"rates\":{\"cut_after\":-0.1}}",
        "{\"rates\":{\"cut_after\":0.6,\"garbage\":0.6}}",
        "{\"rates\":[]}",
        "{\"latency_ms\":[9,1]}",
        "{\"latency_ms\":5}",
        "{\"timeout_ms\":9999999}",
        "{\"surprise\":1}"
      })
  void aPlanThatMakesNoSenseIsRefused(String plan) throws IOException {
    var request =
        rig.client
            .toShopper("/control/faults")
            .header("Authorization", "Bearer " + Client.CONTROL_KEY)
            .PUT(BodyPublishers.ofString(plan));
    assertThat(rig.client.send(request.build()).status()).isEqualTo(400);
  }

  /** Pays once under that fault, sees it fail, and takes the fault away. */
  private String failing(Fault fault) throws IOException {
    rig.client.fault(fault);
    String reference = Rig.reference();
    if (fault == Fault.ERROR_BEFORE || fault == Fault.ERROR_AFTER) {
      assertThat(pay(reference).status()).isEqualTo(500);
    } else {
      assertThatThrownBy(() -> pay(reference)).isInstanceOf(IOException.class);
    }
    rig.client.noFaults();
    return reference;
  }

  private Client.Reply pay(String reference) throws IOException {
    return rig.client.authorize(Client.authorization(reference, "4242424242424242"));
  }

  private List<?> ledger() throws IOException {
    return rig.client.control("GET", "/control/ledger?limit=1000", null).list("entries");
  }
}
