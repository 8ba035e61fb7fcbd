package dev.portcullis.cli.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.TestHome;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void aHomeGoesOnWithThePortOfItsLastStart() throws IOException {
    try (TestHome test = new TestHome()) {
      Home home = test.home();
      HomeFiles.folder(home.operator(), "rwx------", null, null);
      assertThat(Ports.of(home, null)).isEqualTo(new Ports(4242));
      new Ports(9000).keep(home);
      assertThat(Ports.of(home, null)).isEqualTo(new Ports(9000));
      assertThat(Ports.of(home, 9100)).as("unless another is named").isEqualTo(new Ports(9100));
      HomeFiles.writePrivate(home.portNote(), "none");
      assertThatThrownBy(() -> Ports.of(home, null))
          .isInstanceOf(Refusal.class)
          .hasMessageContaining("name it with --port");
    }
  }
}
