package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static dev.portcullis.vault.RunningVault.card;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.RunningVault.Got;
import dev.portcullis.wire.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table of card ranges instead of the one that comes along. */
class OwnBinTableTest {

  private static final String HEADER = "first,last,brand,funding,country,lengths,cvc\n";

  @Test
  void liveCardsAreWhatTheTableSaysAndTestCardsWhatStripeDocuments(@TempDir Path home)
      throws IOException {
    Path file = home.resolve("bins.csv");
    Files.writeString(file, HEADER + "4,4,visa,,,16,3\n42424242,42424242,visa,prepaid,FR,16,4\n");
    try (RunningVault vault = new RunningVault(home, "cards.bin-table=bins.csv")) {
      Map<String, String> four = card(VISA, "card[cvc]", "1234");
      Got live = vault.post("/v1/payment_methods", vault.liveKey, four);
      assertThat(live.status()).as(live.json().toString()).isEqualTo(200);
      assertThat(live.text("card.funding")).isEqualTo("prepaid");
      assertThat(live.text("card.country")).isEqualTo("FR");
      Got shown =
          vault.call(
              "/internal/v1/payment_methods/lookup",
              Map.of("account", vault.account, "livemode", true, "id", live.text("id")));
      assertThat(shown.text("card.country")).isEqualTo("FR");
      assertThat(
              vault
                  .post("/v1/payment_methods", vault.liveKey, card(VISA, "card[cvc]", "123"))
                  .text("error.code"))
          .isEqualTo("invalid_cvc");
      Got test = vault.post("/v1/payment_methods", vault.secretKey, four);
      assertThat(test.text("card.country")).isEqualTo("US");
      assertThat(test.text("card.funding")).isEqualTo("credit");
      Got other = vault.post("/v1/payment_methods", vault.liveKey, card("4000056655665556"));
      assertThat(other.text("card.funding")).isEqualTo("unknown");
      assertThat(other.at("card.country")).isNull();
      Got tooShort = vault.post("/v1/payment_methods", vault.liveKey, card("4222222222222"));
      assertThat(tooShort.status()).isEqualTo(402);
      assertThat(tooShort.text("error.code")).isEqualTo("incorrect_number");
      assertThat(tooShort.text("error.param")).isEqualTo("number");
      Files.writeString(file, HEADER + "4,4,visa,,,16,3\n4,4,visa,,,16,3\n");
      assertThatThrownBy(vault::restart)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("line 3 is as wide as the range of line 2");
    }
  }
}
