package dev.portcullis.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger's file promises: all that was answered, nothing else, no card. */
class LedgerTest {
  @TempDir private Path directory;

  @Test
  void everythingIsThereAfterARestart() throws IOException {
    String paid = Rig.reference();
    String asked = Rig.reference();
    String refund = Rig.reference();
    Client.Reply first;
    Client.Reply challenge;
    try (Rig rig = new Rig(directory)) {
      first = pay(rig, paid, "4000000000007726");
      challenge = pay(rig, asked, "4000002760003184");
      assertThat(rig.client.refund(first.text("id"), refund, 500).get("status"))
          .isEqualTo("pending");
    }
    try (Rig rig = new Rig(directory)) {
      assertThat(pay(rig, paid, "4000000000007726").body()).isEqualTo(first.body());
      assertThat(rig.client.lookup(asked).get("id")).isEqualTo(challenge.get("id"));
      assertThat(rig.client.lookup(refund).get("status")).isEqualTo("pending");
      rig.pass(Duration.ofSeconds(2));
      assertThat(rig.client.lookup(refund).get("status")).isEqualTo("approved");
      assertThat(ledger(rig)).hasSize(3);
      assertThat(rig.client.refund(first.text("id"), Rig.reference(), 1_500).errorCode())
          .isEqualTo("amount_too_large");
      assertThat(rig.client.refund(first.text("id"), Rig.reference(), 1_499).status())
          .isEqualTo(200);
    }
  }

  @Test
  void aLineWithoutItsEndNeverHappened() throws IOException {
    String reference = Rig.reference();
    try (Rig rig = new Rig(directory)) {
      pay(rig, reference, "4242424242424242");
    }
    Path file = directory.resolve("ledger.jsonl");
    byte[] whole = Files.readAllBytes(file);
    for (int cut : List.of(1, whole.length / 2, whole.length - 1)) {
      Files.write(file, Arrays.copyOf(whole, cut));
      try (Rig rig = new Rig(directory)) {
        assertThat(Files.size(file)).isZero();
        assertThat(rig.client.lookup(reference).status()).isEqualTo(404);
        assertThat(pay(rig, reference, "4242424242424242").get("status")).isEqualTo("approved");
        assertThat(ledger(rig)).hasSize(1);
      }
    }
  }

  @Test
  void aMovementAndItsAuthorizationChangeTogether() throws IOException {
    String capture = Rig.reference();
    String id;
    try (Rig rig = new Rig(directory)) {
      id = pay(rig, Rig.reference(), "4242424242424242").text("id");
      rig.client.refund(id, capture, 100);
    }
    Path file = directory.resolve("ledger.jsonl");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    try (Rig rig = new Rig(directory)) {
      assertThat(rig.client.lookup(capture).status()).isEqualTo(404);
      assertThat(rig.client.refund(id, Rig.reference(), 1_999).status()).isEqualTo(200);
    }
  }

  @Test
  void aDamagedLedgerStopsTheStart() throws IOException {
    Path file = directory.resolve("ledger.jsonl");
    Files.writeString(file, "{\"n\":0}\n");
    assertThatThrownBy(() -> new Rig(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged at byte 0");
    Files.writeString(file, "this is another file\n");
    assertThatThrownBy(() -> new Rig(directory)).hasMessageContaining("damaged");
  }

  @Test
  void holdsNoCardNumberAndNoCvc() throws IOException {
    try (Rig rig = new Rig(directory)) {
      var body = Client.authorization(Rig.reference(), "4242424242424242");
      @SuppressWarnings("unchecked")
      var card = (Map<String, Object>) Objects.requireNonNull(body.get("card"));
      card.put("cvc", "8573");
      rig.client.authorize(body);
    }
    String text = Files.readString(directory.resolve("ledger.jsonl"), StandardCharsets.UTF_8);
    assertThat(text).contains("\"last4\":\"4242\"").doesNotContain("42424242", "8573");
  }

  @Test
  void aLongLedgerIsReadRight() throws IOException {
    try (Ledger ledger = Ledger.open(directory, operation -> {})) {
      for (int number = 0; number < 5_000; number++) {
        ledger.write(capture(number));
      }
    }
    int[] seen = {0};
    try (Ledger ledger = Ledger.open(directory, operation -> seen[0]++)) {
      assertThat(seen[0]).isEqualTo(5_000);
      for (int number = 0; number < 5_000; number += 7) {
        assertThat(ledger.byReference("op_" + number)).isEqualTo(capture(number));
      }
      assertThat(ledger.byReference("op_5000")).isNull();
    }
    Files.writeString(
        directory.resolve("ledger.jsonl"), "x".repeat(200_000), StandardOpenOption.APPEND);
    assertThatThrownBy(() -> Ledger.open(directory, operation -> {}))
        .isInstanceOf(IOException.class);
  }

  private static Operation capture(int number) {
    return new Operation.Movement(
        new Operation.Identity(number, "cap_" + number, "op_" + number, "f", 0),
        Operation.Kind.CAPTURE,
        "auth_" + number,
        number,
        "usd",
        Operation.Status.APPROVED,
        null);
  }

  private static Client.Reply pay(Rig rig, String reference, String number) throws IOException {
    return rig.client.authorize(Client.authorization(reference, number));
  }

  private static List<?> ledger(Rig rig) throws IOException {
    return rig.client.control("GET", "/control/ledger?limit=1000", null).list("entries");
  }
}
