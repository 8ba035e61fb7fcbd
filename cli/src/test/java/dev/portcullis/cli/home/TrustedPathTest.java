package dev.portcullis.cli.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.process.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustedPathTest {
  private static final int SOMEBODY = 47_110;

  @TempDir private Path temporary;
  private Path folder;
  private final TrustedPath ours = new TrustedPath(Accounts.user());

  @BeforeEach
  void makeFolder() throws IOException {
    folder = temporary.toRealPath();
  }

  @Test
  void acceptsAFolderOfOursAndOneThatIsYetToBeMade() throws IOException {
    Path home = folder(folder.resolve("home"), "rwx--x--x");
    assertThat(ours.follow(home)).isEqualTo(home);
    assertThat(ours.follow(folder.resolve("a/b/c"))).isEqualTo(folder.resolve("a/b/c"));
  }

  @Test
  void followsLinksOfOurs() throws IOException {
    Path home = folder(folder.resolve("home"), "rwx------");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("home"));
    Path twice = Files.createSymbolicLink(folder.resolve("twice"), link);
    Path up = Files.createSymbolicLink(home.resolve("up"), Path.of("../home"));
    assertThat(ours.follow(twice)).isEqualTo(home);
    assertThat(ours.follow(up.resolve("new"))).isEqualTo(home.resolve("new"));
    Path endless = folder.resolve("endless");
    Files.createSymbolicLink(endless, endless);
    assertThatThrownBy(() -> ours.follow(endless)).hasMessageContaining("too many links");
  }

  @Test
  void refusesAFolderThatOthersMayWrite() throws IOException {
    for (String mode : new String[] {"rwxrwx---", "rwx----w-"}) {
      Path home = folder(folder.resolve(mode), mode);
      assertThatThrownBy(() -> ours.follow(home))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("Others may write into the home " + home);
    }
  }

  @Test
  void refusesAWayThatOthersMayChange() throws IOException {
    Path open = folder(folder.resolve("open"), "rwxrwxrwx");
    Path home = folder(open.resolve("home"), "rwx------");
    for (Path way : new Path[] {home, open.resolve("new")}) {
      assertThatThrownBy(() -> ours.follow(way))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("goes through " + open + ", which others may change");
    }
    Files.setAttribute(open, "unix:mode", 01777);
    assertThat(ours.follow(home)).isEqualTo(home);
    // A sticky folder is a way and never a home.
    assertThatThrownBy(() -> ours.follow(open)).hasMessageContaining("Others may write");
  }

  @Test
  void refusesWhatSomebodyElseOwns() throws IOException {
    Path home = folder(folder.resolve("home"), "rwx------");
    Path link = Files.createSymbolicLink(folder.resolve("link"), home);
    if (Accounts.superuser()) {
      Files.setAttribute(link, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
      refusedAsForeign(ours, link, link);
      assertThat(ours.follow(home)).isEqualTo(home);
      Files.setAttribute(home, "unix:uid", SOMEBODY);
      refusedAsForeign(ours, home, home);
      refusedAsForeign(ours, home.resolve("new"), home);
      // Root's own folder is no home for anybody else.
      refusedAsForeign(new TrustedPath(SOMEBODY), folder, folder);
    } else {
      // Who cannot give files away asks as another.
      refusedAsForeign(new TrustedPath(SOMEBODY), home, folder);
    }
  }

  @Test
  void refusesAFileInTheWay() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> ours.follow(file.resolve("home")))
        .hasMessageContaining(file + " is not a folder");
  }

  @Test
  void programsMayBeRootsAndMustBeThere() throws IOException {
    TrustedPath programs = TrustedPath.toPrograms(Accounts.user());
    Path file = Files.createFile(folder(folder.resolve("bin"), "rwxr-xr-x").resolve("postgres"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThat(programs.followToOwnOrRoots(link)).isEqualTo(file);
    assertThat(TrustedPath.toPrograms(SOMEBODY).followToOwnOrRoots(Path.of("/usr")))
        .isEqualTo(Path.of("/usr"));
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> programs.followToOwnOrRoots(missing))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining(missing + " is not there; choose another --database-programs");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThatThrownBy(() -> programs.followToOwnOrRoots(link))
        .hasMessageContaining("Others may write into the programs " + file);
  }

  private static void refusedAsForeign(TrustedPath trusted, Path way, Path foreign) {
    assertThatThrownBy(() -> trusted.follow(way))
        .isInstanceOf(Refusal.class)
        .hasMessageStartingWith(foreign + " belongs to ");
  }

  private static Path folder(Path path, String mode) throws IOException {
    Files.createDirectory(path);
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }
}
