package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.provider.FakeProvider.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider account that the vault has no forward policy for takes no payment at all. */
class NotConnectedTest {

  private static final Gateway GATEWAY = new Gateway();
  private static final AdminPeople PEOPLE = new AdminPeople(GATEWAY);
  private static String token = "";

  @BeforeAll
  static void connect() {
    PEOPLE.enroll(GATEWAY.setupCode, "margaret");
    token = PEOPLE.token("margaret");
    Answer added =
        PEOPLE.call(
            "POST",
            "providers",
            token,
            Map.of("account", "acct_first", "name", "alpha", "connector", "sandbox"));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    GATEWAY.clock.advance(Duration.ofSeconds(2));
  }

  @AfterAll
  static void stop() {
    GATEWAY.context.close();
  }

  private static String outcomes(long amount) {
    return GATEWAY.database.text(
        "SELECT string_agg(d.provider || ' ' || o.outcome, ', ' ORDER BY d.attempt)"
            + " FROM route_decisions d JOIN route_outcomes o ON o.account = d.account"
            + " AND o.id = d.id WHERE d.payment = ?",
        GATEWAY.pay(amount).string("id"));
  }

  private static void heal() {
    List.of("alpha", "sandbox").forEach(name -> GATEWAY.provider.failAt(name, Fault.NONE));
    GATEWAY.clock.advance(Duration.ofSeconds(21));
  }

  /** Else each payment would make an attempt in vain, as long as nobody connects it. */
  @Test
  void itIsSoonLeftOutAndBackWhenItIsConnected() {
    GATEWAY.provider.failAt("alpha", Fault.NOT_CONNECTED);
    String first = GATEWAY.pay(4_120).string("id");
    assertThat(
            PEOPLE
                .call("GET", "routing/decisions?account=acct_first&payment=" + first, token, null)
                .text())
        .contains("left out: an attempt of this payment with it has failed");
    for (int amount = 4_121; amount < 4_125; amount++) {
      assertThat(outcomes(amount)).isEqualTo("alpha rejected, sandbox approved");
    }
    assertThat(outcomes(4_125)).isEqualTo("sandbox approved");

    heal();
    assertThat(outcomes(4_126)).isEqualTo("alpha approved");

    // What its policy lacks one operation for takes others.
    GATEWAY.provider.failAt("alpha", Fault.NOT_IN_POLICY);
    for (int amount = 4_140; amount < 4_147; amount++) {
      assertThat(outcomes(amount)).isEqualTo("alpha rejected, sandbox approved");
    }
    GATEWAY.provider.failAt("sandbox", Fault.NOT_IN_POLICY);
    Answer unsupported = GATEWAY.pay(4_147);
    assertThat(unsupported.error()).containsEntry("code", "provider_unsupported");
    assertThat(unsupported.text()).contains("sandbox cannot be asked for this: the vault has no");

    // Where there is no other, whoever pays is told what is to be done, each time.
    List.of("alpha", "sandbox").forEach(name -> GATEWAY.provider.failAt(name, Fault.NOT_CONNECTED));
    for (int amount = 4_130; amount < 4_137; amount++) {
      Answer refused = GATEWAY.pay(amount);
      assertThat(refused.status()).as(refused.text()).isEqualTo(400);
      assertThat(refused.error()).containsEntry("code", "provider_not_connected");
      assertThat(refused.text()).contains("The provider account sandbox is not connected");
    }
    heal();
    assertThat(GATEWAY.pay(4_137).string("status")).isEqualTo("succeeded");
  }
}
