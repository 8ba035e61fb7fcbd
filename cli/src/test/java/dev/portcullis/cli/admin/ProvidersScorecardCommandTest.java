package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProvidersScorecardCommandTest {

  private static String table(long attempts) {
    Map<String, @Nullable Object> card = new LinkedHashMap<>();
    card.put("provider", "shop");
    card.put("attempts", attempts);
    return ProvidersScorecardCommand.table(List.of(card), 30);
  }

  @Test
  void saysWhyThereIsNoRate() {
    assertThat(table(29)).endsWith("-: of fewer than 30 payments no rate is made");
    assertThat(table(30)).doesNotContain("no rate");
  }
}
