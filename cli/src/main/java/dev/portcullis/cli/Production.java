package dev.portcullis.cli;

import dev.portcullis.cli.backup.BackupHistory;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.setup.SetupCodes;
import dev.portcullis.wire.config.ConfigException;
import dev.portcullis.wire.config.LiveMode;
import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.process.JvmInspection;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code doctor --production} looks at; it changes nothing. */
final class Production {

  private static final int WARN_DAYS = 30;
  private static final Duration SETTLING = Duration.ofHours(24);
  private static final Duration SKEW = Duration.ofSeconds(2);

  /** One alone could be let in again by nobody. */
  private static final int ADMINISTRATORS = 2;

  /** What Spring Boot reads where its process stands. */
  private static final Pattern SETTINGS_FILE =
      Pattern.compile("(application.*\\.(properties|ya?ml|xml)|config|logback.*\\.xml)");

  private static final Pattern TELLING =
      Pattern.compile(
          "-Dlogging\\.level\\S*=(debug|trace|all)|-Dlogging\\.config|-Dlogback\\."
              + "|-Djava\\.util\\.logging\\.|-Djavax\\.net\\.debug|-Djava\\.security\\.debug"
              + "|-Dspring\\.(config|profiles|application)|-D(debug|trace)(=true)?(\\s|$)",
          Pattern.CASE_INSENSITIVE);

  private final Home home;
  private final Map<String, String> environment;
  private final Surroundings surroundings;
  private final Clock clock;
  private final List<Defect> defects = new ArrayList<>();

  /**
   * Something to mend before live payments.
   *
   * @param name a stable name
   * @param sentence what is wrong, and what to do
   */
  record Defect(String name, String sentence) {}

  /** What lies outside the home. */
  interface Surroundings {
    /** Whether each zone has a system user of its own. */
    boolean separateAccounts();

    /** How the machine lets memory of the zones out. */
    List<Defect> machine();

    /** Whether a simulator runs. */
    boolean simulatorRuns();

    /** The database's clock; empty where it cannot be asked. */
    Optional<Instant> databaseTime();

    /** How many administrators of a zone have both factors; empty where it cannot be asked. */
    OptionalInt administrators(Zone zone);

    /** The command line of a zone's process; empty where none runs. */
    Optional<String> commandLine(Zone zone);
  }

  Production(Home home, Map<String, String> environment, Surroundings surroundings, Clock clock) {
    this.home = home;
    this.environment = environment;
    this.surroundings = surroundings;
    this.clock = clock;
  }

  /** All of them, in a fixed order. */
  List<Defect> defects() {
    Map<String, String> gateway = settings(Zone.GATEWAY);
    Map<String, String> vault = settings(Zone.VAULT);
    if (!defects.isEmpty()) {
      return defects;
    }
    sandbox(gateway, vault);
    masterKey(vault);
    listener("api", gateway, Zone.GATEWAY);
    listener("cards", vault, Zone.VAULT);
    urls(gateway);
    database(gateway, vault);
    logs();
    accounts();
    defects.addAll(surroundings.machine());
    modes();
    simulator(vault);
    clocks();
    passwords();
    administrators();
    settling(vault);
    return defects;
  }

  private void add(String name, String sentence) {
    defects.add(new Defect(name, sentence));
  }

  private Map<String, String> settings(Zone zone) {
    try {
      return ZoneConfig.read(home.properties(zone));
    } catch (ConfigException e) {
      add(
          "not_set_up",
          "The " + zone.label() + " has no settings: run " + home.command("up") + " once.");
      return Map.of();
    }
  }

  private void sandbox(Map<String, String> gateway, Map<String, String> vault) {
    Stream.of(gateway, vault)
        .filter(settings -> settings.getOrDefault("sandbox", "false").equals("true"))
        .findFirst()
        .ifPresent(
            _ ->
                add(
                    "sandbox",
                    "The zones run as a sandbox, as every home that up makes by itself: make"
                        + " another one for live payments with init --live (docs/OPERATIONS.md)."));
    if (gateway.containsKey("sandbox.keys")
        || Files.exists(home.operator().resolve("sandbox-keys.json"))) {
      add(
          "sandbox_keys",
          "The sandbox's keys stand in "
              + home.operator().resolve("sandbox-keys.json")
              + " in plain text: revoke them, and remove the file and sandbox.keys.");
    }
  }

