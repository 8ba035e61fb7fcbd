package dev.portcullis.cli;

import dev.portcullis.cli.admin.CustodyLines;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.HealthProbe.Health;
import dev.portcullis.cli.setup.Certificates;
import dev.portcullis.wire.key.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator should know beside whether everything runs.
 *
 * @param paused how the pause after a restore stands ({@code paused}, {@code reconciling}, {@code
 *     reconciled}); empty where payments go on, or nobody could be asked
 * @param sealed what a sealed vault waits for; empty where it is open, or does not run
 * @param certificates the days that each certificate has left, by its file's path in the home
 * @param keyRefused whether the secret key that a sandbox begins with was revoked or rolled since,
 *     or has expired
 */
record Standing(
    Optional<String> paused,
    Optional<String> sealed,
    Map<String, Long> certificates,
    boolean keyRefused) {

  private static final String ENDED_KEY =
      "SELECT bool_and(revoked OR coalesce(expires_at <= now(), false))::text FROM api_keys"
          + " WHERE hint = ?";

  /**
   * Looks.
   *
   * @param report what runs: a database that does not is not asked
   */
  static Standing of(Home home, InstanceReport report, Instant now) {
    Optional<String> paused =
        report.alive().containsKey(Zone.GATEWAY.label()) ? paused(home) : Optional.empty();
    Optional<String> sealed =
        Health.SEALED.label().equals(report.health().get(Zone.VAULT.label()))
            ? Optional.of(CustodyLines.ofSealed(home))
            : Optional.empty();
    Map<String, Long> certificates = new TreeMap<>();
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      for (Path key : keys(home.zone(zone).resolve("tls"))) {
        Path file = Path.of(key.toString().replaceAll("\\.key$", ".pem"));
        Certificates.load(file, key)
            .ifPresent(
                identity ->
                    certificates.put(
                        home.root().relativize(file).toString(),
                        Duration.between(now, identity.certificate().getNotAfter().toInstant())
                            .toDays()));
      }
    }
    return new Standing(paused, sealed, certificates, keyRefused(home, report));
  }

  /** Asked of the database: a request by the key would count as its last use. */
  private static boolean keyRefused(Home home, InstanceReport report) {
    Map<String, @Nullable Object> facts =
        report.state().map(InstanceState::facts).orElseGet(Map::of);
    return report.alive().containsKey(Zone.GATEWAY.label())
        && facts.get("account") instanceof String account
        && facts.get("secret_key") instanceof String key
        && ApiKey.parse(key)
            .flatMap(parsed -> new ZoneQuery(home).ask(account, ENDED_KEY, parsed.redacted()))
            .equals(Optional.of("true"));
  }

  /** How it stands now. */
  static Standing of(Home home) {
    return of(home, InstanceReport.of(home), Clock.systemUTC().instant());
  }

  /** How the pause after a restore stands, as the gateway's database knows. */
  private static Optional<String> paused(Home home) {
    return new ZoneQuery(home)
        .ask(Zone.GATEWAY, "SELECT state FROM recoveries WHERE state <> 'resumed' LIMIT 1");
  }

  private static List<Path> keys(Path folder) {
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      return files.filter(file -> file.toString().endsWith(".key")).sorted().toList();
    } catch (IOException _) {
      // Somebody else's home: whoever may not look in learns of the rest all the same.
      return List.of();
    }
  }

  /** The one with the fewest days left. */
  Optional<Map.Entry<String, Long>> first() {
    return certificates.entrySet().stream().min(Map.Entry.comparingByValue());
  }
}
