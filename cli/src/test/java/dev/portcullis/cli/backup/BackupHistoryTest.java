package dev.portcullis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.home.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which backups {@code --keep} removes: the home's own alone, by its own record. */
class BackupHistoryTest {
  private static final Instant FIRST = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path root = Path.of("");
  private Home home = new Home(root.toAbsolutePath());
  private Path folder = root;

  @BeforeEach
  void folders() throws IOException {
    home = new Home(Files.createDirectory(root.resolve("home")));
    Files.createDirectory(home.operator());
    folder = Files.createDirectory(root.resolve("backups"));
  }

  private Path made(int day) throws IOException {
    Path file = folder.resolve("portcullis-inst_1-202601%02dT030405000Z.backup".formatted(day));
    Files.writeString(file, "backup " + day);
    BackupHistory.add(
        home,
        new BackupHistory.Made(
            "bkp_" + day, FIRST.plusSeconds(86_400L * day), file, Files.size(file)));
    return file;
  }

  private List<Path> surplus(int keep) {
    return BackupHistory.surplus(home, folder, keep).stream()
        .map(BackupHistory.Made::file)
        .toList();
  }

  @Test
  void theOldestGoAndTheNewestStay() throws IOException {
    Path first = made(1);
    Path second = made(2);
    made(3);
    assertThat(surplus(1)).containsExactly(first, second);
    assertThat(surplus(3)).isEmpty();
    assertThat(surplus(Integer.MAX_VALUE)).isEmpty();
  }

  @Test
  void filesThatSomebodyLaidThereUnderLaterNamesCountForNothing() throws IOException {
    Path first = made(1);
    made(2);
    for (int year = 2090; year < 2099; year++) {
      Path forged = folder.resolve("portcullis-inst_1-%d0101T000000000Z.backup".formatted(year));
      Files.writeString(forged, "forged");
    }
    assertThat(surplus(2)).isEmpty();
    assertThat(surplus(1)).containsExactly(first);
  }

  /** A clock that was set back makes names that sort before older ones. */
  @Test
  void theOneJustMadeStaysWhateverItsName() throws IOException {
    Path before = made(9);
    made(1);
    assertThat(surplus(1)).containsExactly(before);
  }

  @Test
  void whatIsNotAsItWasWrittenIsNotCounted() throws IOException {
    Path good = made(1);
    Path cut = made(2);
    Path carriedAway = made(3);
    Path link = made(4);
    Path last = made(5);
    Files.writeString(cut, "b");
    Files.delete(carriedAway);
    Files.delete(link);
    Files.createSymbolicLink(link, last);
    assertThat(surplus(2)).isEmpty();
    assertThat(surplus(1)).containsExactly(good);
  }

  @Test
  void aFolderIsTheSameByAnyWayToItAndNoOtherIs() throws IOException {
    Path first = made(1);
    made(2);
    Path link = Files.createSymbolicLink(root.resolve("link"), folder);
    Path other = Files.createDirectory(root.resolve("other"));
    assertThat(BackupHistory.surplus(home, link, 1))
        .extracting(BackupHistory.Made::file)
        .containsExactly(first);
    assertThat(BackupHistory.surplus(home, other, 1)).isEmpty();
  }

  @Test
  void moreAreRememberedThanTheLastHundred() throws IOException {
    Path first = made(1);
    for (int i = 0; i < 101; i++) {
      BackupHistory.add(home, new BackupHistory.Made("bkp", FIRST, root.resolve("x" + i), 1));
    }
    made(2);
    assertThat(surplus(1)).containsExactly(first);
  }
}
