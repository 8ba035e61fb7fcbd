package dev.portcullis.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.KeyKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScanTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path folder;

  private final ApiKey key = ApiKey.generate(KeyKind.SECRET, true, RANDOM);

  private static Progress silent() {
    return new Progress(new PrintWriter(new StringWriter()), "objects", false);
  }

  private List<FoundKey> tree(boolean publishable) {
    List<FoundKey> found = new ArrayList<>();
    new TreeScan(folder, publishable, silent()).run(found::add);
    return found;
  }

  private List<FoundKey> history() {
    List<FoundKey> found = new ArrayList<>();
    new HistoryScan(folder, false, silent()).run(found::add);
    return found;
  }

  private String git(String... arguments) {
    try {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "git",
                  "-c",
                  "user.name=Test",
                  "-c",
                  "user.email=test@example.com",
                  "-c",
                  "commit.gpgSign=false",
                  "-C",
                  folder.toString()));
      command.addAll(List.of(arguments));
      Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(git.waitFor()).as(said).isZero();
      return said.strip();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String commit(String message) {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "-m", message);
    return git("rev-parse", "HEAD");
  }

  @Test
  void aKeyIsFoundWithItsLineAndNeverShown() throws IOException {
    Files.createDirectories(folder.resolve("src"));
    Files.writeString(folder.resolve("src/app.js"), "a\nb\nconst key = '" + key.text() + "';\n");
    List<FoundKey> found = tree(false);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().shown()).isEqualTo("src/app.js:3: " + key.redacted());
    String report = Json.writeString(new ScanReport(folder, found).tree());
    assertThat(report).doesNotContain(key.text()).contains(key.redacted());
  }

  @Test
  void theChecksumTellsAKeyFromWhatLooksLikeOne() throws IOException {
    char[] other = key.text().toCharArray();
    other[20] = other[20] == 'a' ? 'b' : 'a';
    Files.writeString(
        folder.resolve("a.txt"),
        new String(other) + "\nsk_live_short\nsk_test_" + "A".repeat(39) + "\n");
    assertThat(tree(false)).isEmpty();
  }

  @Test
  void publishableKeysCountOnDemandAlone() throws IOException {
    ApiKey page = ApiKey.generate(KeyKind.PUBLISHABLE, false, RANDOM);
    ApiKey restricted = ApiKey.generate(KeyKind.RESTRICTED, false, RANDOM);
    Files.writeString(folder.resolve("a.html"), page.text() + " " + restricted.text());
    assertThat(tree(false)).extracting(FoundKey::redacted).containsExactly(restricted.redacted());
    assertThat(tree(true)).hasSize(2);
  }

  /** Wherever a key stands to the buffer's end, and whatever is around it. */
  @Test
  void aKeyIsFoundAtEveryPlaceOfABinaryStream() throws IOException {
    Random random = new Random(7);
    byte[] text = key.text().getBytes(StandardCharsets.US_ASCII);
    for (int before = 65_536 - 60; before <= 65_536 + 10; before++) {
      byte[] bytes = new byte[before + text.length + random.nextInt(3)];
      random.nextBytes(bytes);
      System.arraycopy(text, 0, bytes, before, text.length);
      List<ApiKey> found = new ArrayList<>();
      new KeyFinder(false).search(new ByteArrayInputStream(bytes), (k, _) -> found.add(k));
      assertThat(found).as("after " + before + " bytes").containsExactly(key);
    }
  }

  /** A stream that gives a few bytes at a time, as pipes do. */
  @Test
  void aKeyIsFoundInPieces() throws IOException {
    byte[] bytes = ("x\n" + key.text()).getBytes(StandardCharsets.US_ASCII);
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int from, int length) {
            return super.read(target, from, Math.min(length, 5));
          }
        };
    List<Long> lines = new ArrayList<>();
    new KeyFinder(false).search(slow, (_, line) -> lines.add(line));
    assertThat(lines).containsExactly(2L);
  }

  /** 64 MiB go through one buffer. */
  @Test
  void aBigFileNeedsNoMoreMemory() throws IOException {
    byte[] zeros = new byte[1 << 20];
    Path big = folder.resolve("big.bin");
    try (var out = Files.newOutputStream(big)) {
      for (int at = 0; at < 64; at++) {
        out.write(zeros);
      }
      out.write(key.text().getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(tree(false)).hasSize(1);
  }

  @Test
  void aKeyThatWasAddedAndTakenOutAgainIsInTheHistory() throws IOException {
    git("init", "--quiet");
    Path file = folder.resolve("config/settings.env");
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(file, "A=1\n");
    commit("Begin");
    Files.writeString(file, "A=1\nKEY=" + key.text() + "\n");
    String guilty = commit("Add the key");
    Files.writeString(file, "A=1\n");
    commit("Take it out again");
    assertThat(tree(false)).as("it is not in the files any more").isEmpty();
    List<FoundKey> found = history();
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().shown())
        .isEqualTo("config/settings.env:2: " + key.redacted() + " in commit " + guilty);
    ScanReport report =
        ScanReport.parse(Json.write(new ScanReport(folder.toRealPath(), found).tree()));
    assertThat(report.keys())
        .containsExactly(Map.entry(found.getFirst().sha256(), Optional.of(key)));
  }

  @Test
  void messagesBranchesAndTagsAreSearchedToo() throws IOException {
    git("init", "--quiet", "--initial-branch=main");
    commit("Begin");
    ApiKey inMessage = ApiKey.generate(KeyKind.SECRET, false, RANDOM);
    ApiKey inTag = ApiKey.generate(KeyKind.SECRET, false, RANDOM);
    ApiKey onBranch = ApiKey.generate(KeyKind.RESTRICTED, true, RANDOM);
    ApiKey dropped = ApiKey.generate(KeyKind.RESTRICTED, true, RANDOM);
    String guilty = commit("Use " + inMessage.text() + " for now");
    git("tag", "-a", "v1", "-m", "with " + inTag.text());
    git("checkout", "--quiet", "-b", "side");
    Files.write(
        folder.resolve("b.bin"), ("\0\1" + onBranch.text()).getBytes(StandardCharsets.ISO_8859_1));
    commit("On the side");
    git("checkout", "--quiet", "main");
    Files.writeString(folder.resolve("c.txt"), dropped.text());
    commit("To be dropped");
    git("reset", "--quiet", "--hard", "HEAD~1");
    List<FoundKey> found = history();
    assertThat(found)
        .extracting(FoundKey::redacted)
        .containsExactlyInAnyOrder(
            inMessage.redacted(), inTag.redacted(), onBranch.redacted(), dropped.redacted());
    assertThat(found)
        .filteredOn(place -> place.redacted().equals(inMessage.redacted()))
        .extracting(FoundKey::commit)
        .containsExactly(guilty);
    assertThat(new ScanReport(folder.toRealPath(), found).keys().values())
        .allMatch(Optional::isPresent);
  }

  @Test
  void aRepositorysOwnConfigurationStartsNothing() throws IOException {
    git("init", "--quiet");
    Files.writeString(folder.resolve("a.txt"), key.text());
    commit("Begin");
    Path mark = folder.resolve("mark");
    git("config", "core.fsmonitor", "touch " + mark);
    git("config", "core.pager", "touch " + mark);
    git("config", "diff.external", "touch " + mark);
    git("config", "log.showSignature", "true");
    git("config", "gpg.program", "/bin/false");
    assertThat(history()).hasSize(1);
    assertThat(mark).doesNotExist();
  }

  @Test
  void whatIsNoRepositoryIsSaid() {
    assertThatThrownBy(this::history)
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("no git history");
  }

  @Test
  void aReportLeadsNowhereElse() throws IOException {
    Path outside = Files.createTempFile("outside", ".txt");
    Files.writeString(outside, key.text());
    FoundKey place =
        new FoundKey(
            key.redacted(),
            KeyFinder.sha256(key),
            folder.toRealPath().relativize(outside.toRealPath()).toString(),
            1,
            null,
            null);
    assertThat(new ScanReport(folder.toRealPath(), List.of(place)).keys().values())
        .containsExactly(Optional.empty());
    FoundKey option =
        new FoundKey(key.redacted(), KeyFinder.sha256(key), "", 1, null, "--batch-check");
    assertThat(new ScanReport(folder.toRealPath(), List.of(option)).keys().values())
        .containsExactly(Optional.empty());
    Files.delete(outside);
  }

  @Test
  void aReportThatIsNoneIsRefused() {
    for (String text : Arrays.asList("", "[]", "{}", "{\"root\":1,\"data\":[]}")) {
      assertThatThrownBy(() -> ScanReport.parse(text.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(Refusal.class);
    }
  }
}
