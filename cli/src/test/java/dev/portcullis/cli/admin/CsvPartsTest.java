package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvPartsTest {

  private static List<String> parts(String csv) throws IOException {
    CsvParts parts = new CsvParts(new BufferedReader(new StringReader(csv)));
    List<String> all = new ArrayList<>();
    for (CsvParts.Part part = parts.next(); part != null; part = parts.next()) {
      all.add(part.text());
    }
    return all;
  }

  @Test
  void eachPartEndsWithARecord() throws IOException {
    String record = "a,\"" + "x\n\"\"y".repeat(200) + "\",b\r\n";
    String csv = record.repeat(200) + "last,without,end";
    List<String> parts = parts(csv);
    assertThat(String.join("", parts)).isEqualTo(csv);
    assertThat(parts).hasSizeGreaterThan(2).allMatch(part -> part.length() < 100_000);
    assertThat(parts.subList(0, parts.size() - 1))
        .allMatch(part -> part.length() % record.length() == 0);
    assertThat(parts("")).isEmpty();
  }

  @Test
  void whatHasNoEndIsNoCsv() {
    assertThatThrownBy(() -> parts("a,\"" + "x".repeat(100_000)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no CSV");
  }
}
