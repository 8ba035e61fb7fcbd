package dev.portcullis.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A home that is fit for live payments, and homes with one defect each. */
class ProductionTest {

  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private TestHome test;
  private Home home;
  private final Map<String, String> environment = new HashMap<>();
  private final Around around = new Around();
  private Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

  private static final class Around implements Production.Surroundings {
    boolean separate = true;
    boolean simulator;
    List<Production.Defect> machine = List.of();
    Optional<Instant> time = Optional.of(NOW);
    final Map<Zone, OptionalInt> administrators = new HashMap<>();
    final Map<Zone, String> commandLines = new HashMap<>();

    @Override
    public OptionalInt administrators(Zone zone) {
      return administrators.getOrDefault(zone, OptionalInt.of(2));
    }

    @Override
    public Optional<String> commandLine(Zone zone) {
      return Optional.ofNullable(commandLines.get(zone));
    }

    @Override
    public boolean separateAccounts() {
      return separate;
    }

    @Override
    public List<Production.Defect> machine() {
      return machine;
    }

    @Override
    public boolean simulatorRuns() {
      return simulator;
    }

    @Override
    public Optional<Instant> databaseTime() {
      return time;
    }
  }

  @BeforeEach
  void makeAFitHome() throws IOException {
    test = new TestHome();
    home = test.home();
    HomeFiles.folder(home.run(), "rwx------", null, null);
    HomeFiles.folder(home.operator(), "rwx------", null, null);
    HomeFiles.folder(home.authority(), "rwx------", null, null);
    HomeFiles.writePrivate(home.operator().resolve("database"), "db.example:5432\n");
    Identity identity = Authority.create(clock).issue("api", Authority.Purpose.SERVER);
    for (Zone zone : List.of(Zone.GATEWAY, Zone.VAULT)) {
      HomeFiles.folder(home.zone(zone), "rwx------", null, null);
      HomeFiles.folder(home.zone(zone).resolve("secrets"), "rwx------", null, null);
      HomeFiles.folder(home.zone(zone).resolve("tls"), "rwx------", null, null);
      HomeFiles.writePrivate(home.secret(zone, "api-key-hash-key"), "x");
      HomeFiles.writePrivate(home.tls(zone, "public.pem"), identity.chainPem());
      HomeFiles.writePrivate(home.tls(zone, "public.key"), identity.keyPem());
    }
    String database = "database.url=jdbc:postgresql://db.example/x?sslmode=verify-full\n";
    Files.writeString(
        home.properties(Zone.GATEWAY),
        database
            + """
            api.tls.certificate=tls/public.pem
            api.tls.key=tls/public.key
            public-url=https://pay.example
            cards-url=https://cards.example
            sandbox=false
            """);
    Files.writeString(
        home.properties(Zone.VAULT),
        database
            + """
            cards.tls.certificate=tls/public.pem
            cards.tls.key=tls/public.key
            provider.acme.host=api.acme.example:443
            master-key.provider=sealed
            """);
  }

  @AfterEach
  void remove() throws IOException {
    test.close();
  }

  private List<String> found() {
    return defects(Production.Defect::name);
  }

  @Test
  void zonesWithOnePasswordOfTheDatabaseAreADefect() {
    HomeFiles.writePrivate(home.secret(Zone.GATEWAY, "database-password"), "one\n");
    HomeFiles.writePrivate(home.secret(Zone.VAULT, "database-password"), "another\n");
    assertThat(found()).doesNotContain("same_password");
    HomeFiles.writePrivate(home.secret(Zone.VAULT, "database-password"), "one\n");
    assertThat(found()).contains("same_password");
    assertThat(sentences().toString()).doesNotContain("one\n").contains("vault/secrets/database");
  }

  private List<String> sentences() {
    return defects(Production.Defect::sentence);
  }

  private List<String> defects(Function<Production.Defect, String> member) {
    return new Production(home, environment, around, clock).defects().stream().map(member).toList();
  }

  private void change(Zone zone, String what, String to) throws IOException {
    Path file = home.properties(zone);
    String before = Files.readString(file);
    assertThat(before).contains(what);
    Files.writeString(file, before.replace(what, to));
  }

  @Test
  void aFitHomeHasNoDefect() {
    assertThat(found()).isEmpty();
  }

  @Test
  void nothingThere() throws IOException {
    Files.delete(home.properties(Zone.VAULT));
    assertThat(found()).containsExactly("not_set_up");
  }

