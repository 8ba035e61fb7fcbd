package dev.portcullis.vault;

import static dev.portcullis.vault.RunningVault.VISA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import dev.portcullis.vault.RunningVault.Got;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Digits that stand for a card in its account. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CardAliasesTest {

  private RunningVault vault;

  @BeforeAll
  void start(@TempDir Path home) {
    vault = new RunningVault(home);
  }

  @AfterAll
  void stop() {
    vault.close();
  }

  private Got ask(String path, String name, String value) {
    return ask(path, name, value, vault.account, false);
  }

  private Got ask(String path, String name, String value, String account, boolean livemode) {
    return vault.call(
        "/internal/v1/payment_methods/" + path,
        Map.of("account", account, "livemode", livemode, name, value));
  }

  private String alias(String card) {
    Got made = ask("alias", "id", card);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
    assertThat(made.text("id")).isEqualTo(card);
    return made.text("alias");
  }

  @Test
  void aCardIsFoundByItsAliasInItsAccountAndModeAlone() {
    for (String number : List.of(VISA, "378282246310005", "6205500000000000004")) {
      String card = vault.paymentMethod(number);
      String alias = alias(card);
      assertThat(alias)
          .hasSize(number.length())
          .endsWith(number.substring(number.length() - 4))
          .isNotEqualTo(number);
      assertThat(Luhn.isValid(alias)).as(alias).isFalse();
      assertThat(ask("by_alias", "alias", alias).text("id")).isEqualTo(card);
      for (Got foreign :
          List.of(
              ask("by_alias", "alias", alias, "acct_other", false),
              ask("by_alias", "alias", alias, vault.account, true))) {
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.text("error.code")).isEqualTo("no_such_alias");
      }
      assertThat(ask("alias", "id", card, "acct_other", false).status()).isEqualTo(404);
      assertThat(ask("alias", "id", card, vault.account, true).status()).isEqualTo(404);
    }
  }

  @Test
  void aCardHasOneAliasAndTheSameNumberAnother() throws Exception {
    String card = vault.paymentMethod(VISA);
    List<Callable<String>> asks = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      asks.add(() -> alias(card));
    }
    List<String> got = new ArrayList<>();
    try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var each : pool.invokeAll(asks)) {
        got.add(each.get());
      }
    }
    assertThat(got).containsOnly(got.getFirst());
    // The number is not seen in it: the same card, handed in again, is not known by its alias.
    assertThat(alias(vault.paymentMethod(VISA))).isNotEqualTo(got.getFirst());
  }

  @Test
  void aTokenHasNone() {
    Map<String, String> form = new HashMap<>(RunningVault.card(VISA));
    form.remove("type");
    String token = vault.post("/v1/tokens", vault.secretKey, form).text("id");
    assertThat(ask("alias", "id", token).text("error.code")).isEqualTo("no_such_token");
    assertThat(ask("by_alias", "alias", VISA).text("error.code")).isEqualTo("no_such_alias");
  }

  @Test
  void anAliasGoesWithItsCard() {
    String card = vault.paymentMethod(VISA);
    String alias = alias(card);
    vault.database.execute("delete from card where id = '" + card + "'");
    assertThat(ask("by_alias", "alias", alias).status()).isEqualTo(404);
    assertThat(
            vault.database.query("select count(*) from card_alias where alias = '" + alias + "'"))
        .isEqualTo("0");
  }
}
