package dev.portcullis.wire.people;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class RoleTest {

  @Test
  void onlyAdministratorsChangeAnything() {
    for (Role role : EnumSet.complementOf(EnumSet.of(Role.ADMINISTRATOR))) {
      assertThat(role.has(Right.MANAGE_KEYS)).isFalse();
      assertThat(role.has(Right.MANAGE_PEOPLE)).isFalse();
      assertThat(role.has(Right.MANAGE_PROVIDERS)).isFalse();
    }
    assertThat(Right.values()).allMatch(Role.ADMINISTRATOR::has);
    assertThat(Role.AUDITOR.has(Right.READ_AUDIT)).isTrue();
    assertThat(Role.OPERATOR.has(Right.READ_AUDIT)).isFalse();
    assertThat(Role.OPERATOR.has(Right.READ_KEYS)).isTrue();
  }

  @Test
  void namesAreReadBack() {
    assertThat(Role.values())
        .allSatisfy(role -> assertThat(Role.ofWireName(role.wireName())).isEqualTo(role));
  }
}
