package dev.portcullis.wire.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.kit.Luhn;
import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.json.Json;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  @Property
  void noCardNumberStays(
      @ForAll @NumericChars @StringLength(13) String digits, @ForAll Scheme scheme) {
    String payload =
        scheme.prefix + digits.substring(0, scheme.length - scheme.prefix.length() - 1);
    String number = payload + Luhn.checkDigit(payload);
    assertThat(CardNumbers.find("paid with " + number + ".")).isTrue();
    assertThat(Redaction.scrub("paid with " + number + ".")).doesNotContain(number);
  }

  private enum Scheme {
    VISA("400", 16),
    MASTERCARD("510", 16),
    MASTERCARD_2("2221", 16),
    AMERICAN_EXPRESS("370", 15),
    DINERS("360", 14),
    DISCOVER("6011", 16),
    JCB("3530", 16),
    UNIONPAY("620", 16);

    private final String prefix;
    private final int length;

    Scheme(String prefix, int length) {
      this.prefix = prefix;
      this.length = length;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4242424242424242 12/30 123",
        "4242 4242 4242 4242 123",
        "Order 7 4242 4242 4242 4242",
        "card4242424242424242",
        "4242424242424242x",
        "order7card4242424242424242",
        "order7card4242-4242-4242-4242",
        "a1b2c4242424242424242",
        "4242424242424242x7",
        "1 9fa4242424242424242c8d",
        "DEADbeef4242424242424242",
        "4242.4242.4242.4242",
        "4242\u00a04242\u00a04242\u00a04242",
        "4242\u20134242\u20134242\u20134242",
        "\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12\uff14\uff12",
        "3782 822463 10005",
        "1 2 3 4 5 6 7 8 9 10 11 12 4242 4242 4242 4242",
      })
  void aCardNumberIsFoundHoweverItIsWritten(String text) {
    assertThat(CardNumbers.find(text)).isTrue();
    assertThat(Redaction.scrub(text)).contains("[REDACTED]").doesNotContain("4242 4242 4242");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "20261124000123 20261124000115 20261124000107",
        "1700000000000 1700000000000000",
        "+49 170 1234567, 192.168.100.200",
        "order 4242424242424241",
        "9fa4242424242424242c8de01b2f3a5b",
        "req_9fa4242424242424242c8de01b2f3a5b",
        "0x9fa4242424242424242c8de01b2f3a5b9fa4242424242424242c8de01b2f3a5b",
        "id 42424242-4242-4242-9b5d-ab8dfbbd4bed",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      })
  void otherNumbersPass(String text) {
    assertThat(CardNumbers.find(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 16, 20, 32, 64})
  void randomKeysInHexadecimalPass(int length) {
    java.util.random.RandomGenerator random = new java.util.Random(42);
    byte[] bytes = new byte[length];
    for (int n = 0; n < (length == 16 ? 200_000 : 20_000); n++) {
      random.nextBytes(bytes);
      String key = java.util.HexFormat.of().formatHex(bytes);
      assertThat(CardNumbers.find(key)).as(key).isFalse();
      assertThat(CardNumbers.find("key_" + key + "_1")).as(key).isFalse();
    }
  }

  @Test
  void randomUuidsPassAloneAndInText() {
    java.util.Random random = new java.util.Random(42);
    for (int n = 0; n < 100_000; n++) {
      String key =
          new java.util.UUID(
                  (random.nextLong() & ~0xf000L) | 0x4000L,
                  (random.nextLong() & ~(3L << 62)) | (1L << 63))
              .toString();
      assertThat(CardNumbers.find(key)).as(key).isFalse();
      assertThat(CardNumbers.find("order-" + key + ":retry")).as(key).isFalse();
    }
  }

  /** 62: our ids and Stripe's; 36: many shops' own; 32: ULIDs. */
  @ParameterizedTest
  @ValueSource(ints = {32, 36, 62})
  void randomIdsInOtherBasesPass(int base) {
    String alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    java.util.random.RandomGenerator random = new java.util.Random(42);
    char[] id = new char[26];
    for (int n = 0; n < 200_000; n++) {
      for (int at = 0; at < id.length; at++) {
        id[at] = alphabet.charAt(random.nextInt(base));
      }
      String text = "pi_" + new String(id);
      assertThat(CardNumbers.find(text)).as(text).isFalse();
    }
  }

  @Test
  void cardNumbersInGroupsAreFound() {
    assertThat(Redaction.scrub("4242 4242 4242 4242 and 4242-4242-4242-4242"))
        .isEqualTo("[REDACTED] and [REDACTED]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_secret_42424240-7777-7777-4242-424242424242",
        "sk_test_4242424242424242restofthekey",
        "Bearer 4242-4242-42 42-4242-42",
        "whsec_abcdefgh4242424242424242 4242 4242",
        "4242424242424242_secret_4242424242424242abc 4242424242424242",
        "bAsIc dXNlcjpwYXNz",
      })
  void whatOneRuleTakesOutDoesNotSaveTheRestFromAnother(String text) {
    String scrubbed = Redaction.scrub(text);
    assertThat(CardNumbers.find(scrubbed)).isFalse();
    assertThat(Redaction.scrub(scrubbed)).isEqualTo(scrubbed);
    assertThat(scrubbed).doesNotContain("42-4242-42", "42424242", "restofthekey", "abc", "dXNl");
  }

  @Property
  void aSecondScrubbingFindsNothing(@ForAll List<@From("pieces") String> pieces) {
    String scrubbed = Redaction.scrub(String.join("", pieces));
    assertThat(CardNumbers.find(scrubbed)).isFalse();
    assertThat(Redaction.scrub(scrubbed)).isEqualTo(scrubbed);
  }

  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of(
        "4242424242424242",
        "42424240",
        "4242",
        "-",
        " ",
        "0",
        "af",
        "_secret_",
        "sk_test_",
        "Bearer ",
        "basic ",
        "password=",
        "424242424242",
        "9fa4242424242424242c8de01b2f3a5b");
  }

  @Test
  void otherNumbersStay() {
    String line = "order 4242424242424241 at 1700000000000 for 12345678";
    assertThat(Redaction.scrub(line)).isEqualTo(line);
  }

  @Test
  void secretsGo() {
    assertThat(Redaction.scrub("key sk_test_abcdefghijklmnop end")).isEqualTo("key [REDACTED] end");
    assertThat(Redaction.scrub("Authorization: Bearer abc.def-ghi_jkl"))
        .isEqualTo("Authorization: Bearer [REDACTED]");
    assertThat(Redaction.scrub("Authorization: Basic dXNlcjpwYXNz"))
        .isEqualTo("Authorization: Basic [REDACTED]");
    assertThat(Redaction.scrub("jdbc://x?password=hunter2&ssl=1"))
        .isEqualTo("jdbc://x?password=[REDACTED]&ssl=1");
    assertThat(Redaction.scrub("pi_1_secret_abcdefghijkl")).isEqualTo("pi_1_secret_[REDACTED]");
    assertThat(Redaction.scrub("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"))
        .doesNotContain("MIIE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"card[cvc]=737", "\"cvc\": \"7373\"", "CVV2: 737", "cvc=737&x=1", "cvc 737."})
  void aCardsCodeGoesWhereItIsCalledSo(String text) {
    assertThat(Redaction.scrub(text)).doesNotContain("737").contains("[REDACTED]");
  }

  @Test
  void otherNumbersBesideTheWordStay() {
    assertThat(Redaction.scrub("cvc_check failed after 12345 ms"))
        .isEqualTo("cvc_check failed after 12345 ms");
  }

  @Test
  void aLogLineIsOneLineOfScrubbedJson() {
    LogRecord entry = new LogRecord(Level.WARNING, "card 4242424242424242\nforged {0}");
    entry.setParameters(new Object[] {"line"});
    entry.setThrown(new IllegalStateException("for 5555555555554444"));
    String line = new JsonLog.JsonFormatter("vault").format(entry);
    assertThat(line).endsWith("\n").doesNotContain("4242424242424242", "5555555555554444");
    assertThat(line.strip().lines()).hasSize(1);
    assertThat(Json.readObject(line.strip()).get("message"))
        .isEqualTo("card [REDACTED]\nforged line");
  }
}