  /** PCI DSS 3.6.1.2 and 3.7.6: whoever can read a file has the whole key. */
  private void masterKey(Map<String, String> vault) {
    for (String key : List.of("master-key.provider", "old-master-key.provider")) {
      String standard = key.startsWith("old-") ? "" : "file";
      if (vault.getOrDefault(key, standard).equals("file")) {
        add(
            "master_key_file",
            "The vault's "
                + key.replace(".provider", "")
                + " lies in a file, whole: have custodians, an HSM or a key service hold it (vault."
                + key
                + ").");
      }
    }
  }

  private void listener(String name, Map<String, String> settings, Zone zone) {
    String certificate = settings.getOrDefault(name + ".tls.certificate", "");
    String key = settings.getOrDefault(name + ".tls.key", "");
    if (certificate.isBlank() || key.isBlank()) {
      add(
          "plain_http_" + name,
          "The listener %s speaks plain HTTP: set %s.%s.tls.certificate and .key."
              .formatted(name, zone.label(), name));
      return;
    }
    try {
      Path folder = home.zone(zone);
      PemIdentity identity = PemIdentity.load(folder.resolve(certificate), folder.resolve(key));
      LiveMode.openKey(folder.resolve(key)).ifPresent(open -> add("open_key_" + name, open));
      Instant end = identity.chain().getFirst().getNotAfter().toInstant();
      long days = Duration.between(clock.instant(), end).toDays();
      if (days < WARN_DAYS) {
        add(
            "certificate_" + name,
            "The certificate of %s ends in %d days: renew %s.".formatted(name, days, certificate));
      }
      if (!identity.matches()) {
        add("certificate_" + name, "The key of %s is not its certificate's.".formatted(name));
      }
      strength(name, identity);
    } catch (TlsFileException e) {
      add("certificate_" + name, e.getMessage() + ": put a certificate there.");
    }
  }

  /** BSI TR-02102-1 and NIST SP 800-57: 112 bits and more until 2030. */
  private void strength(String name, PemIdentity identity) {
    boolean weak =
        switch (identity.chain().getFirst().getPublicKey()) {
          case java.security.interfaces.RSAKey rsa -> rsa.getModulus().bitLength() < 2_048;
          case java.security.interfaces.ECKey ec -> ec.getParams().getOrder().bitLength() < 224;
          default -> false;
        };
    String signature = identity.chain().getFirst().getSigAlgName();
    if (weak || signature.startsWith("SHA1") || signature.startsWith("MD5")) {
      add(
          "weak_certificate_" + name,
          "The certificate of %s is weak: RSA needs 2,048 bits, ECDSA 224, and no SHA-1."
              .formatted(name));
    }
  }

  private void urls(Map<String, String> gateway) {
    for (String key : List.of("public-url", "cards-url")) {
      if (!gateway.getOrDefault(key, "").startsWith("https://")) {
        add("plain_url", "Clients are told a plain address: set gateway." + key + " to https.");
      }
    }
  }

  private void database(Map<String, String> gateway, Map<String, String> vault) {
    boolean embedded =
        HomeFiles.read(home.operator().resolve("database"))
            .map(String::strip)
            .filter("embedded"::equals)
            .isPresent();
    if (embedded) {
      backup();
      return;
    }
    for (Map<String, String> settings : List.of(gateway, vault)) {
      String url = settings.getOrDefault("database.url", "");
      if (!LiveMode.isFullyVerified(url)) {
        Optional<String> foreign = LiveMode.foreignParameter(url);
        if (foreign.isPresent()) {
          add("database_tls", "database.url has the parameter " + foreign.get() + ": take it out.");
          return;
        }
        add(
            "database_tls",
            (LiveMode.isVerified(url) ? "On loopback, t" : "T")
                + "he database is reached without sslmode=verify-full: add it to --database-url.");
        return;
      }
    }
  }

