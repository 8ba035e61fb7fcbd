package dev.portcullis.cli.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HomeTest {

  @Test
  void aCommandForAPersonNamesTheHomeAsAShellReadsIt() {
    assertThat(new Home(Path.of("/var/lib/portcullis")).command("keys list"))
        .isEqualTo("./portcullis keys list --home /var/lib/portcullis");
    assertThat(new Home(Path.of("/srv/Ann's home")).command("up"))
        .isEqualTo("./portcullis up --home '/srv/Ann'\\''s home'");
  }
}
