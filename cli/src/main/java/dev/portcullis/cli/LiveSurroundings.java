package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** This machine and the database, as they are. */
final class LiveSurroundings implements Production.Surroundings {

  private final Home home;
  private final ZoneQuery query;

  LiveSurroundings(Home home) {
    this.home = home;
    this.query = new ZoneQuery(home);
  }

  @Override
  public boolean separateAccounts() {
    return Accounts.detect().separate()
        && Accounts.exists(Zone.VAULT.account())
        && Accounts.exists(Zone.GATEWAY.account());
  }

  @Override
  public List<Production.Defect> machine() {
    ProcessMark vault = InstanceReport.of(home).alive().get(Zone.VAULT.label());
    return new Machine(Path.of("/"))
        .defects(vault == null ? "self" : Long.toString(vault.pid()), separateAccounts());
  }

  @Override
  public boolean simulatorRuns() {
    return InstanceReport.of(home).alive().containsKey(Zone.SIMULATOR.label());
  }

  @Override
  public Optional<Instant> databaseTime() {
    return query
        .ask(Zone.GATEWAY, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        .map(millis -> Instant.ofEpochMilli(Long.parseLong(millis)));
  }

  @Override
  public OptionalInt administrators(Zone zone) {
    return query
        .ask(
            zone,
            "SELECT count(*) FROM person WHERE role = 'administrator' AND removed IS NULL"
                + " AND password IS NOT NULL AND totp IS NOT NULL")
        .map(count -> OptionalInt.of(Integer.parseInt(count)))
        .orElse(OptionalInt.empty());
  }

  @Override
  public Optional<String> commandLine(Zone zone) {
    ProcessMark mark = InstanceReport.of(home).alive().get(zone.label());
    if (mark == null) {
      return Optional.empty();
    }
    try {
      byte[] raw = Files.readAllBytes(Path.of("/proc", Long.toString(mark.pid()), "cmdline"));
      return Optional.of(new String(raw, StandardCharsets.UTF_8).replace('\0', ' '));
    } catch (IOException _) {
      return mark.find().flatMap(process -> process.info().commandLine());
    }
  }
}
