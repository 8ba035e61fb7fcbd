package dev.portcullis.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.portcullis.wire.error.ApiException;
import java.nio.charset.StandardCharsets;

/** What reads a search, with any text. */
class SearchFuzzTest {

  @FuzzTest(maxDuration = "10m")
  void queriesAreParsedOrRefusedByName(byte[] input) {
    try {
      SearchQuery query = SearchParser.parse(new String(input, StandardCharsets.UTF_8));
      assertThat(query.clauses()).hasSizeBetween(1, SearchParser.MAX_CLAUSES);
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isEqualTo("query");
    }
  }

  @FuzzTest(maxDuration = "10m")
  void cursorsAreReadOrRefusedByName(byte[] input) {
    String token = new String(input, StandardCharsets.UTF_8);
    try {
      String id = SearchCursor.read("charge", "amount>1", token);
      assertThat(SearchCursor.write("charge", "amount>1", id)).isEqualTo(token.replace("=", ""));
    } catch (ApiException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.error().param()).isEqualTo("page");
    }
  }
}
