package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Provider accounts through the command line, on the real processes. */
@Order(27)
@ExtendWith(SharedPortcullis.class)
class ProviderCommandsTest {

  private static final String SENTENCE = "early is not connected: no payment can be made there";

  private final Administrator administrator;

  ProviderCommandsTest(Portcullis portcullis) {
    this.administrator = Administrator.of(portcullis);
  }

  /** Only the vault knows: what it has no forward policy for takes no payment. */
  @Test
  void whatIsNotConnectedIsSaid() {
    String added =
        administrator.run("providers", "add", "early", "--connector", "sandbox").succeeded();
    try {
      assertThat(added).contains(SENTENCE);
      assertThat(administrator.run("providers", "list").succeeded())
          .contains(SENTENCE)
          .containsPattern("early .*not connected")
          .containsPattern("sandbox .*active");
    } finally {
      administrator.run("providers", "pause", "early").succeeded();
    }
  }

  @Test
  void aFeeHasItsUnit() {
    assertThat(administrator.run("providers", "list").succeeded())
        .containsPattern("sandbox .*2\\.90 % and 30 minor units");
  }
}
