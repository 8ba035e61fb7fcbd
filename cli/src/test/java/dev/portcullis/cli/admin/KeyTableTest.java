package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyTableTest {

  private static final String ID = "key_3kTq9aVbZx2mPdR7sWyLf1";

  private static Map<String, @Nullable Object> key(Map<String, Object> more) {
    Map<String, @Nullable Object> key = new LinkedHashMap<>();
    key.put("id", ID);
    key.put("hint", "sk_test_...a1b2");
    key.put("kind", "publishable");
    key.put("livemode", true);
    key.put("status", "active");
    key.put("vault", "done");
    key.put("created_by", "ann");
    key.put("cidrs", List.of());
    key.putAll(more);
    return key;
  }

  @Test
  void saysWhoMadeAKeyItsLastUseItsEndAndFromWhereItMayCome() {
    String table =
        KeyTable.of(
            List.of(
                key(
                    Map.of(
                        "last_used_at",
                        1_800_000_000L,
                        "last_used_address",
                        "203.0.113.7",
                        "expires_at",
                        1_900_000_000L,
                        "cidrs",
                        List.of("203.0.113.0/24")))));
    assertThat(table.lines())
        .containsExactly(
            "ID                          KEY              KIND         MODE  STATUS    EXPIRES",
            ID + "  sk_test_...a1b2  publishable  live  active    2030-03-17T17:46:40Z",
            "    made by ann, used 2027-01-15T08:00:00Z from 203.0.113.7, allowed from"
                + " 203.0.113.0/24");
  }

  @Test
  void saysThatARolledKeyIsStillUsedAndWhatTheVaultDoesNotKnowYet() {
    assertThat(
            KeyTable.of(
                List.of(
                    key(
                        Map.of(
                            "status",
                            "rolled",
                            "vault",
                            "pending",
                            "last_used_at",
                            1_800_000_000L,
                            "last_used_address",
                            "2001:db8::7")))))
        .contains("still used 2027-01-15T08:00:00Z from 2001:db8::7", "pending at vault")
        .contains("never", "allowed from anywhere");
    assertThat(KeyTable.of(List.of(key(Map.of("created_by", "")))))
        .contains("made by up, never used, allowed from anywhere");
    assertThat(KeyTable.of(List.of())).isEqualTo("There are no keys.");
  }

  @Test
  void saysWhatAKeyIsFor() {
    assertThat(
            KeyTable.of(List.of(key(Map.of("description", "Hosted payment pages; made by us."))))
                .lines())
        .element(2)
        .isEqualTo("    Hosted payment pages; made by us.");
    assertThat(KeyTable.of(List.of(key(Map.of("description", "many words ".repeat(45))))).lines())
        .hasSizeGreaterThan(7)
        .allMatch(line -> line.length() <= KeyTable.WIDTH);
  }

  @Test
  void noLineIsWiderThanATerminal() {
    List<String> blocks =
        java.util.stream.IntStream.range(0, 20)
            .mapToObj("2001:db8:1111:2222:3333:4444:5555:%x/128"::formatted)
            .toList();
    String table =
        KeyTable.of(
            List.of(
                key(Map.of("cidrs", blocks, "created_by", "a".repeat(40), "status", "revoked"))));
    assertThat(table.lines()).allMatch(line -> line.length() <= KeyTable.WIDTH);
    assertThat(table).contains(blocks);
  }
}
