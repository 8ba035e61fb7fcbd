package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.home.Home;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said above a new API key, and after a custodian's share. */
class SaidOfKeysTest {

  @Test
  void aNewKeySaysWhichModeItIsOfAndHowTheOtherIsMade() {
    assertThat(KeysCommand.mode(Map.of("livemode", false)))
        .contains("TEST key", "keys create --live");
    assertThat(KeysCommand.mode(Map.of("livemode", true))).contains("LIVE key", "without --live");
  }

  @Test
  void aShareThatWasGivenAlreadyIsSaidToCountOnce() {
    Map<String, Object> key =
        Map.of(
            "name",
            "1",
            "initialised",
            true,
            "open",
            false,
            "set",
            "ab",
            "shares",
            3,
            "threshold",
            2,
            "given",
            List.of(1));
    Home home = new Home(Path.of("/srv/pay"));
    assertThat(
            CustodyLines.given(
                Map.of("sealed", true, "repeated", true, "keys", List.of(key)), home))
        .startsWith("This share was given already")
        .contains("SEALED", "given so far: [1]");
    assertThat(
            CustodyLines.given(
                Map.of("sealed", true, "repeated", false, "keys", List.of(key)), home))
        .doesNotContain("already")
        .contains("SEALED");
  }
}
