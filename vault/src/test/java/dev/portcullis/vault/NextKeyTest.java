package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.RunningVault.Got;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vault that holds cards and people, and whose next master key custodians are to hold. */
class NextKeyTest {

  @Test
  void nobodyGetsMoreThanTheirOwnShareOfIt(@TempDir Path home) throws IOException {
    try (RunningVault vault = new RunningVault(home, TestDatabase.fresh("nextkey"))) {
      Administrators people = Administrators.of(vault, "ann");
      String card = vault.paymentMethod(RunningVault.VISA);
      assertThat(
              people
                  .post(
                      "accounts/" + vault.account + "/shred",
                      people.token("ann"),
                      Map.of("livemode", false))
                  .text("error.code"))
          .as("the first of all has to settle too")
          .isEqualTo("enrolled_too_lately");
      people.add("ben", "operator", "ann");
      vault.clock.advance(Duration.ofHours(25));
      Path properties = home.resolve("vault.properties");
      Files.writeString(
          properties,
          Files.readString(properties)
              .replace(
                  "\nmaster-key=",
                  "\nmaster-key.provider=sealed\nold-master-key.provider=file\nold-master-key="));
      vault.restart();
      List<String> shares = handOut(people);
      assertThat(vault.get(vault.management("/health")).text("status")).isEqualTo("sealed");
      for (String share : shares) {
        assertThat(people.post("custody/shares", null, Map.of("share", share)).status())
            .isEqualTo(200);
      }
      assertThat(vault.get(vault.management("/health")).status()).isEqualTo(200);
      Map<String, Object> asked = Map.of("account", vault.account, "livemode", false, "id", card);
      assertThat(vault.call("/internal/v1/payment_methods/lookup", asked).status()).isEqualTo(200);
    }
  }

  private static List<String> handOut(Administrators people) {
    String ann = people.token("ann");
    assertThat(
            people
                .post("custody/keys", ann, Map.of("shares", 2, "threshold", 2))
                .text("error.param"))
        .as("not all of them to one")
        .isEqualTo("shares");
    Map<String, Object> terms = Map.of("custodians", List.of("ann", "ben"), "threshold", 2);
    assertThat(people.post("custody/keys", people.token("ben"), terms).status()).isEqualTo(403);
    Got made = people.post("custody/keys", ann, terms);
    assertThat(made.json()).as(made.json().toString()).doesNotContainKey("shares");
    assertThat(made.at("rekey_waits_for")).isEqualTo(List.of("ann", "ben"));
    List<String> shares = new ArrayList<>();
    for (String name : List.of("ann", "ben")) {
      String token = people.token(name);
      Got taken = people.post("custody/rekey/take", token, Map.of());
      List<?> own = (List<?>) Objects.requireNonNull(taken.at("shares"), taken.json()::toString);
      assertThat(own).hasSize(1);
      shares.add(String.valueOf(own.getFirst()));
      Map<String, String> ticket = Map.of("ticket", taken.text("ticket"));
      assertThat(people.post("custody/rekey/received", token, ticket).status()).isEqualTo(200);
    }
    return shares;
  }
}
