package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gateway is told of how keys are used at the cards origin. */
class KeyUsesTest {

  @TempDir static Path home;
  private static RunningVault vault;

  @BeforeAll
  static void start() {
    vault = new RunningVault(home);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @BeforeEach
  void nothingIsLeft() {
    assertThat(written(uses())).isEmpty();
  }

  private static List<Map<String, Object>> uses(Map<String, ?> body) {
    Got got = vault.call("/internal/v1/key_uses", body);
    assertThat(got.status()).as(got.json().toString()).isEqualTo(200);
    @SuppressWarnings("unchecked") // that is its form
    List<Map<String, Object>> uses = (List<Map<String, Object>>) got.at("uses");
    return uses == null ? List.of() : uses;
  }

  private static List<Map<String, Object>> uses() {
    return uses(Map.of());
  }

  private static List<Map<String, Object>> written(List<Map<String, Object>> uses) {
    return uses.isEmpty()
        ? uses()
        : uses(
            Map.of(
                "written",
                uses.stream()
                    .map(
                        use ->
                            Map.of(
                                "account",
                                use.getOrDefault("account", ""),
                                "id",
                                use.getOrDefault("id", ""),
                                "at",
                                use.getOrDefault("at", 0)))
                    .toList()));
  }

  private static void use(String address) {
    assertThat(
            vault
                .post(
                    "/v1/payment_methods",
                    vault.publishableKey,
                    card(VISA),
                    "X-Forwarded-For",
                    address)
                .status())
        .isEqualTo(200);
  }

  @Test
  void theLastUseOfAKeyIsToldUntilItIsWritten() {
    use("203.0.113.7");
    vault.clock.advance(Duration.ofSeconds(2));
    long before = vault.clock.instant().toEpochMilli();
    use("203.0.113.8");
    List<Map<String, Object>> uses = uses();
    assertThat(uses).hasSize(1);
    assertThat(uses.getFirst())
        .containsEntry("account", vault.account)
        .containsEntry("address", "203.0.113.8");
    assertThat(uses.getFirst().get("at"))
        .isInstanceOfSatisfying(
            Long.class,
            at -> assertThat(at).isBetween(before, vault.clock.instant().toEpochMilli()));
    assertThat(String.valueOf(uses.getFirst().get("id"))).startsWith("key_publishable");
    assertThat(uses()).as("an answer may be lost").isEqualTo(uses);
    assertThat(written(uses)).isEmpty();
  }

  @Test
  void aUseThatCameMeanwhileStays() {
    use("203.0.113.7");
    List<Map<String, Object>> before = uses();
    vault.clock.advance(Duration.ofSeconds(2));
    use("203.0.113.9");
    assertThat(written(before))
        .singleElement()
        .satisfies(use -> assertThat(use).containsEntry("address", "203.0.113.9"));
  }

  @Test
  void whoIsRefusedHasNotUsedTheKey() {
    vault.push("key_live", 2, vault.liveKey, false, Map.of("cidrs", List.of("192.0.2.0/24")));
    assertThat(vault.post("/v1/payment_methods", vault.liveKey, card(VISA)).status())
        .isEqualTo(403);
    assertThat(uses()).isEmpty();
  }

  @Test
  void whatIsNoUseIsRefusedByName() {
    Got got =
        vault.call(
            "/internal/v1/key_uses",
            Map.of("written", List.of(Map.of("account", "acct_1", "id", "key_1", "at", "now"))));
    assertThat(got.status()).isEqualTo(400);
    assertThat(got.text("error.message")).startsWith("written[0].at ");
  }
}
