package dev.portcullis.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.home.Refusal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvidersPolicyCommandTest {

  @Test
  void aPolicyThatIsThereIsNotWrittenOver(@TempDir Path folder) {
    Path file = folder.resolve("policy.json");
    ProvidersPolicyCommand.write(file, "first");
    assertThatThrownBy(() -> ProvidersPolicyCommand.write(file, "second"))
        .isInstanceOf(Refusal.class)
        .hasMessage(file + " is there already: name another file with --out.");
    assertThat(file).hasContent("first");
  }
}
