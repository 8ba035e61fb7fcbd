package dev.portcullis.wire.key;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PermissionTest {

  @Test
  void whoNamesOneThatThereIsNotReadsWhichThereAre() {
    assertThat(Permission.parse("charges_read")).isEmpty();
    String said = Permission.unknown("charges_read");
    assertThat(said).startsWith("There is no permission charges_read; did you mean charge_read? ");
    for (ApiResource resource : ApiResource.values()) {
      assertThat(said).containsPattern("[ ]" + resource.wireName() + "[,.]");
    }
  }
}
