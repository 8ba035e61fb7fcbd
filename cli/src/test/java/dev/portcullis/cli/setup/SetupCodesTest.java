package dev.portcullis.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import dev.portcullis.wire.people.SetupCode;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupCodesTest {

  private static final Instant NOW = Instant.parse("2026-11-26T02:00:00Z");

  @Test
  void aRestoredZoneWithPeopleGetsNoCodeAndOneWithoutGetsOne(@TempDir Path folder) {
    Home home = Home.at(folder);
    Accounts accounts = Accounts.detect();
    accounts.ensure();
    ZoneFiles files = new ZoneFiles(home, accounts);
    files.folders();
    SetupCodes codes = new SetupCodes(home, files, new SecureRandom(), InstantSource.fixed(NOW));

    codes.ensure(List.of(Zone.VAULT));

    assertThat(SetupCode.read(SetupCodes.file(home, Zone.GATEWAY)).expires())
        .as("the gateway finds a file, and nobody enrols with it")
        .isEqualTo(NOW);
    assertThat(SetupCode.read(SetupCodes.file(home, Zone.VAULT)).expires()).isAfter(NOW);
    assertThat(SetupCodes.take(home)).containsOnlyKeys(Zone.VAULT);
  }
}
