package dev.portcullis.cli.backup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup is read as it was written, or not at all. */
class BackupStreamTest {
  private static final int SEGMENT = 1 << 20;
  private static final BackupKeyPair PAIR = BackupKeyPair.generate();
  private static final RecoveryHalf KEY = PAIR.recovery();
  private static final TableName TABLE = new TableName("public", "t", List.of("a", "b"));
  private static final Preamble PREAMBLE = preamble();

  @TempDir Path folder = Path.of("");

  private static Preamble preamble() {
    Map<Zone, List<Preamble.Migration>> histories = new LinkedHashMap<>();
    histories.put(Zone.GATEWAY, List.of(new Preamble.Migration("1", -7)));
    histories.put(Zone.VAULT, List.of(new Preamble.Migration("2", 9)));
    return new Preamble(
        "bkp_1",
        "inst_1",
        Instant.parse("2026-01-02T03:04:05Z"),
        histories,
        Map.of("vault/secrets/master-key", Set.of("ab")));
  }

  /** Some segments of rows that do not compress. */
  private static byte[] rows() {
    byte[] rows = new byte[3 * SEGMENT + SEGMENT / 4];
    new Random(7).nextBytes(rows);
    rows[rows.length - 1] = '\n';
    return rows;
  }

  private static byte[] written(byte[] rows) throws IOException {
    return written(rows, HomeHalf.parse(PAIR.home().json(), "test"));
  }

  private static byte[] written(byte[] rows, HomeHalf half) throws IOException {
    return written(rows, half, PREAMBLE);
  }

