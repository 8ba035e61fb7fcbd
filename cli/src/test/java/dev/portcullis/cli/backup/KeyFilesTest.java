package dev.portcullis.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {

  @TempDir private Path home;

  private void write(String name, String content) throws IOException {
    Path folder = Files.createDirectories(home.resolve("vault/secrets"));
    Files.writeString(folder.resolve(name), content);
  }

  @Test
  void whatOpensAServiceIsNoKeyOfTheData() throws IOException {
    write("master-key", "a");
    write("key-service-token", "b");
    write("provider-acme", "c");
    write("database-password", "d");
    assertThat(KeyFiles.in(home)).containsExactly("vault/secrets/master-key");
    Map<String, Set<String>> then = KeyFiles.marks(home);
    write("key-service-token", "another by now");
    assertThatCode(() -> KeyFiles.require(home, then)).doesNotThrowAnyException();
    write("master-key", "another by now");
    assertThatThrownBy(() -> KeyFiles.require(home, then)).isInstanceOf(Refusal.class);
  }
}