  /** The database that comes along has no replica: what is lost with its disk is in no backup. */
  private void backup() {
    Optional<BackupHistory.Made> last = BackupHistory.last(home);
    boolean recent =
        last.isPresent()
            && Duration.between(last.get().at(), clock.instant()).compareTo(Examination.OLD_BACKUP)
                <= 0;
    if (!recent) {
      add(
          "embedded_database",
          "The data lies in the database that comes along, which has no replica, and "
              + last.map(made -> "its last backup is of " + made.at())
                  .orElse("no backup of it was made")
              + ": back up every day ("
              + home.command("backup --to FOLDER")
              + "), or use up --database-url with a server that has a replica.");
    } else if (!last.get().isAsWritten()) {
      add(
          "backup",
          "The last backup, "
              + last.get().file()
              + ", is not as it was written: make another one, on another disk.");
    }
  }

  private void logs() {
    for (Zone zone : List.of(Zone.GATEWAY, Zone.VAULT)) {
      String variable =
          "PORTCULLIS_" + zone.label().toUpperCase(java.util.Locale.ROOT) + "_JAVA_OPTIONS";
      if (tells(environment.getOrDefault(variable, ""))) {
        debug(zone, variable);
      } else if (tells(surroundings.commandLine(zone).orElse(""))) {
        debug(zone, "The command line with which it runs");
      } else {
        settingsFile(zone).ifPresent(file -> debug(zone, file.toString()));
      }
    }
  }

  private static boolean tells(String options) {
    return JvmInspection.opens(options) || TELLING.matcher(options).find();
  }

  private void debug(Zone zone, String where) {
    add(
        "debug_" + zone.label(),
        "%s opens the %s to a debugger, a heap dump or debug logs: take that out."
            .formatted(where, zone.label()));
  }

