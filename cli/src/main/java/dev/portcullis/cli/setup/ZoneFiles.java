package dev.portcullis.cli.setup;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the zones' folders. What a zone reads belongs to the operator and the zone's group;
 * only its secrets' and keys' files are its own, so that no third account can read them.
 */
public final class ZoneFiles {
  private final Home home;
  private final Accounts accounts;

  public ZoneFiles(Home home, Accounts accounts) {
    this.home = home;
    this.accounts = accounts;
  }

  /** Makes every folder of the home. */
  public void folders() {
    HomeFiles.folder(home.root().resolve("lib"), "rwxr-xr-x", null, null);
    HomeFiles.folder(home.authority(), "rwx------", null, null);
    HomeFiles.folder(home.operator(), "rwx------", null, null);
    for (Zone zone : Zone.values()) {
      shared(zone, home.zone(zone));
      own(zone, home.log(zone).resolveSibling(""));
      own(zone, home.temporary(zone));
      if (zone != Zone.POSTGRES) {
        shared(zone, home.zone(zone).resolve("secrets"));
        shared(zone, home.zone(zone).resolve("tls"));
      }
    }
    shared(Zone.VAULT, home.zone(Zone.VAULT).resolve("policy"));
    own(Zone.VAULT, home.transfers());
    own(Zone.VAULT, home.keptHead());
    own(Zone.SIMULATOR, home.ledger());
  }

  private void shared(Zone zone, Path folder) {
    HomeFiles.folder(
        folder, accounts.separate() ? "rwxr-x---" : "rwx------", null, accounts.of(zone));
  }

  private void own(Zone zone, Path folder) {
    HomeFiles.folder(folder, "rwx------", accounts.of(zone), accounts.of(zone));
  }

  /** Writes what a zone reads and cannot change. */
  void settings(Zone zone, Path file, String content) {
    String mode = accounts.separate() ? "rw-r-----" : "rw-------";
    HomeFiles.write(file, content.getBytes(StandardCharsets.UTF_8), mode, null, accounts.of(zone));
  }

  /** Writes a file that the zone's account alone can read. */
  public void secret(Zone zone, Path file, String content) {
    String account = accounts.of(zone);
    HomeFiles.write(file, content.getBytes(StandardCharsets.UTF_8), "rw-------", account, account);
  }

  /**
   * One secret for several zones: the one that any of them already has, else a new one. It never
   * changes: what was stored under it must stay readable.
   */
  String sharedSecret(String name, List<Zone> zones, Supplier<String> maker) {
    Optional<String> found =
        zones.stream()
            .flatMap(zone -> HomeFiles.read(home.secret(zone, name)).stream())
            .findFirst();
    String value = found.map(String::strip).orElseGet(maker);
    for (Zone zone : zones) {
      if (HomeFiles.read(home.secret(zone, name)).isEmpty()) {
        secret(zone, home.secret(zone, name), value + "\n");
      }
    }
    return value;
  }

  /** Writes a properties file; keys keep their order. */
  void properties(Zone zone, Map<String, @Nullable String> values) {
    StringBuilder text = new StringBuilder("# Written by portcullis at every start.\n");
    values.forEach(
        (key, value) -> {
          if (value != null) {
            text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n');
          }
        });
    settings(zone, home.properties(zone), text.toString());
  }
}
