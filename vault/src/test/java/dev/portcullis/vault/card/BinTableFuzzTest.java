package dev.portcullis.vault.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.wire.config.ConfigException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;

/** What reads a table of card ranges, with any text. */
class BinTableFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void tablesAreReadOrRefusedInASentence(byte[] input) {
    try {
      BinTable table =
          BinTableReader.read(
              "fuzz.csv", new StringReader(new String(input, StandardCharsets.UTF_8)));
      assertThat(table).isNotNull();
    } catch (ConfigException e) {
      assertThat(e).hasMessageContaining("fuzz.csv");
    }
  }
}