  @Test
  void whoWasJustLetInMayChangeThings() throws IOException {
    String provider = "master-key.provider=sealed\n";
    for (String settling : List.of("PT0S", "PT23H59M59S", "soon")) {
      change(Zone.VAULT, provider, provider + "admin.settling=" + settling + "\n");
      assertThat(found()).as(settling).containsExactly("settling");
      change(Zone.VAULT, "admin.settling=" + settling + "\n", "");
    }
    change(Zone.VAULT, provider, provider + "admin.settling=PT24H\n");
    assertThat(found()).isEmpty();
  }

  @Test
  void aSandbox() throws IOException {
    change(Zone.GATEWAY, "sandbox=false", "sandbox=true");
    assertThat(found()).containsExactly("sandbox");
  }

  @Test
  void aMasterKeyInAFile() throws IOException {
    change(Zone.VAULT, "master-key.provider=sealed", "old-master-key.provider=file");
    assertThat(found()).containsExactly("master_key_file", "master_key_file");
    change(Zone.VAULT, "old-master-key.provider=file", "master-key.provider=aws-kms");
    assertThat(found()).isEmpty();
  }

  @Test
  void theSandboxesKeys() {
    HomeFiles.writePrivate(home.operator().resolve("sandbox-keys.json"), "{}");
    assertThat(found()).containsExactly("sandbox_keys");
  }

  @Test
  void plainHttp() throws IOException {
    change(Zone.GATEWAY, "api.tls.certificate", "#");
    assertThat(found()).containsExactly("plain_http_api");
    change(Zone.VAULT, "cards.tls.key", "#");
    assertThat(found()).containsExactly("plain_http_api", "plain_http_cards");
  }

  @Test
  void aPlainAddress() throws IOException {
    change(Zone.GATEWAY, "https://cards", "http://cards");
    assertThat(found()).containsExactly("plain_url");
  }

  @Test
  void aCertificateThatEndsSoon() {
    clock = Clock.offset(clock, Duration.ofDays(61));
    around.time = Optional.of(clock.instant());
    assertThat(found()).containsExactly("certificate_api", "certificate_cards");
  }

  @Test
  void aCertificateThatIsNone() throws IOException {
    Files.writeString(home.tls(Zone.VAULT, "public.pem"), "nonsense");
    assertThat(found()).containsExactly("certificate_cards");
  }

  @Test
  void anothersKey() {
    HomeFiles.writePrivate(
        home.tls(Zone.GATEWAY, "public.key"),
        Authority.create(clock).issue("other", Authority.Purpose.SERVER).keyPem());
    assertThat(found()).containsExactly("certificate_api");
  }

  @Test
  void aKeyThatEverybodyCanRead() throws IOException {
    Files.setPosixFilePermissions(
        home.tls(Zone.VAULT, "public.key"), PosixFilePermissions.fromString("rw-r--r--"));
    // In the home it is a file like others, too; most lie elsewhere.
    assertThat(found()).containsExactly("open_key_cards", "file_mode");
  }

  @Test
  void theDatabaseThatComesAlong() {
    HomeFiles.writePrivate(home.operator().resolve("database"), "embedded\n");
    assertThat(found()).containsExactly("embedded_database");
    assertThat(sentences()).singleElement(STRING).contains("no backup of it was made");
    Path backup = home.root().resolve("x.backup");
    HomeFiles.writePrivate(backup, "1234");
    lastBackup(NOW.minus(Duration.ofDays(3)), backup);
    assertThat(found()).containsExactly("embedded_database");
    lastBackup(NOW.minus(Duration.ofHours(30)), backup);
    assertThat(found()).isEmpty();
    HomeFiles.writePrivate(backup, "12");
    assertThat(found()).containsExactly("backup");
    lastBackup(NOW, home.root().resolve("carried-away.backup"));
    assertThat(found()).isEmpty();
  }

  private void lastBackup(Instant at, Path file) {
    HomeFiles.writePrivate(
        home.backupHistory(),
        "{\"backups\": [{\"id\": \"bkp_1\", \"at\": \"%s\", \"file\": \"%s\", \"bytes\": 4}]}"
            .formatted(at, file));
  }

  @Test
  void tooFewAdministrators() {
    around.administrators.put(Zone.VAULT, OptionalInt.of(1));
    assertThat(found()).containsExactly("administrators_vault");
    assertThat(sentences())
        .singleElement(STRING)
        .contains(
            "has 1 administrator with",
            "people add NAME --role administrator --zone vault --home " + home.root());
    around.administrators.put(Zone.GATEWAY, OptionalInt.empty());
    assertThat(found()).containsExactly("administrators_gateway", "administrators_vault");
  }

