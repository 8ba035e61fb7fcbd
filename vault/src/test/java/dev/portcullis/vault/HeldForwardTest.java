package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.http.HeldCall;
import dev.portcullis.wire.json.Json;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Calls on the way out that wait for their last byte: nothing is done before it has come. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HeldForwardTest {

  private static final String FORWARD = "/internal/v1/forward";
  private static final Duration LONG = Duration.ofSeconds(20);

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  @BeforeEach
  void approve() {
    vault.provider.behave(e -> FakeProvider.answer(e, 200, Map.of("status", "approved")));
  }

  private EgressRequest held(String path, Map<String, Object> body) {
    return new EgressRequest(
        "POST",
        vault.internal(path),
        Map.of("Content-Type", "application/json", HeldCall.HEADER, "1"),
        Json.write(body));
  }

  private static EgressClient.End end(byte last) {
    return new EgressClient.End(last, LONG);
  }

  private static EgressClient.End go() {
    return end(HeldCall.GO);
  }

  /** Until so many calls wait for their last byte. */
  private void awaitHeld(int calls) {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(vault.metrics())
                    .contains("portcullis_vault_internal_connections_held " + calls + "\n"));
  }

  @Test
  void aHeldCallLeavesWhenItIsReleasedAndNotBefore() {
    Map<String, Object> command = vault.authorization(vault.paymentMethod(VISA));
    try (EgressClient client = vault.egress()) {
      EgressResult result =
          client.send(
              held(FORWARD, command),
              () -> {
                awaitHeld(1);
                assertThat(vault.provider.received).isEmpty();
                return go();
              },
              LONG);
      assertThat(result)
          .isInstanceOfSatisfying(
              EgressResult.Answered.class,
              answered ->
                  assertThat(new String(answered.body(), StandardCharsets.UTF_8))
                      .contains("\"outcome\":\"answered\""));
    }
    assertThat(vault.provider.received).hasSize(1);
  }

  /** By its client, or since that is gone; and one that cannot be held is refused. */
  @Test
  void aHeldCallThatIsTakenBackDoesNothing() {
    Map<String, Object> command = vault.authorization(vault.paymentMethod(VISA));
    EgressRequest request = held(FORWARD, command);
    try (EgressClient client = vault.egress()) {
      for (byte other : new byte[] {HeldCall.TAKEN_BACK, ' ', 0, '}'}) {
        assertThat(client.send(request, () -> end(other), LONG))
            .isInstanceOfSatisfying(
                EgressResult.Answered.class, a -> assertThat(a.status()).isEqualTo(409));
      }
      EgressResult gone =
          client.send(
              request,
              () -> {
                awaitHeld(1);
                throw new IllegalStateException("as if it died");
              },
              LONG);
      assertThat(gone).isEqualTo(new EgressResult.NotSent("IllegalStateException"));
      awaitHeld(0);
      EgressRequest lookup =
          held(
              "/internal/v1/payment_methods/lookup",
              Map.of("account", vault.account, "livemode", false, "id", "pm_1"));
      assertThat(client.send(lookup, () -> end(HeldCall.TAKEN_BACK), LONG))
          .as("of no call that is held anything is done before")
          .isInstanceOfSatisfying(
              EgressResult.Answered.class, a -> assertThat(a.status()).isEqualTo(409));
    }
    assertThat(
            RunningVault.send(
                    vault.client("gateway"),
                    HttpRequest.newBuilder(vault.internal(FORWARD))
                        .POST(
                            HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(Json.write(command))))
                        .header(HeldCall.HEADER, "1")
                        .build())
                .status())
        .isEqualTo(400);
    assertThat(vault.provider.received).isEmpty();
    assertThat(vault.call(FORWARD, command).json()).containsEntry("outcome", "answered");
  }

  private static String heardOf(EgressResult result) {
    assertThat(result).isInstanceOf(EgressResult.Answered.class);
    return new String(((EgressResult.Answered) result).body(), StandardCharsets.UTF_8);
  }

  private String refusals() {
    return vault
        .metrics()
        .lines()
        .filter(line -> line.startsWith("portcullis_vault_calls_refused_total"))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** And nobody is told of it where the call was taken back: it was nobody's. */
  @Test
  void aHeldCallThatIsRefusedIsToldWhyWhenItIsLetGo() {
    Map<String, Object> command = vault.authorization(vault.paymentMethod(VISA));
    command.put("operation", "sandbox.nothing");
    try (EgressClient client = vault.egress()) {
      String before = refusals();
      assertThat(heardOf(client.send(held(FORWARD, command), () -> end(HeldCall.TAKEN_BACK), LONG)))
          .contains("taken_back");
      assertThat(refusals()).isEqualTo(before);
      for (int i = 0; i < 20; i++) {
        assertThat(heardOf(client.send(held(FORWARD, command), HeldForwardTest::go, LONG)))
            .contains("unknown_operation");
      }
      assertThat(refusals()).isNotEqualTo(before);
      command.put("operation", "sandbox.authorize");
      assertThat(heardOf(client.send(held(FORWARD, command), HeldForwardTest::go, LONG)))
          .contains("answered");
    }
  }

  /** What is heard of a call that is held for so long and let go then. */
  private String heardAfter(Duration held, Map<String, Object> command) {
    try (EgressClient client = vault.egress()) {
      return heardOf(
          client.send(
              held(FORWARD, command),
              () -> {
                awaitHeld(1);
                vault.clock.advance(held);
                return go();
              },
              LONG));
    }
  }

  /** Time passes for it in the vault as in the gateway: from when it is let go. */
  @Test
  void whatAHeldCallWaitedIsNoPartOfItsTime() {
    Map<String, Object> command = vault.authorization(vault.paymentMethod(VISA));
    command.put("timeout_ms", 1_000);
    assertThat(heardAfter(Duration.ofSeconds(2), command)).contains("\"outcome\":\"answered\"");
  }

  /** Its client has given it up by then, and keys and policies may be others. */
  @Test
  void aHeldCallThatIsLetGoTooLateDoesNothing() {
    Map<String, Object> command = vault.authorization(vault.paymentMethod(VISA));
    command.put("timeout_ms", 5_000);
    assertThat(heardAfter(Duration.ofSeconds(8), command)).contains(HeldCall.WAS_TAKEN_BACK);
    assertThat(vault.provider.received).isEmpty();
  }

  /** What is sent elsewhere meanwhile, as after a gateway's death, is not kept waiting by it. */
  @Test
  void anOperationThatIsOnlyHeldIsNotUnderWay() {
    Map<String, Object> command = vault.authorization(vault.paymentMethod(VISA));
    try (EgressClient client = vault.egress()) {
      EgressResult held =
          client.send(
              held(FORWARD, command),
              () -> {
                awaitHeld(1);
                assertThat(vault.metrics()).contains("portcullis_vault_forwards_in_flight 0\n");
                assertThat(vault.call(FORWARD, command).json())
                    .containsEntry("outcome", "answered");
                return end(HeldCall.TAKEN_BACK);
              },
              LONG);
      assertThat(heardOf(held)).contains(HeldCall.WAS_TAKEN_BACK);
    }
    assertThat(vault.provider.received).hasSize(1);
  }

  /** How long forwards have taken, by the vault's own count, in seconds. */
  private double seconds() {
    return vault
        .metrics()
        .lines()
        .filter(line -> line.startsWith("portcullis_vault_request_seconds_sum"))
        .filter(line -> line.contains(FORWARD))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void whatAHeldCallWaitedIsNoTimeOfTheVaults() {
    double before = seconds();
    heardAfter(Duration.ofSeconds(4), vault.authorization(vault.paymentMethod(VISA)));
    assertThat(seconds() - before).isLessThan(4);
  }

  /** A stranger's header means nothing: only the gateway has a connection that may be held. */
  @Test
  void strangersHoldNothing() {
    Got got =
        vault.post(
            "/v1/payment_methods", vault.secretKey, RunningVault.card(VISA), HeldCall.HEADER, "1");
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
  }
}
