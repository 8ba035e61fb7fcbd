package dev.portcullis.vault.portability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.vault.portability.CardRows.Row;
import dev.portcullis.vault.portability.Columns.Field;
import dev.portcullis.vault.portability.RowRules.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of JSON Lines and of CSV, whatever stands in them. */
class CardRowsTest {

  private static List<Row> rows(String text) throws IOException {
    CardRows rows = new CardRows(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    List<Row> all = new ArrayList<>();
    Row row = rows.next();
    while (row != null) {
      all.add(row);
      row = rows.next();
    }
    return all;
  }

  private static @Nullable String reason(String json) throws IOException {
    return switch (new RowRules("digest").judge(rows(json).getFirst())) {
      case Verdict.Card _ -> null;
      case Verdict.None(_, String reason) -> reason;
    };
  }

  @Test
  void bothFormsSayTheSame() throws IOException {
    Map<Field, String> json =
        rows("{\"id\":\"a\",\"number\":\"4242\",\"exp_month\":1,\"exp_year\":2030,\"address\":{\"line1\":\"1,"
                 + " \\\"High\\\" St\"}}")
            .getFirst()
            .fields();
    Map<Field, String> csv =
        rows("\ufeffID;Card Number;exp-month;exp.year;Address_Line1\r\n\r\n"
                + "a;4242;1;2030;\"1, \"\"High\"\" St\"")
            .getFirst()
            .fields();
    assertThat(csv).isEqualTo(json).containsEntry(Field.LINE1, "1, \"High\" St");
  }

  @Test
  void linesHaveTheirNumbersAndABoundedLength() throws IOException {
    String longest = "x".repeat(Records.LONGEST);
    List<Row> rows =
        rows(
            "id,number,exp_month,exp_year,name\na,1,2,3,\"two\nlines\"\n\nb,1,2,3,"
                + longest
                + "\nc,1,2,3,x\nd,\"1,2,3,x\n");
    assertThat(rows).extracting(Row::line).containsExactly(2L, 5L, 6L, 7L);
    assertThat(rows)
        .extracting(Row::fault)
        .containsExactly(null, "line_too_long", null, "line_malformed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cvc",
        "CVV2",
        "card.cvc",
        "Security Code",
        "CID",
        "track_2",
        "Track2Data",
        "pin",
        "card_verification_value",
        "CAV2",
        "cvc_check"
      })
  void whatMayNotBeStoredIsFoundByItsName(String column) {
    assertThatThrownBy(() -> rows("id,number,exp_month,exp_year," + column + "\n"))
        .isInstanceOf(FileRefused.class);
    for (String json :
        List.of(
            "{\"id\":1,\"%s\":null}",
            "{\"id\":1}\n{\"metadata\":{\"%s\":\"1\"}}", "{\"cards\":[{\"%s\":1}]}")) {
      assertThatThrownBy(() -> rows(json.formatted(column))).isInstanceOf(FileRefused.class);
    }
  }

  @Test
  void aColumnThatIsNotReadIsNamedAndNeverWithANumber() throws IOException {
    CardRows rows =
        new CardRows(
            new ByteArrayInputStream(
                "{\"spinner\":1,\"company\":2,\"4242424242424242\":3}"
                    .getBytes(StandardCharsets.UTF_8)));
    assertThat(rows.next()).isNotNull();
    assertThat(rows.ignored()).containsExactly("(unnamed)", "company", "spinner");
  }

  @Test
  void reasonsNameWhatIsWrong() throws IOException {
    assertThat(reason("{\"id\":\"a\",\"number\":\"4\",\"exp_month\":1,\"exp_year\":30}")).isNull();
    assertThat(reason("{\"number\":\"4\"}")).isEqualTo("missing_id");
    assertThat(reason("{\"id\":\"4242 4242\"}")).isEqualTo("invalid_id");
    assertThat(reason("{\"id\":\"4242424242424242\"}")).isEqualTo("invalid_id");
    assertThat(reason("{\"id\":\"a\"}")).isEqualTo("missing_number");
    assertThat(reason("{\"id\":\"a\",\"number\":\"4\"}")).isEqualTo("missing_expiry");
    assertThat(reason("{")).isEqualTo("line_malformed");
  }

  @Property
  void whatIsWrittenAsCsvIsReadAsItWas(
      @ForAll @Size(min = 1, max = 6) List<@StringLength(max = 20) String> fields) {
    String record = String.join(",", fields.stream().map(Csv::written).toList());
    List<String> read = Objects.requireNonNull(Csv.fields(record, ','));
    assertThat(read).hasSameSizeAs(fields);
    for (int at = 0; at < fields.size(); at++) {
      String field = fields.get(at);
      boolean formula = !field.isEmpty() && "=+-@\t\r".indexOf(field.charAt(0)) >= 0;
      assertThat(read.get(at)).isEqualTo(formula ? "'" + field : field);
    }
  }

  @Property
  void idsAreSeenOnce(@ForAll @Size(max = 3_000) List<Long> hashes) {
    SeenIds seen = new SeenIds();
    Set<Long> known = new HashSet<>();
    for (long hash : hashes) {
      assertThat(seen.add(hash)).isEqualTo(known.add(hash));
    }
  }
}