  private static byte[] written(byte[] rows, HomeHalf half, Preamble preamble) throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    try (BackupWriter writer = new BackupWriter(to, half, preamble)) {
      BackupWriter.TableOut table = writer.table(Zone.GATEWAY, TABLE);
      table.write(rows, 0, rows.length);
      table.finish();
      writer.sequences(Zone.VAULT, List.of(new Catalogue.Sequence("public", "s", 41, true)));
      writer.end();
    }
    return to.toByteArray();
  }

  private Preamble verify(byte[] backup) throws IOException {
    return Backups.verify(Files.write(folder.resolve("backup"), backup), KEY, line -> {});
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    byte[] rows = rows();
    Path file = Files.write(folder.resolve("backup"), written(rows));
    RecoveryHalf stored = RecoveryHalf.parse(KEY.json(), "test");
    try (BackupReader reader = BackupReader.open(file, stored)) {
      assertThat(reader.preamble()).isEqualTo(PREAMBLE);
      BackupReader.Part.Table table = (BackupReader.Part.Table) reader.next().orElseThrow();
      assertThat(table.table()).isEqualTo(TABLE);
      assertThat(table.data().readAllBytes()).isEqualTo(rows);
      assertThat(reader.next())
          .contains(
              new BackupReader.Part.Sequences(
                  Zone.VAULT, List.of(new Catalogue.Sequence("public", "s", 41, true))));
      assertThat(reader.next()).isEmpty();
    }
  }

  @Test
  void whatWasCutOffAnywhereIsRefused() throws IOException {
    byte[] whole = written(rows());
    for (int length = 0; length < whole.length; length += SEGMENT / 2) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> verify(cut)).isInstanceOf(Refusal.class);
    }
    for (int segments = 1; segments <= 2; segments++) {
      // The first segment shares its room with the stream's own header.
      int end = whole.length % SEGMENT + segments * SEGMENT;
      for (int length : List.of(end - 1, end, end + 1)) {
        if (length < whole.length) {
          byte[] cut = Arrays.copyOf(whole, length);
          assertThatThrownBy(() -> verify(cut)).isInstanceOf(Refusal.class);
        }
      }
    }
    assertThat(verify(whole)).isEqualTo(PREAMBLE);
  }

  @Test
  void aChangedByteIsRefusedWhereverItIs() throws IOException {
    byte[] whole = written(rows());
    Random random = new Random(11);
    for (int i = 0; i < 24; i++) {
      byte[] changed = whole.clone();
      int at = i < 12 ? random.nextInt(600) : random.nextInt(whole.length);
      changed[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> verify(changed)).as("byte %d", at).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void segmentsInAnotherOrderAreRefused() throws IOException {
    byte[] whole = written(rows());
    byte[] swapped = whole.clone();
    int last = whole.length - SEGMENT / 2;
    System.arraycopy(whole, last - SEGMENT, swapped, last - 2 * SEGMENT, SEGMENT);
    System.arraycopy(whole, last - 2 * SEGMENT, swapped, last - SEGMENT, SEGMENT);
    assertThatThrownBy(() -> verify(swapped)).isInstanceOf(Refusal.class);
  }

  @Test
  void anotherKeyIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("backup"), written(rows()));
    RecoveryHalf other = BackupKeyPair.generate().recovery();
    assertThatThrownBy(() -> BackupReader.open(file, other))
        .isInstanceOf(Refusal.class)
        .hasMessageContainingAll(KEY.id(), other.id());
  }

  /** Genuine, of the same home and key: older, so that what was revoked since would live again. */
  @Test
  void anotherBackupPutInThePlaceOfTheVerifiedOneIsRefused() throws IOException {
    byte[] rows = {'1', '\n'};
    Path file = Files.write(folder.resolve("backup"), written(rows));
    Preamble verified = Backups.verify(file, KEY, line -> {});
    try (BackupReader reader = BackupReader.openVerified(file, KEY, verified)) {
      assertThat(reader.next()).isPresent();
    }
    Preamble older =
        new Preamble(
            "bkp_0",
            PREAMBLE.instance(),
            PREAMBLE.at().minusSeconds(1),
            PREAMBLE.histories(),
            PREAMBLE.keys());
    Path other = Files.write(folder.resolve("other"), written(rows, PAIR.home(), older));
    assertThat(Backups.verify(other, KEY, line -> {})).isEqualTo(older);
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> BackupReader.openVerified(file, KEY, verified))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no longer the backup that was verified");
  }

  @Test
  void aWriterThatWasInterruptedLeavesNoWholeBackup() throws IOException {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    try (BackupWriter writer = new BackupWriter(to, PAIR.home(), PREAMBLE)) {
      writer.table(Zone.GATEWAY, TABLE).finish();
    }
    assertThatThrownBy(() -> verify(to.toByteArray())).isInstanceOf(Refusal.class);
  }

  @Test
  void neitherHalfCanDoWhatTheOtherDoes() {
    assertThat(PAIR.home().id()).isEqualTo(KEY.id());
    assertThatThrownBy(() -> RecoveryHalf.parse(PAIR.home().json(), "test"))
        .isInstanceOf(Refusal.class);
    assertThatThrownBy(() -> HomeHalf.parse(KEY.json(), "test")).isInstanceOf(Refusal.class);
    // Even with the names of the uses changed: what it takes is not there.
    String posing = PAIR.home().json().replace("seals", "opens").replace("signs", "verifies");
    assertThatThrownBy(() -> RecoveryHalf.parse(posing, "test")).isInstanceOf(Refusal.class);
  }

  /**
   * Whoever has what backups are sealed with, and may write where they lie, signs with a key too.
   */
  @Test
  void whatTheHomeDidNotSignIsRefusedThoughItOpens() throws IOException {
    String another = BackupKeyPair.generate().home().json();
    HomeHalf posing =
        HomeHalf.parse(
            Json.writeString(
                Map.of(
                    "seals",
                    Objects.requireNonNull(Json.readObject(PAIR.home().json()).get("seals")),
                    "signs",
                    Objects.requireNonNull(Json.readObject(another).get("signs")))),
            "test");
    String forged =
        new String(written(rows(), posing), ISO_8859_1).replaceFirst(posing.id(), KEY.id());
    assertThatThrownBy(() -> verify(forged.getBytes(ISO_8859_1)))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("was not made by the home of this backup key");
  }

  /** The line of a real backup, and behind it something else that the forger sealed. */
  @Test
  void aSignatureIsWorthNothingBeforeAnotherStream() throws IOException {
    byte[] real = written(rows());
    byte[] other = written(new byte[] {'1', '\n'});
    byte[] mixed = Arrays.copyOf(real, start(real) + other.length - start(other));
    System.arraycopy(other, start(other), mixed, start(real), other.length - start(other));
    assertThatThrownBy(() -> verify(mixed)).isInstanceOf(Refusal.class);
  }

  /** Where the stream begins: after the name, the line and its signature. */
  private static int start(byte[] backup) {
    int lines = 0;
    int at = 0;
    while (lines < 3) {
      lines += backup[at++] == '\n' ? 1 : 0;
    }
    return at;
  }

  @Test
  void theSameRowsInAnotherOrderCountAsTheSame() {
    assertThat(count("1\ta\n2\tb\n", 3)).isEqualTo(count("2\tb\n1\ta\n", 5));
    assertThat(count("1\ta\n2\tb\n", 3)).isNotEqualTo(count("1\tb\n2\ta\n", 3));
    assertThat(count("1\ta\n1\ta\n", 3).hash()).isNotEqualTo(count("2\tb\n2\tb\n", 3).hash());
  }

  /** Given in parts, as it comes. */
  private static RowsDigest.Count count(String rows, int part) {
    byte[] bytes = rows.getBytes(UTF_8);
    RowsDigest digest = new RowsDigest();
    for (int at = 0; at < bytes.length; at += part) {
      digest.update(bytes, at, Math.min(part, bytes.length - at));
    }
    return digest.count();
  }

  @Test
  void tablesComeAfterThoseThatTheyReferTo() {
    TableName a = new TableName("s", "a", List.of("x"));
    TableName b = new TableName("s", "b", List.of("x"));
    Map<String, TableName> tables = new LinkedHashMap<>();
    tables.put(a.quoted(), a);
    tables.put(b.quoted(), b);
    assertThat(Catalogue.inOrder(tables, Map.of(a.quoted(), Set.of(b.quoted()))))
        .containsExactly(b, a);
  }
}
