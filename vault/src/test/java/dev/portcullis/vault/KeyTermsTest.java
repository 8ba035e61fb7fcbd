package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a key may do on the cards origin, from where and how long, as the gateway pushed it. */
class KeyTermsTest {

  @TempDir static Path home;
  private static RunningVault vault;

  private final ApiKey key = ApiKey.generate(KeyKind.RESTRICTED, false, new SecureRandom());

  @BeforeAll
  static void start() {
    vault = new RunningVault(home);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @Test
  void aRestrictedKeyNeedsThePermissionForWhatItMakes() {
    push("key_scopes", Map.of("scopes", List.of("payment_method_write", "token_read")));
    assertThat(methods().status()).isEqualTo(200);
    // Before anything of the request is looked at.
    Got refused = vault.post("/v1/tokens", key, Map.of("nonsense", VISA));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("error.message"))
        .contains("'token_write'", key.redacted(), vault.account)
        .doesNotContain(key.text());
  }

  @Test
  void aKeyWithoutPermissionsMayNothing() {
    push("key_nothing", Map.of("scopes", List.of()));
    assertThat(methods().status()).isEqualTo(403);
  }

  @Test
  void aKeyEndsWhenItExpires() {
    push(
        "key_expiring",
        Map.of(
            "scopes",
            List.of("payment_method_write"),
            "expires_at",
            vault.clock.instant().plusSeconds(60).toString()));
    assertThat(methods().status()).isEqualTo(200);
    vault.clock.advance(Duration.ofSeconds(61));
    Got refused = methods();
    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text("error.code")).isEqualTo("api_key_expired");
  }

  @Test
  void aKeyWithAListOfAddressesComesFromThere() {
    push(
        "key_there",
        Map.of("scopes", List.of("payment_method_write"), "cidrs", List.of("203.0.113.0/24")));
    assertThat(methods().status()).isEqualTo(403);
    assertThat(methods("X-Forwarded-For", "203.0.113.9").status()).isEqualTo(200);
    assertThat(methods("X-Forwarded-For", "203.0.113.9, 198.51.100.1").status()).isEqualTo(403);
  }

  private Got methods(String... headers) {
    return vault.post("/v1/payment_methods", key, card(VISA), headers);
  }

  private void push(String id, Map<String, ?> terms) {
    vault.push(id, 1, key, false, terms);
  }
}
