package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The vault gets ready while an operation is being stored, and sends it when it is. */
class HeldCallsTest {

  /** What is held here is held for longer than a provider of other tests may take. */
  private static final Gateway GATEWAY =
      new Gateway(
          "http://localhost:1", "http://localhost:2", "provider.sandbox.forward-timeout=PT5S");

  private static final FakeProvider PROVIDER = GATEWAY.provider;

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  /** While it is there, nothing that a payment begins with can be stored. */
  private static final class Obstacle implements AutoCloseable {
    private final Connection connection;

    Obstacle() throws SQLException {
      connection = GATEWAY.database.dataSource().getConnection();
      connection.setAutoCommit(false);
      try (Statement lock = connection.createStatement()) {
        lock.execute("LOCK TABLE provider_operations IN EXCLUSIVE MODE");
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /** Whether somebody waits for an obstacle. */
  private static boolean isStuck() {
    return GATEWAY.database.number(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
                + " (SELECT oid FROM pg_database WHERE datname = current_database())")
        > 0;
  }

  private static CompletableFuture<Answer> pay(long amount) {
    return CompletableFuture.supplyAsync(() -> GATEWAY.pay(amount));
  }

  private static String said(long amount) {
    return "\"amount\":" + amount;
  }

  private static long operations(Answer answer) {
    return GATEWAY.database.number(
        "SELECT count(*) FROM provider_operations WHERE object = ?", answer.string("id"));
  }

  @Test
  void theVaultHasItBeforeItIsStoredAndSendsItAfterwards() throws SQLException {
    CompletableFuture<Answer> answer;
    try (Obstacle _ = new Obstacle()) {
      answer = pay(7_101);
      Eventually.until(() -> PROVIDER.held(said(7_101)) == 1);
      assertThat(PROVIDER.letGo(said(7_101))).isZero();
      assertThat(answer).isNotDone();
    }
    assertThat(answer.join().string("status")).as(answer.join().text()).isEqualTo("succeeded");
    assertThat(operations(answer.join())).isEqualTo(1);
    assertThat(PROVIDER.letGo(said(7_101))).isEqualTo(1);
    assertThat(PROVIDER.takenBack(said(7_101))).isZero();
  }

  @Test
  void whatCannotBeStoredIsTakenBack() throws SQLException {
    try (Obstacle _ = new Obstacle()) {
      Answer answer = pay(7_102).join();
      assertThat(answer.status()).as(answer.text()).isEqualTo(409);
      assertThat(answer.text()).contains("lock_timeout");
    }
    Eventually.until(() -> PROVIDER.takenBack(said(7_102)) == 1);
    assertThat(PROVIDER.letGo(said(7_102))).isZero();
    assertThat(PROVIDER.entries("sandbox.authorize", 7_102)).isEmpty();
    assertThat(pay(7_102).join().string("status")).isEqualTo("succeeded");
  }

  @Test
  void whatIsStoredTooLateIsTakenBackAndOpen() throws SQLException {
    CompletableFuture<Answer> answer;
    try (Obstacle _ = new Obstacle()) {
      answer = pay(7_103);
      Eventually.until(() -> PROVIDER.held(said(7_103)) == 1 && isStuck());
      GATEWAY.clock.advance(Duration.ofMinutes(5));
    }
    assertThat(answer.join().string("status")).as(answer.join().text()).isEqualTo("processing");
    assertThat(operations(answer.join())).isEqualTo(1);
    assertThat(PROVIDER.takenBack(said(7_103))).isEqualTo(1);
  }

  /** It was let go: whatever the vault says of the last byte, the provider may have been asked. */
  @Test
  void aVaultThatDidNotHearItBeLetGoLeavesItOpen() {
    PROVIDER.fail(7_104, Fault.GO_MISSED);
    Answer answer = pay(7_104).join();
    assertThat(answer.string("status")).as(answer.text()).isEqualTo("processing");
    assertThat(PROVIDER.letGo(said(7_104))).isEqualTo(1);
    String intent = "/v1/payment_intents/" + answer.string("id");
    Eventually.asTimePasses(
        GATEWAY.clock,
        Duration.ofSeconds(5),
        () -> GATEWAY.get(intent).string("status").equals("succeeded"));
    assertThat(PROVIDER.entries("sandbox.authorize", 7_104)).hasSize(1);
  }
}
