package dev.portcullis.kit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {

  @Test
  void doesNotShowItself() {
    Secret secret = Secret.of("correct horse");
    assertThat(secret.toString()).isEqualTo("[REDACTED]");
    assertThat("%s".formatted(secret)).doesNotContain("horse");
    assertThat(secret.hashCode()).isEqualTo(Secret.of("battery staple").hashCode());
  }

  @Test
  void comparesByValue() {
    assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).isNotEqualTo(Secret.of("b"));
  }

  @Test
  void handsOutCopies() {
    byte[] bytes = {1, 2, 3};
    Secret secret = Secret.ofBytes(bytes);
    bytes[0] = 9;
    secret.revealBytes(SecretAccess.insecureGrant())[1] = 9;
    assertThat(secret.revealBytes(SecretAccess.insecureGrant())).containsExactly(1, 2, 3);
  }
}
