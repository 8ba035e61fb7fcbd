package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScreenTest {

  private TestHome test;

  @BeforeEach
  void makeHome() throws Exception {
    test = new TestHome();
  }

  @AfterEach
  void removeHome() throws Exception {
    test.close();
  }

  @Test
  void whatPaysIsShownWhereSomethingCanPay() {
    assertThat(text(false))
        .contains("Portcullis is ready.", "curl http://127.0.0.1:4242/v1/payment_intents")
        .doesNotContain("PAUSED", "reconcile", "${");
  }

  @Test
  void afterARestoreThePauseIsSaidAndNothingThatPays() {
    String home = test.home().root().toString();
    assertThat(text(true))
        .contains(
            "payments are PAUSED since a restore",
            "./portcullis reconcile --home " + home,
            "./portcullis resume --home " + home)
        .doesNotContain("is ready", "Pay with", "administrator", "${");
  }

  private String text(boolean paused) {
    Map<String, @Nullable Object> facts =
        Map.of(
            "home", test.home().root().toString(),
            "api", "http://127.0.0.1:4242",
            "cards", "http://127.0.0.1:4243",
            "secret_key", "SECRET",
            "publishable_key", "PUBLISHABLE");
    return new Screen(new InstanceState(Phase.READY, facts, Map.of()), Path.of("/checkout"), paused)
        .text();
  }
}
