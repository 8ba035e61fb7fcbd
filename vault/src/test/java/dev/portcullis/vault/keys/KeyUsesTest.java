package dev.portcullis.vault.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.KeyKind;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyUsesTest {

  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  private final KeyUses uses = new KeyUses();

  private void note(int key, int second) {
    KeyRow row =
        new KeyRow(
            "acct_1",
            "key_" + key,
            1,
            false,
            KeyKind.PUBLISHABLE,
            new byte[32],
            List.of(),
            List.of(),
            null,
            false);
    uses.note(row, START.plusSeconds(second), InetAddress.getLoopbackAddress());
  }

  private List<Map<?, ?>> page(List<Map<?, ?>> written) {
    Map<String, @Nullable Object> said = new HashMap<>();
    if (!written.isEmpty()) {
      said.put(
          "written",
          written.stream()
              .map(use -> Map.of("account", "acct_1", "id", use.get("id"), "at", use.get("at")))
              .toList());
    }
    byte[] answer = uses.handle(new InternalArguments(said)).body();
    List<Map<?, ?>> page = new ArrayList<>();
    if (Json.readObject(new String(answer, StandardCharsets.UTF_8)).get("uses")
        instanceof List<?> told) {
      told.forEach(each -> page.add((Map<?, ?>) each));
    }
    return page;
  }

  /** Whatever keys there are, and if nobody ever asks. */
  @Test
  void theNewestOfManyAreKeptAndComeInPages() {
    int more = KeyUses.BOUND + 300;
    for (int key = 0; key < more; key++) {
      note(key, key);
    }
    note(300, more); // the oldest that is kept, once more: now it is the newest
    List<Object> ids = new ArrayList<>();
    List<Map<?, ?>> page = page(List.of());
    while (!page.isEmpty()) {
      assertThat(page).hasSizeLessThanOrEqualTo(500);
      page.forEach(use -> ids.add(use.get("id")));
      page = page(page);
    }
    assertThat(ids).hasSize(KeyUses.BOUND).doesNotHaveDuplicates();
    assertThat(ids.getFirst()).isEqualTo("key_301");
    assertThat(ids.getLast()).isEqualTo("key_300");
  }
}
