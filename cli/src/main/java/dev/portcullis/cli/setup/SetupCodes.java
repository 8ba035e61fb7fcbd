package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.wire.people.People;
import dev.portcullis.wire.people.SetupCode;
import dev.portcullis.wire.people.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The codes with which the first person of each zone enrols. Each zone has one of its own, so that
 * neither can use what it was shown at the other. A zone gets the hash; the code itself waits in
 * the operator's folder until it is read, once.
 */
public final class SetupCodes {

  private final Home home;
  private final ZoneFiles files;
  private final SecureRandom random;
  private final InstantSource clock;

  SetupCodes(Home home, ZoneFiles files, SecureRandom random, InstantSource clock) {
    this.home = home;
    this.files = files;
    this.random = random;
    this.clock = clock;
  }

  /** Where a zone finds the hash. */
  static Path file(Home home, Zone zone) {
    return home.zone(zone).resolve("setup-code.json");
  }

  private static Path unread(Home home, Zone zone) {
    return home.operator().resolve("setup-code-" + zone.label());
  }

  /**
   * Makes a code for each of the zones that nobody administers and whose last one is missing or
   * over. One that has people, as after a restore, gets a file with a code that is over already and
   * that nobody has: its settings name the file.
   */
  void ensure(List<Zone> withoutPeople) {
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      Path file = file(home, zone);
      boolean missing = !Files.exists(file);
      String code = Token.enrollmentCode(random);
      if (withoutPeople.contains(zone) && (missing || isOver(file))) {
        HomeFiles.writePrivate(unread(home, zone), code + "\n");
        write(zone, code, clock.instant().plus(People.CODE_LIFE));
      } else if (missing) {
        write(zone, code, clock.instant());
      }
    }
  }

  private void write(Zone zone, String code, Instant expires) {
    files.settings(zone, file(home, zone), new SetupCode(Token.hash(code), expires).json());
  }

  private boolean isOver(Path file) {
    return !clock.instant().isBefore(SetupCode.read(file).expires());
  }

  /** Whether there are codes that nobody has read. */
  public static boolean areUnread(Home home) {
    return isUnread(home, Zone.GATEWAY) || isUnread(home, Zone.VAULT);
  }

  /** Whether there is one for that zone. */
  public static boolean isUnread(Home home, Zone zone) {
    return Files.exists(unread(home, zone));
  }

  /** The codes that nobody has read yet, by zone; from now on they are nowhere but here. */
  public static Map<Zone, String> take(Home home) {
    Map<Zone, String> codes = new TreeMap<>();
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      Path unread = unread(home, zone);
      Optional<String> code = HomeFiles.read(unread).map(String::strip);
      if (code.isPresent()) {
        try {
          Files.delete(unread);
        } catch (IOException e) {
          throw HomeFiles.failure("delete " + unread, e);
        }
        codes.put(zone, code.get());
      }
    }
    return codes;
  }
}
