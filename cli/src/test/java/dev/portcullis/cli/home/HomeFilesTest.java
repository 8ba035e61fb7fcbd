package dev.portcullis.cli.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeFilesTest {

  @TempDir private Path folder;

  /** What the file system refuses is said in words, and each path once. */
  @Test
  void aRefusalNamesNoClass() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "text");
    assertThatThrownBy(() -> HomeFiles.folder(file, "rwx------", null, null))
        .isInstanceOf(Refusal.class)
        .hasMessage("Could not make the folder " + file + " (it is there already).");
    Path nowhere = folder.resolve("none/file");
    assertThatThrownBy(() -> HomeFiles.writePrivate(nowhere, "text"))
        .hasMessage(
            "Could not write %s (%s: it does not exist)."
                .formatted(nowhere, folder.resolve("none/.file.new")));
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> HomeFiles.read(file))
        .hasMessage("Could not read " + file + " (it is no text in UTF-8).");
    assertThatThrownBy(() -> HomeFiles.read(folder))
        .hasMessage("Could not read " + folder + " (Is a directory).");
    assertThatThrownBy(() -> HomeFiles.folder(folder, "rwx------", "nobody-of-that-name", null))
        .hasMessageContaining("(there is no such user or group)");
  }

  @Test
  void whatIsNotThereIsSaidBeforeItIsNeeded() throws IOException {
    HomeFiles.requireReadable(Files.writeString(folder.resolve("report"), "text"));
    Path nowhere = folder.resolve("nowhere.csv");
    assertThatThrownBy(() -> HomeFiles.requireReadable(nowhere))
        .isInstanceOf(Refusal.class)
        .hasMessage("Could not read " + nowhere + " (it does not exist).");
  }

  @Test
  void anExceptionWithoutWordsIsSaidInSome() {
    assertThat(Reasons.of(new ConnectException())).isEqualTo("nobody answers there");
    assertThat(Reasons.of(new IOException())).isEqualTo("the connection or the disk failed");
  }
}
