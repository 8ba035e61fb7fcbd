package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A vault that dies between telling a provider and keeping what the provider signs with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HalfRegisteredTest {

  /** The simulator's management listener, counted from the first port. */
  private static final int SIMULATOR = 7;

  private Portcullis portcullis;
  private PretendedProviders providers;

  @BeforeAll
  void start() throws Exception {
    portcullis = Portcullis.start();
    providers = PretendedProviders.unregistered(portcullis, List.of("adyen"));
  }

  @AfterAll
  void stop() throws Exception {
    portcullis.close();
  }

  @Test
  void itIsSeenAndMendedByRegisteringAgain() throws Exception {
    portcullis
        .simulator()
        .faults("adyen", "{\"rates\":{\"latency\":1},\"latency_ms\":[8000,8000]}");
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<String> dying = other.submit(() -> providers.notifications("register", "adyen"));
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(
                          portcullis.metric(
                              SIMULATOR,
                              "portcullis_simulator_requests_total{provider=\"adyen\","
                                  + "operation=\"webhook_register\",status=\"201\"}"))
                      .isEqualTo(1));
      portcullis.killNine("vault");
      assertThat(dying.get()).doesNotContain("is told to send to");
    }
    portcullis.awaitHealthy();
    portcullis.simulator().noFaults("adyen");
    CommandResult half = providers.told("check", "adyen");
    assertThat(half.exitCode()).as(half.said()).isEqualTo(1);
    assertThat(half.said()).contains("half registered: it may send already").contains("WBHK");
    assertThat(providers.notifications("register", "adyen"))
        .contains("What they are signed with is secret://adyen_shop");
    CommandResult whole = providers.told("check", "adyen");
    assertThat(whole.exitCode()).as(whole.said()).isZero();
    assertThat(whole.said()).contains("is told to send to").doesNotContain(",");
  }
}
