package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
    assertThat(text(Optional.empty(), Optional.empty()))
        .contains("Portcullis is ready.", "curl http://127.0.0.1:4242/v1/payment_intents")
        .doesNotContain("PAUSED", "reconcile", "${");
  }

  @Test
  void afterARestoreThePauseIsSaidAndNothingThatPays() {
    String home = test.home().root().toString();
    assertThat(text(Optional.of("paused"), Optional.empty()))
        .contains(
            "payments are PAUSED since a restore",
            "./portcullis reconcile --home " + home,
            "./portcullis resume --home " + home)
        .doesNotContain("is ready", "Pay with", "administrator", "${");
  }

  @Test
  void aSealedVaultSaysWhatItWaitsForAndNothingThatPays() {
    String line = "The master key 1 is SEALED: it takes 2 of 3 shares";
    assertThat(text(Optional.empty(), Optional.of(line)))
        .contains("its vault is SEALED", line)
        .doesNotContain("is ready", "Pay with", "reconcile");
    assertThat(text(Optional.of("paused"), Optional.of(line)))
        .contains("its vault is SEALED", line, "./portcullis resume");
  }

  @Test
  void eachZoneWithoutAnAdministratorHasACommandToPaste() throws Exception {
    Files.createDirectory(test.home().operator());
    Files.writeString(test.home().operator().resolve("setup-code-vault"), "code");
    assertThat(text(Optional.empty(), Optional.empty()))
        .contains("people setup-code --home", "people enroll YOUR_NAME --zone vault --home")
        .doesNotContain("--zone gateway");
    Files.writeString(test.home().operator().resolve("setup-code-gateway"), "code");
    assertThat(text(Optional.empty(), Optional.empty()))
        .contains("--zone gateway --home", "--zone vault --home")
        .doesNotContain("${");
  }

  @Test
  void aLiveHomeHasNoKeysToShow() {
    String live =
        new Screen(
                new InstanceState(
                    Phase.READY,
                    Map.of(
                        "home", test.home().root().toString(),
                        "account", "acct_live",
                        "api", "https://pay.example",
                        "cards", "https://cards.example"),
                    Map.of()),
                Path.of("/checkout"),
                new Standing(Optional.empty(), Optional.empty(), Map.of(), false))
            .text();
    assertThat(live)
        .contains(
            "https://pay.example",
            "Account          acct_live",
            "doctor --production",
            "keys create --live")
        .doesNotContain("Secret key", "null", "Pay with", "${");
  }

  @Test
  void aKeyThatIsNoLongerTakenIsNotOffered() {
    assertThat(text(new Standing(Optional.empty(), Optional.empty(), Map.of(), true)))
        .contains(
            "was revoked, rolled, or has expired",
            "keys create --home",
            "http://127.0.0.1:4242",
            "PUBLISHABLE")
        .doesNotContain("SECRET", "Pay with", "${");
    assertThat(text(Optional.empty(), Optional.empty())).contains("SECRET", "Pay with curl");
  }

  private String text(Optional<String> paused, Optional<String> sealed) {
    return text(new Standing(paused, sealed, Map.of(), false));
  }

  private String text(Standing standing) {
    Map<String, @Nullable Object> facts =
        Map.of(
            "home", test.home().root().toString(),
            "api", "http://127.0.0.1:4242",
            "cards", "http://127.0.0.1:4243",
            "secret_key", "SECRET",
            "publishable_key", "PUBLISHABLE");
    return new Screen(
            new InstanceState(Phase.READY, facts, Map.of()), Path.of("/checkout"), standing)
        .text();
  }
}
