package dev.portcullis.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.cli.TestHome;
import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.Accounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveHomeTest {

  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  private TestHome test;
  private TestHome place;
  private Home home;
  private final Map<String, String> more = new HashMap<>();
  private String masterKey = "sealed";
  private String apiUrl = "https://localhost";

  @BeforeEach
  void makeFolders() throws IOException {
    test = new TestHome();
    home = test.home();
    place = new TestHome();
    write("public", Authority.create(CLOCK).issue("api", Authority.Purpose.SERVER));
  }

  @AfterEach
  void remove() throws IOException {
    test.close();
    place.close();
  }

  private void write(String name, Identity identity) throws IOException {
    for (Path file :
        new Path[] {
          Files.writeString(file(name + ".pem"), identity.chainPem()),
          Files.writeString(file(name + ".key"), identity.keyPem())
        }) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }

  private Path file(String name) {
    return place.home().root().resolve(name);
  }

  private LiveHome.Origin origin(String url) {
    return new LiveHome.Origin(url, file("public.pem"), file("public.key"));
  }

  private void make(Instant now) {
    LiveHome.Wish wish =
        new LiveHome.Wish(
            origin(apiUrl), origin("https://127.0.0.1:8443"), masterKey, "0.0.0.0", more);
    new LiveHome(home, Accounts.detect()).examine(wish, now);
    new LiveHome(home, Accounts.detect()).make(wish);
  }

  private InstanceSetup setup() {
    return new InstanceSetup(
        home,
        new ZoneFiles(home, Accounts.detect()),
        new Ports(4242),
        false,
        Installation.load(home, Map.of()),
        CLOCK);
  }

  @Test
  void whatIsMadeIsLiveAndStaysSo() throws IOException {
    make(NOW);
    Installation installation = Installation.load(home, Map.of());
    assertThat(installation.live()).isTrue();
    assertThat(installation.of(Zone.VAULT))
        .containsEntry("master-key.provider", "sealed")
        .containsEntry("cards.tls.key", file("public.key").toString())
        .containsEntry("cards.host", "0.0.0.0");
    assertThat(setup().apiUrl()).isEqualTo("https://localhost");
    assertThat(setup().servesTls()).isTrue();
    setup().requireKind();
    assertThatThrownBy(() -> make(NOW)).hasMessageContaining("is set up already");
    Files.delete(Installation.file(home));
    assertThatThrownBy(() -> setup().requireKind())
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("was made for live payments");
  }

  @Test
  void aSandboxNeverBecomesLive() throws IOException {
    HomeFiles.folder(home.operator(), "rwx------", null, null);
    HomeFiles.writePrivate(home.operator().resolve("sandbox-keys.json"), "{}");
    assertThatThrownBy(() -> make(NOW)).hasMessageContaining("is set up already");
    Files.writeString(
        Installation.file(home),
        "gateway.livemode=true\nvault.livemode=true\nvault.master-key.provider=sealed\n");
    assertThatThrownBy(() -> setup().requireKind()).hasMessageContaining("was made as a sandbox");
    Files.writeString(Installation.file(home), "gateway.livemode=true\n");
    assertThatThrownBy(() -> setup().requireKind()).hasMessageContaining("must be the same");
  }

  @Test
  void everyFaultIsNamedAndNothingIsSetUp() throws IOException {
    masterKey = "pkcs11";
    more.put("vault.master-key.pkcs11.slot", "0");
    Files.writeString(file("public.key"), Files.readString(file("public.pem")));
    assertThatThrownBy(() -> make(NOW))
        .hasMessageContaining("public.key")
        .hasMessageContaining("needs --set vault.master-key.pkcs11.library=VALUE")
        .hasMessageContaining("vault.master-key.pkcs11.pin")
        .hasMessageNotContaining("pkcs11.slot=");
    masterKey = "file";
    assertThatThrownBy(() -> make(NOW)).hasMessageContaining("no file holds it");
    assertThat(Installation.file(home)).doesNotExist();
    assertThat(home.liveNote()).doesNotExist();
  }

  @Test
  void aSettingThatIsNoneLeavesNoFile() {
    more.put("vault.cards.retentoin", "P1D");
    assertThatThrownBy(() -> make(NOW)).hasMessageContaining("retentoin");
    assertThat(Installation.file(home)).doesNotExist();
    more.clear();
    more.put("vault.livemode", "false");
    more.put("gateway.livemode", "false");
    assertThatThrownBy(() -> make(NOW)).hasMessageContaining("cannot take livemode back");
    assertThat(Installation.file(home)).doesNotExist();
  }

  @Test
  void aCertificateForAnotherNameIsRefused() {
    apiUrl = "https://pay.example";
    assertThatThrownBy(() -> make(NOW))
        .hasMessage(
            "%s is for localhost, 127.0.0.1, 0:0:0:0:0:0:0:1, and not for pay.example: clients would"
                    .formatted(file("public.pem"))
                + " refuse it. Where an edge with a certificate of its own stands before it, say by"
                + " --set gateway.api.tls.name=NAME which name it expects here.");
    more.put("gateway.api.tls.name", "gateway1.internal");
    assertThatThrownBy(() -> make(NOW)).hasMessageContaining("not for gateway1.internal");
    more.put("gateway.api.tls.name", "localhost");
    make(NOW);
    assertThat(Installation.load(home, Map.of()).of(Zone.GATEWAY))
        .containsEntry("api.tls.name", "localhost");
  }

  @Test
  void certificatesThatDoNotServeAreRefused() throws IOException {
    assertThatThrownBy(() -> make(NOW.plus(Duration.ofDays(4_000))))
        .hasMessageContaining("has expired");
    if (Accounts.detect().separate()) {
      Files.setPosixFilePermissions(
          file("public.key"), PosixFilePermissions.fromString("rw-------"));
      assertThatThrownBy(() -> make(NOW))
          .hasMessageContaining("cannot be read by the zone's account, portcullis-gateway");
    }
  }
}
