package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.card.CardNumbers;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.ParamValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reads the bodies that cards come in, with any bytes. */
class CardIntakeFuzzTest {

  private static final Owner OWNER = new Owner("acct_1", false);
  private static final YearMonth NOW = YearMonth.of(2026, 11);
  private static final BinTable BINS = BinTableReader.shipped();

  /** So that the fuzzer begins where all of it is gone through. */
  @ParameterizedTest
  @ValueSource(strings = {"token-form", "token-json", "method-form", "method-json"})
  void theKeptCardsAreTaken(String file) throws IOException {
    try (InputStream kept =
        getClass()
            .getResourceAsStream(
                "CardIntakeFuzzTestInputs/bodiesBecomeCardsOrAreRefusedByNameAndNoNumberComesBack/"
                    + file)) {
      assertThat(answered(kept.readAllBytes())).contains("\"last4\"");
    }
  }

  /** The first line says which object is asked for, and in which form the body is. */
  @FuzzTest(maxDuration = "10m")
  void bodiesBecomeCardsOrAreRefusedByNameAndNoNumberComesBack(byte[] input) {
    assertThat(answered(input)).isNotBlank();
  }

  private static String answered(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    String asked = text.substring(0, Math.max(end, 0));
    CardIntake.Kind kind =
        asked.startsWith("token") ? CardIntake.Kind.TOKEN : CardIntake.Kind.PAYMENT_METHOD;
    String type = asked.endsWith("json") ? "application/json" : "application/x-www-form-urlencoded";
    byte[] body = Arrays.copyOfRange(input, end + 1, input.length);
    String number = "";
    String answer;
    try {
      ParamTree parameters = CardIntake.parameters(type, body);
      number = typedNumber(parameters);
      answer = answer(kind, CardIntake.read(kind, parameters));
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isNotBlank();
      answer = Json.writeString(e.error().body()) + e.getMessage();
    }
    assertThat(CardNumbers.find(answer)).as(answer).isFalse();
    assertThat(answer.replaceAll("[ -]", "")).doesNotContain(digitsOf(number));
    return answer;
  }

  private static String typedNumber(ParamTree parameters) {
    return parameters.members().get("card") instanceof ParamValue.Members(var card)
            && card.get("number") instanceof ParamValue.Text(String number)
        ? number
        : "";
  }

  /** As they would stand in a text, or something that stands in none where it is no number. */
  private static String digitsOf(String typed) {
    return Pan.read(typed) instanceof Pan.Reading.Valid(Pan pan)
        ? new String(pan.insecureDigits(), StandardCharsets.US_ASCII)
        : "no number";
  }

  private static String answer(CardIntake.Kind kind, Arguments arguments) {
    Arguments card = arguments.hash("card").orElseThrow();
    CardDetails details = CardIntake.details(kind, arguments);
    if (card.has("token")) {
      return card.requiredString("token");
    }
    CardEntry.Check check =
        CardEntry.check(
            card.requiredString("number"),
            card.requiredInteger("exp_month"),
            card.requiredInteger("exp_year"),
            card.string("cvc").orElse(null),
            OWNER.livemode(),
            NOW,
            BINS);
    return switch (check) {
      case CardEntry.Check.Bad(var error) -> {
        assertThat(error.status()).isEqualTo(402);
        assertThat(error.param()).isNotBlank();
        yield Json.writeString(error.body());
      }
      case CardEntry.Check.Good(CardEntry entry) -> {
        StoredCard stored =
            new StoredCard(
                OWNER,
                kind == CardIntake.Kind.TOKEN ? "tok_1" : "pm_1",
                Instant.EPOCH,
                "key",
                new byte[0],
                null,
                face(entry),
                null,
                null);
        Map<String, ?> object =
            switch (kind) {
              case TOKEN -> CardObjects.token(stored, details, null, true);
              case PAYMENT_METHOD -> CardObjects.paymentMethod(stored, details, true);
            };
        yield Json.writeString(object)
            + entry
            + Json.writeString(Json.readObject(details.toJson()));
      }
    };
  }

  private static StoredCard.Face face(CardEntry entry) {
    return new StoredCard.Face(
        "fingerprint",
        entry.facts().brand().wireName(),
        entry.pan().bin(),
        entry.pan().last4(),
        entry.expiry().getMonthValue(),
        entry.expiry().getYear(),
        entry.facts().funding(),
        entry.facts().country(),
        entry.cvc() != null);
  }
}
