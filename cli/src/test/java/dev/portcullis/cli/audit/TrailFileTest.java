package dev.portcullis.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrailFileTest {

  private static final Instant AT = Instant.parse("2026-11-26T10:00:00.123Z");
  private static final int ENTRIES = 12;
  private static final GivenHeads NONE = GivenHeads.of(List.of());

  @TempDir Path folder;

  private final KeyPair pair;
  private final HeadKey key;
  private final List<SignedHead> heads = new ArrayList<>();
  private Path file;

  TrailFileTest() throws GeneralSecurityException {
    pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    key = HeadKey.of(pair.getPublic());
    file = Path.of("");
  }

  @BeforeEach
  void export() {
    file = folder.resolve("trail.jsonl");
    byte[] root = ChainHash.start();
    try (TrailFile.Export export = new TrailFile.Export(file)) {
      for (long seq = 1; seq <= ENTRIES; seq++) {
        TrailEntry entry =
            TrailEntry.following(
                root, seq, AT, List.of("person.added", "änn \"quoted\"", "line\nbreak " + seq));
        root = entry.hash();
        export.write(line(entry));
        if (seq % 4 == 0) {
          SignedHead head =
              SignedHead.sign(
                  seq,
                  AT,
                  HexFormat.of().formatHex(root),
                  heads.isEmpty() ? SignedHead.NONE_BEFORE : heads.getLast().hash(),
                  key,
                  pair.getPrivate());
          heads.add(head);
          export.write(Map.of("size", head.size(), "head", head.text()));
        }
      }
      export.end(ENTRIES);
    }
  }

  private static Map<String, @Nullable Object> line(TrailEntry entry) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("seq", entry.seq());
    line.put("at", entry.at().toString());
    line.put("action", entry.texts().get(0));
    line.put("subject", entry.texts().get(1));
    line.put("detail", entry.texts().get(2));
    line.put("previous", HexFormat.of().formatHex(entry.previous()));
    line.put("hash", HexFormat.of().formatHex(entry.hash()));
    return line;
  }

  private Found verify(GivenHeads given) {
    return TrailFile.verify(file, List.of(key), given, _ -> {});
  }

  private void rewrite(UnaryOperator<List<String>> change) throws IOException {
    Files.write(file, change.apply(new ArrayList<>(Files.readAllLines(file))));
  }

  /** Without those lines; the first entry's is 1. */
  private static UnaryOperator<List<String>> without(int from, int until) {
    return lines -> {
      lines.subList(from, until).clear();
      return lines;
    };
  }

  @Test
  void aWholeOneIsWholeAndItsOwnersAlone() throws IOException {
    Found found = verify(NONE);
    assertThat(found.isWhole()).isTrue();
    assertThat(found.sentence("It"))
        .isEqualTo(
            "It is whole: 12 entries, 12 of them signed, head sha256:%s."
                .formatted(heads.getLast().root()));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> new TrailFile.Export(file)).isInstanceOf(Refusal.class);
  }

  @Test
  void whatWasChangedIsNamedByNumber() throws IOException {
    rewrite(
        lines -> {
          lines.replaceAll(line -> line.replace("break 6", "break 7"));
          return lines;
        });
    assertThat(verify(NONE).broken()).hasValue(6);
    assertThat(verify(NONE).sentence("It"))
        .startsWith("It is broken at entry 6: entry 6 was changed.");
  }

  @Test
  void whatWasTakenOutIsNamedByNumber() throws IOException {
    rewrite(without(3, 4));
    assertThat(verify(NONE).broken()).hasValue(3);
  }

  @Test
  void anEndThatWasCutOffIsNamedByAHeadInIt() throws IOException {
    rewrite(without(13, 15)); // entries 11 and 12; the head of 12 stays
    assertThat(verify(NONE).broken()).hasValue(11);
  }

  @Test
  void anEndThatWasCutOffWithItsHeadIsNamedByOneThatWasKept() throws IOException {
    rewrite(without(13, 16));
    assertThat(verify(NONE).isWhole()).isTrue();
    Path kept = folder.resolve("kept.log");
    Files.writeString(kept, "x\n{\"message\":\"head " + heads.getLast().text() + "\"}\n");
    for (String given : List.of(kept.toString(), heads.getLast().text())) {
      Found found = verify(GivenHeads.of(List.of(given)));
      assertThat(found.broken()).hasValue(11);
      assertThat(found.fault()).contains("entries 11 to 12 are missing at the end");
    }
    assertThat(verify(GivenHeads.of(List.of(heads.get(1).text()))).isWhole()).isTrue();
  }

  @Test
  void headsOfAnotherKeyAreNamed() throws GeneralSecurityException {
    HeadKey other =
        HeadKey.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic());
    Found found = TrailFile.verify(file, List.of(other), NONE, _ -> {});
    assertThat(found.fault()).contains("the head of 4 entries has no right signature");
    GivenHeads given = GivenHeads.of(List.of(heads.getFirst().text())).signedBy(List.of(other));
    assertThat(given.refused())
        .containsExactly("A given head of 4 entries has no right signature.");
    assertThat(given.newest()).isEmpty();
  }

  @Test
  void aBadLineIsNamedAndTheOthersCount() throws IOException {
    rewrite(without(13, 16));
    Path kept = folder.resolve("kept");
    Files.writeString(
        kept, heads.getFirst().text() + "\n" + "pah1.none\n" + heads.getLast().text() + "\n");
    GivenHeads given = GivenHeads.of(List.of(kept.toString()));
    assertThat(given.refused()).containsExactly(kept + ", line 2, is no head.");
    assertThat(verify(given).broken()).hasValue(11);
  }

  @Test
  void theNewestHeadIsNotedAndMissed() throws IOException {
    Home home = Home.at(Files.createDirectory(folder.resolve("home")));
    Files.createDirectory(home.operator());
    NotedHead noted = new NotedHead(home);
    assertThat(noted.compare(_ -> false)).isEmpty();
    noted.note(heads.get(1));
    noted.note(heads.getFirst());
    assertThat(noted.read()).as("the later one stays").contains(heads.get(1));
    assertThat(noted.compare(heads::contains)).isEmpty();
    assertThat(noted.compare(Set.of(heads.getFirst(), heads.getLast())::contains))
        .as("a later one is no proof")
        .contains("the head of 8 entries", "is gone");
  }

  @Test
  void whatIsNoExportIsRefused() throws IOException {
    rewrite(without(16, 17));
    assertThatThrownBy(() -> verify(NONE)).hasMessageContaining("not written to its end");
    rewrite(
        lines -> {
          lines.set(2, "{\"seq\":2,\"at\":\"never\"}");
          return lines;
        });
    assertThatThrownBy(() -> verify(NONE))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("after entry 1");
    rewrite(
        lines -> {
          lines.set(2, "x".repeat(2 << 20));
          return lines;
        });
    assertThatThrownBy(() -> verify(NONE)).hasMessageContaining("too long");
    Files.writeString(file, "{}\n");
    assertThatThrownBy(() -> verify(NONE)).hasMessageContaining("no exported audit trail");
    assertThatThrownBy(() -> GivenHeads.of(List.of(file.toString()))).isInstanceOf(Refusal.class);
    assertThat(GivenHeads.of(List.of(SignedHead.PREFIX + "AAAA")).refused()).hasSize(1);
  }

  @Test
  void theFirstKeysAreNotedAndOthersFoundOut() throws IOException, GeneralSecurityException {
    Home home = Home.at(Files.createDirectory(folder.resolve("home")));
    Files.createDirectory(home.operator());
    NotedKeys noted = new NotedKeys(home);
    assertThat(noted.compare(List.of())).isEmpty();
    assertThat(noted.read()).isEmpty();
    assertThat(noted.compare(List.of(key))).isEmpty();
    assertThat(noted.read()).containsExactly(key);
    HeadKey other =
        HeadKey.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic());
    assertThat(noted.compare(List.of(key, other))).contains(other.id());
    assertThat(noted.compare(List.of(other))).contains(other.id());
    assertThat(noted.compare(List.of())).isNotEmpty();
    noted.note(List.of(key, other));
    assertThat(noted.compare(List.of(other, key))).isEmpty();
  }
}
