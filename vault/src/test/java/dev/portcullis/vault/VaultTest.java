package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.crypto.WrongMasterKeyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The vault as a whole: from the card to the provider. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VaultTest {

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  @Test
  void takesACardAndSendsItToTheProvider() {
    Got made = vault.post("/v1/payment_methods", vault.secretKey, card(VISA));
    assertThat(made.status()).isEqualTo(200);
    assertThat(made.text("object")).isEqualTo("payment_method");
    assertThat(made.text("card.last4")).isEqualTo("4242");
    vault.provider.behave(
        exchange ->
            FakeProvider.answer(
                exchange, 200, Map.of("id", "auth_1", "status", "approved", "secret", "x")));
    Got sent =
        vault.call(
            "/internal/v1/forward",
            Map.of(
                "operation",
                "sandbox.authorize",
                "operation_id",
                "op_1",
                "account",
                vault.account,
                "livemode",
                false,
                "provider_account",
                "sandbox",
                "token",
                made.text("id"),
                "idempotency_key",
                "op_1",
                "timeout_ms",
                5000,
                "body",
                Map.of(
                    "amount",
                    1999,
                    "card",
                    Map.of(
                        "number",
                        "{{card.number}}",
                        "exp_month",
                        "{{card.exp_month}}",
                        "exp_year",
                        "{{card.exp_year}}",
                        "cvc",
                        "{{card.cvc}}"))));
    assertThat(sent.status()).as(sent.json().toString()).isEqualTo(200);
    assertThat(sent.json()).containsEntry("outcome", "answered");
    assertThat(sent.at("body")).isEqualTo(Map.of("id", "auth_1", "status", "approved"));
    var received = vault.provider.received.getFirst();
    assertThat(received.headers()).containsEntry("Idempotency-Key", "op_1");
    assertThat(received.headers())
        .containsEntry("Authorization", "Bearer " + RunningVault.PROVIDER_KEY);
    assertThat(received.body())
        .contains("\"number\":\"" + VISA + "\"", "\"cvc\":\"123\"", "\"exp_month\":\"12\"");
  }

  @Test
  void doesNotStartWithAMasterKeyThatOpensNothingStored(@TempDir Path another) throws IOException {
    vault.paymentMethod(VISA);
    RunningVault stranger = new RunningVault(another);
    Files.writeString(
        another.resolve("secrets/master-key"),
        Base64.getEncoder()
            .encodeToString(
                "another key of 32 bytes exactly.".getBytes(StandardCharsets.US_ASCII)));
    assertThatThrownBy(stranger::restart)
        .isInstanceOf(WrongMasterKeyException.class)
        .hasMessageContaining("restore that master key");
    stranger.provider.close();
  }

  @Test
  void isHealthyAndCounts() {
    assertThat(vault.get(vault.management("/health")).json()).containsEntry("status", "up");
    assertThat(vault.get(vault.management("/metrics")).status()).isEqualTo(200);
  }
}
