package dev.portcullis.gateway.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.testing.TestDatabase;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.error.ApiException;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A restored database pays nobody until a person says so, whichever gateway asks. */
class PaymentsPauseTest {

  private final TestDatabase database = TestDatabase.fresh();
  private final JdbcClient jdbc = JdbcClient.create(database.everything());

  private void restored() {
    assertThat(
            jdbc.sql(
                    "INSERT INTO recoveries (id, backup_at, restored_at, state)"
                        + " VALUES ('bkp_1', now(), now(), 'paused')")
                .update())
        .isEqualTo(1);
  }

  private void become(String state) {
    assertThat(jdbc.sql("UPDATE recoveries SET state = ?").param(state).update()).isEqualTo(1);
  }

  private ProviderGate gate(PaymentsPause pause) throws Exception {
    EgressClient client =
        new EgressClient(
            SSLContext.getDefault(), EgressOptions.to(AddressPolicy.CONFIGURED_HOST).onlyTls13());
    VaultLink nobody = new VaultLink(client, URI.create("https://localhost:1"));
    return new ProviderGate(nobody, Duration.ofSeconds(1), pause);
  }

  @Test
  void isOnUntilItIsLifted() throws Exception {
    restored();
    PaymentsPause pause = new PaymentsPause(database.rows());
    ProviderGate gate = gate(pause);
    for (String state : new String[] {"paused", "reconciling", "reconciled"}) {
      become(state);
      assertThat(pause.isOn()).as(state).isTrue();
      assertThat(gate.isOpen()).as(state).isFalse();
      assertThatThrownBy(gate::requireOpen)
          .isInstanceOfSatisfying(
              ApiException.class,
              refusal -> {
                assertThat(refusal.error().status()).isEqualTo(503);
                assertThat(refusal.error().code()).isEqualTo("payments_paused");
              });
    }
    become("resumed");
    assertThat(pause.isOn()).isFalse();
    gate.requireOpen();
  }

  @Test
  void isOffWhereNothingWasRestored() throws Exception {
    PaymentsPause pause = new PaymentsPause(database.rows());
    assertThat(pause.isOn()).isFalse();
    assertThat(gate(pause).isOpen()).isTrue();
  }

  @Test
  void aDatabaseThatCannotBeAskedIsNoLeave() {
    PaymentsPause pause = new PaymentsPause(database.rows());
    assertThat(jdbc.sql("DROP TABLE recoveries").update()).isZero();
    assertThatThrownBy(pause::isOn).isInstanceOf(RuntimeException.class);
  }
}
