package dev.portcullis.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No sealing key is ever lost, and the first line is the one that is meant to seal. */
class SealingKeysTest {
  private static final String FIRST = "1:" + "A".repeat(43) + "=";

  @TempDir Path folder = Path.of("");
  private Home home = new Home(Path.of("/"));
  private SealingKeys keys = new SealingKeys(home, new SecureRandom());

  @BeforeEach
  void makeAHome() {
    home = Home.at(folder);
    keys = new SealingKeys(home, new SecureRandom());
    Accounts.detect().ensure();
    new ZoneFiles(home, Accounts.detect()).folders();
    write(FIRST + "\n");
  }

  private void write(String text) {
    HomeFiles.writePrivate(home.secret(Zone.GATEWAY, "sealing-keys"), text);
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(home.secret(Zone.GATEWAY, "sealing-keys"));
  }

  @Test
  void aNewKeySealsAndTheOldOneStillOpens() throws IOException {
    assertThat(keys.rotate()).isEqualTo(2);
    assertThat(lines()).hasSize(2).last().isEqualTo(FIRST);
    assertThat(lines().getFirst()).startsWith("2:").hasSize(FIRST.length());
    assertThat(Files.getPosixFilePermissions(home.secret(Zone.GATEWAY, "sealing-keys")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aKeyThatStandsByIsTheOneThatSealsNext() throws IOException {
    assertThat(keys.addStandby()).isEqualTo(2);
    assertThat(keys.sealing()).hasValue(1);
    List<String> standby = lines();
    assertThat(standby).first().isEqualTo(FIRST);
    assertThat(keys.rotate()).isEqualTo(2);
    assertThat(lines()).containsExactly(standby.get(1), FIRST);
    assertThat(keys.sealing()).hasValue(2);
    assertThat(keys.rotate()).isEqualTo(3);
    assertThat(lines()).hasSize(3).endsWith(standby.get(1), FIRST);
  }

  @Test
  void olderKeysGoIntoAnotherFileAndTheOneThatSealsStays() throws IOException {
    keys.rotate();
    keys.rotate();
    keys.addStandby();
    List<String> before = lines();
    assertThat(keys.older()).as("4 stands by").containsExactly(1, 2);
    Path to = folder.resolve("older");
    keys.copy(List.of(1, 2), to);
    assertThat(Files.readAllLines(to)).containsExactly(before.get(1), FIRST);
    assertThat(Files.getPosixFilePermissions(to))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThatThrownBy(() -> keys.copy(List.of(1), to)).isInstanceOf(Refusal.class);
    assertThat(lines()).as("copied, not moved").isEqualTo(before);
    keys.remove(List.of(1, 2));
    assertThat(lines()).containsExactly(before.getFirst(), before.getLast());
    assertThatThrownBy(() -> keys.remove(List.of(3, 4))).isInstanceOf(Refusal.class);
    assertThat(lines()).hasSize(2);
  }

  @Test
  void whatIsNoKeyIsLeftAsItIs() throws IOException {
    write("nonsense\n");
    assertThatThrownBy(keys::rotate)
        .isInstanceOf(Refusal.class)
        .message()
        .doesNotContain("nonsense");
    assertThat(lines()).containsExactly("nonsense");
  }
}