  private Optional<Path> settingsFile(Zone zone) {
    Path folder = home.temporary(zone);
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      return files
          .filter(file -> SETTINGS_FILE.matcher(String.valueOf(file.getFileName())).matches())
          .findFirst();
    } catch (IOException e) {
      return Optional.of(folder);
    }
  }

  /** The database's. People's own cannot be compared: each zone has salted hashes alone. */
  private void passwords() {
    Map<String, Path> seen = new HashMap<>();
    for (Path file :
        List.of(
            home.operator().resolve("postgres-password"),
            home.secret(Zone.GATEWAY, "database-password"),
            home.secret(Zone.VAULT, "database-password"))) {
      HomeFiles.read(file)
          .map(String::strip)
          .map(password -> seen.put(password, file))
          .ifPresent(
              other ->
                  add(
                      "same_password",
                      "%s and %s hold the same password of the database: give each role another one, in the database and there."
                          .formatted(other, file)));
    }
  }

  private void administrators() {
    for (Zone zone : List.of(Zone.GATEWAY, Zone.VAULT)) {
      OptionalInt active = surroundings.administrators(zone);
      if (active.isEmpty() || active.getAsInt() < ADMINISTRATORS) {
        add(
            "administrators_" + zone.label(),
            "The %s has %s with password and authenticator, and needs %d, so that one can let the other in again: %s."
                .formatted(
                    zone.label(), administrators(active), ADMINISTRATORS, howToAdd(zone, active)));
      }
    }
    if (SetupCodes.areUnread(home)) {
      add(
          "setup_code",
          "A code for a zone's first administrator lies unread in "
              + home.operator()
              + ": enrol, or read and forget it ("
              + home.command("people setup-code")
              + ").");
    }
  }

  /** What can be done as things stand: nobody can add anybody until somebody is there. */
  private String howToAdd(Zone zone, OptionalInt active) {
    if (active.isEmpty()) {
      return "the database cannot be asked; start the instance (%s), then run this again"
          .formatted(home.command("up"));
    }
    String enroll = home.command("people enroll NAME --zone " + zone.label());
    if (active.getAsInt() == 0) {
      return SetupCodes.isUnread(home, zone)
          ? "%s shows the first one's code, once; then %s"
              .formatted(home.command("people setup-code"), enroll)
          : "the first one's code was shown already: %s with it; where it is lost, stop and start a day after it was made, and there is a new one"
              .formatted(enroll);
    }
    return home.command("people add NAME --role administrator --zone " + zone.label())
        + " makes the other one's code";
  }

  /** Whoever lets an accomplice in is otherwise both people of a change in one minute. */
  private void settling(Map<String, String> vault) {
    String settling = vault.get("admin.settling");
    if (settling != null && !isAtLeast(settling, SETTLING)) {
      add(
          "settling",
          "Whoever was let in or reset takes part in changes after "
              + settling
              + ": take vault.admin.settling out, or set PT24H or more, so that others can"
              + " notice.");
    }
  }

  private static boolean isAtLeast(String text, Duration least) {
    try {
      return Duration.parse(text).compareTo(least) >= 0;
    } catch (DateTimeParseException _) {
      return false;
    }
  }

  private static String administrators(OptionalInt active) {
    if (active.isEmpty()) {
      return "an unknown number of administrators";
    }
    return active.getAsInt() == 1 ? "1 administrator" : active.getAsInt() + " administrators";
  }

  private void accounts() {
    if (!surroundings.separateAccounts()) {
      add(
          "shared_account",
          "The zones share one system user, who can read the vault's memory: start as root, so"
              + " that each gets its own.");
    }
  }

  private void modes() {
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      for (Path folder :
          List.of(home.zone(zone).resolve("secrets"), home.zone(zone).resolve("tls"))) {
        closed(folder);
      }
    }
    for (Path folder : List.of(home.authority(), home.operator(), home.run())) {
      mode(folder);
    }
    for (Path folder : List.of(home.root(), home.zone(Zone.VAULT), home.zone(Zone.GATEWAY))) {
      writable(folder);
    }
  }

  private void closed(Path folder) {
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      files
          .filter(file -> folder.endsWith("secrets") || file.toString().endsWith(".key"))
          .sorted()
          .forEach(this::mode);
    } catch (IOException e) {
      add("file_mode", folder + " cannot be listed: run doctor as who runs up.");
    }
  }

  /** Whoever writes there puts other files in the place of those that are closed. */
  private void writable(Path folder) {
    try {
      var mode = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
      if (mode.contains(PosixFilePermission.GROUP_WRITE)
          || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
        add(
            "file_mode",
            "%s can be written by others (%s): chmod go-w %s."
                .formatted(folder, PosixFilePermissions.toString(mode), folder));
      }
    } catch (IOException e) {
      add("file_mode", folder + " cannot be looked at: run doctor as who runs up.");
    }
  }

  private void mode(Path path) {
    try {
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      var mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
      if (mode.stream().map(PosixFilePermission::name).anyMatch(n -> !n.startsWith("OWNER_"))) {
        add(
            "file_mode",
            "%s is open to others (%s): chmod go-rwx %s."
                .formatted(path, PosixFilePermissions.toString(mode), path));
      }
    } catch (IOException e) {
      add("file_mode", path + " cannot be looked at: run doctor as who runs up.");
    }
  }

  private void simulator(Map<String, String> vault) {
    boolean configured =
        vault.entrySet().stream()
            .anyMatch(
                setting ->
                    setting.getKey().matches("provider\\.[a-z0-9-]+\\.host")
                        && setting.getValue().matches("(localhost|127\\..*|\\[::1]).*"));
    if (configured || surroundings.simulatorRuns()) {
      add(
          "simulator",
          "The simulator can be reached, and approves what no bank has seen: take provider.sandbox"
              + " out and run no simulator.");
    }
  }

  private void clocks() {
    Optional<Instant> time = surroundings.databaseTime();
    if (time.isEmpty()) {
      add("clock", "The database's clock cannot be asked: start the instance, then run this.");
      return;
    }
    Duration apart = Duration.between(clock.instant(), time.get()).abs();
    if (apart.compareTo(SKEW) > 0) {
      add(
          "clock",
          "The database's clock and this one are %d ms apart: synchronize both, with chrony."
              .formatted(apart.toMillis()));
    }
  }
}