  /** Nobody can add anybody before somebody is there. */
  @Test
  void theFirstAdministratorIsToldHowTheyBegin() {
    String enroll = "people enroll NAME --zone vault --home " + home.root();
    around.administrators.put(Zone.VAULT, OptionalInt.of(0));
    assertThat(sentences())
        .singleElement(STRING)
        .contains("has 0 administrators", "was shown already", enroll)
        .doesNotContain("people add");
    HomeFiles.writePrivate(home.operator().resolve("setup-code-vault"), "x");
    assertThat(sentences().getFirst())
        .contains("people setup-code --home " + home.root(), "then", enroll)
        .doesNotContain("people add");
    around.administrators.put(Zone.VAULT, OptionalInt.empty());
    assertThat(sentences().getFirst()).contains("up --home " + home.root());
  }

  @Test
  void aSetupCodeThatNobodyHasRead() {
    HomeFiles.writePrivate(home.operator().resolve("setup-code-vault"), "x");
    assertThat(found()).containsExactly("setup_code");
  }

  @Test
  void aDatabaseThatAForeignClassVerifies() throws IOException {
    change(
        Zone.GATEWAY,
        "verify-full",
        "verify-full&sslfactory=org.postgresql.ssl.NonValidatingFactory");
    assertThat(found()).containsExactly("database_tls");
  }

  @Test
  void debugLogsOfWhatRuns() throws IOException {
    around.commandLines.put(
        Zone.GATEWAY, "java -Xmx1g -Dlogging.level.org.apache=TRACE -cp x Main");
    assertThat(found()).containsExactly("debug_gateway");
    around.commandLines.put(Zone.GATEWAY, "java -Xmx1g -Dfile.encoding=UTF-8 -cp x Main");
    assertThat(found()).isEmpty();
    HomeFiles.folder(home.temporary(Zone.GATEWAY), "rwx------", null, null);
    HomeFiles.writePrivate(
        home.temporary(Zone.GATEWAY).resolve("application.properties"), "logging.level.root=DEBUG");
    assertThat(found()).containsExactly("debug_gateway");
  }

  @Test
  void aDatabaseThatProvesNothing() throws IOException {
    change(Zone.VAULT, "verify-full", "require");
    assertThat(found()).containsExactly("database_tls");
  }

  @Test
  void aDebuggerAndDebugLogs() {
    environment.put("PORTCULLIS_VAULT_JAVA_OPTIONS", "-agentlib:jdwp=transport=dt_socket");
    assertThat(found()).containsExactly("debug_vault");
    environment.clear();
    environment.put("PORTCULLIS_GATEWAY_JAVA_OPTIONS", "-Xmx1g -Dlogging.level.root=DEBUG");
    assertThat(found()).containsExactly("debug_gateway");
    environment.put("PORTCULLIS_GATEWAY_JAVA_OPTIONS", "-Xmx1g");
    assertThat(found()).isEmpty();
  }

  @Test
  void whatTheMachineLetsOut() {
    around.machine = List.of(new Production.Defect("swap", "It is swapped to a disk."));
    assertThat(found()).containsExactly("swap");
  }

  @Test
  void aHomeThatOthersWriteTo() throws IOException {
    Files.setPosixFilePermissions(home.root(), PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThat(found()).containsExactly("file_mode");
    Files.setPosixFilePermissions(home.root(), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(found()).isEmpty();
  }

  @Test
  void oneAccountForAll() {
    around.separate = false;
    assertThat(found()).containsExactly("shared_account");
  }

  @Test
  void anOpenFile() throws IOException {
    for (Path path :
        List.of(
            home.secret(Zone.VAULT, "api-key-hash-key"),
            home.tls(Zone.GATEWAY, "public.key"),
            home.operator())) {
      var before = Files.getPosixFilePermissions(path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-----"));
      assertThat(found()).as(path.toString()).containsExactly("file_mode");
      Files.setPosixFilePermissions(path, before);
    }
  }

  @Test
  void aSimulator() throws IOException {
    around.simulator = true;
    assertThat(found()).containsExactly("simulator");
    around.simulator = false;
    change(Zone.VAULT, "api.acme.example:443", "localhost:4246");
    assertThat(found()).containsExactly("simulator");
  }

  @Test
  void clocksThatDiffer() {
    around.time = Optional.of(NOW.plusSeconds(3));
    assertThat(found()).containsExactly("clock");
    around.time = Optional.empty();
    assertThat(found()).containsExactly("clock");
  }
}
