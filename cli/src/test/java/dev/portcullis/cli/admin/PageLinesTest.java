package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageLinesTest {

  @Test
  void saysWhenAPageIsLookedAtThatWasNot() {
    Map<String, @Nullable Object> page = new LinkedHashMap<>();
    page.put("id", "page_1");
    page.put("status", "waiting");
    page.put("url", "https://shop.example/pay");
    assertThat(PageLines.list(List.of(page))).contains("never", "`pages check` looks at once");
    page.put("last_good", 1_800_000_000L);
    assertThat(PageLines.list(List.of(page))).doesNotContain("pages check");
  }
}
