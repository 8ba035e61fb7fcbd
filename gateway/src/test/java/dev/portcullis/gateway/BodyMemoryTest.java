package dev.portcullis.gateway;

import static dev.portcullis.gateway.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.Gateway.Answer;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.limits.BodyBudget;
import dev.portcullis.gateway.limits.LimitReached;
import dev.portcullis.wire.key.KeyKind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Bodies that are on their way, and the memory that they take. */
class BodyMemoryTest {

  private final Gateway gateway = Gateway.IT;
  private final BodyBudget budget = gateway.context.getBean(BodyBudget.class);
  private final Principal second =
      new Principal("acct_second", false, "key_unknown", KeyKind.SECRET);

  private Answer asSecond() {
    return gateway.send(
        gateway
            .form("/v1/customers", "description", "from the second account")
            .setHeader("Authorization", "Bearer " + gateway.otherKey.text()));
  }

  @Test
  void an_account_whose_bodies_fill_its_share_is_refused_and_no_other_is() {
    try (BodyBudget.Share share = budget.share(second, "192.0.2.1")) {
      fill(share);
      Answer refused = asSecond();
      assertThat(refused.status()).as(refused.text()).isEqualTo(429);
      assertThat(refused.error()).containsEntry("code", "rate_limit");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(refused.header("Stripe-Should-Retry")).isEqualTo("true");
      assertThat(gateway.post("/v1/customers", "description", "another").status()).isEqualTo(200);
    }
    assertThat(asSecond().status()).isEqualTo(200);
  }

  private static void fill(BodyBudget.Share share) {
    for (int step = 1 << 20; step > 0; step = take(share, step) ? step : step / 2) {
      assertThat(step).isPositive();
    }
  }

  private static boolean take(BodyBudget.Share share, int bytes) {
    try {
      share.take(bytes);
      return true;
    } catch (LimitReached _) {
      return false;
    }
  }

  @Test
  void a_body_takes_what_has_come_of_it_until_its_connection_ends() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", gateway.base.getPort())) {
      String head =
          "POST /v1/customers HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
              + gateway.otherKey.text()
              + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
              + "Content-Length: 1000000\r\n\r\ndescription=";
      OutputStream out = socket.getOutputStream();
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write("a".repeat(200_000).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      eventually().untilAsserted(() -> assertThat(budget.taken()).isBetween(200_000L, 500_000L));
    }
    eventually().untilAsserted(() -> assertThat(budget.taken()).isZero());
  }

  @Test
  void what_a_refused_request_has_taken_is_given_back() {
    Answer refused = gateway.post("/v1/customers", "description", "a".repeat(100_000));
    assertThat(refused.status()).isEqualTo(400);
    eventually().untilAsserted(() -> assertThat(budget.taken()).isZero());
  }
}
