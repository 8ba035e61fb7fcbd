package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.vault.card.CardStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the vault does not keep. */
class PurgeTest {

  private RunningVault vault;
  private Purge purge;

  @BeforeEach
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
    purge = new Purge(new CardStore(vault.database.app()), vault.clock);
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private String token() {
    Map<String, String> form = card(VISA);
    form.remove("type");
    return vault.post("/v1/tokens", vault.secretKey, form).text("id");
  }

  private Got exchange(String token) {
    return vault.post(
        "/v1/payment_methods", vault.secretKey, Map.of("type", "card", "card[token]", token));
  }

  private String count(String id, String condition) {
    return vault.database.query(
        "select count(*) from card where id = '" + id + "' and " + condition);
  }

  @Test
  void aTokenLivesForADayUsedOrNot() {
    String used = token();
    String unused = token();
    String made = exchange(used).text("id");
    vault.clock.advance(CardStore.TOKEN_LIFE.minusMinutes(1));
    purge.run();
    assertThat(count(used, "true")).isEqualTo("1");
    assertThat(count(unused, "true")).isEqualTo("1");
    String late = token();
    assertThat(exchange(late).status()).isEqualTo(200);
    vault.clock.advance(Duration.ofMinutes(1));
    assertThat(exchange(unused).text("error.code")).as("over").isEqualTo("resource_missing");
    purge.run();
    assertThat(count(used, "true")).isEqualTo("0");
    assertThat(count(unused, "true")).isEqualTo("0");
    assertThat(count(late, "true")).isEqualTo("1");
    assertThat(count(made, "true")).as("the payment method stays").isEqualTo("1");
  }

  @Test
  void billingDetailsThatNobodyFetchedLiveForAWeek() {
    String id =
        vault
            .post(
                "/v1/payment_methods",
                vault.secretKey,
                card(VISA, "billing_details[email]", "ada@example.com"))
            .text("id");
    vault.clock.advance(CardStore.DETAILS_LIFE.minusMinutes(1));
    purge.run();
    assertThat(count(id, "details is not null")).isEqualTo("1");
    vault.clock.advance(Duration.ofMinutes(2));
    purge.run();
    assertThat(count(id, "details is null"))
        .as("the card stays, its details do not")
        .isEqualTo("1");
    Got found =
        vault.call(
            "/internal/v1/payment_methods/lookup",
            Map.of("account", vault.account, "livemode", false, "id", id));
    assertThat(found.text("card.last4")).isEqualTo("4242");
    assertThat(found.at("billing_details")).isNull();
  }
}
