package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.wire.json.Json;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** TLS of the running listeners, as others' scanners and our own command see it. */
@Order(53)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TlsScanTest {

  private static final Duration LIMIT = Duration.ofMinutes(6);

  /** What testssl says of any certificate of a private authority for this machine. */
  private static final Set<String> PRIVATE_AUTHORITY =
      Set.of(
          "cert_chain_of_trust",
          "cert_trust",
          "cert_trust_wildcard",
          "cert_revocation",
          "cert_crlDistributionPoints",
          "cert_ocspURL",
          "cert_caIssuers",
          "cert_eTLS",
          "OCSP_stapling",
          "DNS_CAArecord",
          "overall_grade",
          "grade_cap_reason_1",
          "grade_cap_reason_2",
          "grade_cap_reason_3");

  private Portcullis portcullis;

  @BeforeAll
  void start() throws Exception {
    portcullis = Portcullis.start(Map.of(), "--tls");
  }

  @AfterAll
  void stop() throws Exception {
    portcullis.close();
  }

  static void requireTool(String name) {
    boolean there =
        List.of("/usr/bin", "/usr/sbin", "/usr/local/bin").stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    if (!there && "true".equals(System.getenv("CI"))) {
      throw new AssertionError(name + " is not installed, and nothing is skipped here");
    }
    Assumptions.assumeTrue(there, name + " is not installed");
  }

  @Test
  @Order(1)
  void ourOwnInventoryFindsNothingWrong() {
    CommandResult result = portcullis.run(Duration.ofMinutes(2), "tls", "--json");
    Map<String, ?> tree = Json.readObject(result.said().strip());
    assertThat(tree.get("well")).as(result.said()).isEqualTo(true);
    assertThat(result.exitCode()).isZero();
    assertThat(result.said())
        .contains("TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
        .doesNotContain("_CBC_", "TLS_RSA_", "TLSv1.1", "\"TLSv1\"");
  }

  @Test
  @Order(2)
  void sslscanSeesAuthenticatedEncryptionAlone() {
    requireTool("sslscan");
    for (String origin : List.of(portcullis.api(), portcullis.cards())) {
      URI uri = URI.create(origin);
      CommandResult scan =
          Commands.run(LIMIT, "sslscan", "--no-colour", uri.getHost() + ":" + uri.getPort());
      List<String> accepted =
          scan.said().lines().filter(l -> l.matches("^(Preferred|Accepted).*")).toList();
      assertThat(accepted).as(scan.said()).hasSizeGreaterThanOrEqualTo(5);
      assertThat(accepted).allMatch(l -> l.contains("GCM") || l.contains("CHACHA20"));
      assertThat(scan.said())
          .containsPattern("SSLv3 +disabled")
          .containsPattern("TLSv1.0 +disabled")
          .containsPattern("TLSv1.1 +disabled");
    }
  }

  /** Last, since the certificate is another afterwards. */
  @Test
  @Order(4)
  void aNewCertificateIsTakenOverAndABrokenOneIsNot() throws Exception {
    Assumptions.assumeTrue(Boolean.getBoolean("portcullis.long"), "takes two minutes");
    Path certificate = portcullis.home().resolve("gateway/tls/api.pem");
    Path key = portcullis.home().resolve("gateway/tls/api.key");
    Identity ca =
        Identity.parse(
            Files.readString(portcullis.home().resolve("ca/ca.pem")),
            Files.readString(portcullis.home().resolve("ca/ca.key")));
    Identity fresh = Authority.of(ca, Clock.systemUTC()).issue("renewed", Authority.Purpose.SERVER);
    overwrite(key, fresh.keyPem());
    overwrite(certificate, fresh.chainPem());
    await("the new certificate")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () ->
                portcullis
                    .run(Duration.ofMinutes(2), "tls", "--json")
                    .said()
                    .contains("CN=portcullis renewed"));
    overwrite(certificate, "nonsense");
    await("the warning")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                Files.readString(portcullis.home().resolve("gateway/log/gateway.log"))
                    .contains("the old one stays"));
    assertThat(portcullis.run(Duration.ofMinutes(2), "tls", "--json").said())
        .contains("CN=portcullis renewed");
  }

  /** In place, so that owner and mode stay. */
  private static void overwrite(Path file, String content) throws Exception {
    Files.writeString(file, content);
  }

  @Test
  @Order(3)
  void testsslFindsNothingAboveLow() throws Exception {
    Assumptions.assumeTrue(Boolean.getBoolean("portcullis.long"), "takes four minutes");
    requireTool("testssl");
    for (String origin : List.of(portcullis.api(), portcullis.cards())) {
      URI uri = URI.create(origin);
      Path report = Portcullis.freshFolder("testssl").resolve("report.json");
      CommandResult run =
          Commands.run(
              LIMIT,
              "testssl",
              "--nodns",
              "none",
              "--warnings",
              "off",
              "--color",
              "0",
              "--jsonfile",
              report.toString(),
              uri.getHost() + ":" + uri.getPort());
      List<String> bad = new ArrayList<>();
      boolean renegotiation = false;
      for (Object one :
          (List<?>) java.util.Objects.requireNonNull(Json.read(Files.readString(report)))) {
        if (one instanceof Map<?, ?> finding) {
          String severity = String.valueOf(finding.get("severity"));
          String id = String.valueOf(finding.get("id"));
          renegotiation |= id.equals("secure_client_renego") && severity.equals("OK");
          if (Set.of("MEDIUM", "HIGH", "CRITICAL").contains(severity)
              && PRIVATE_AUTHORITY.stream().noneMatch(id::startsWith)) {
            bad.add(id + " " + severity + ": " + finding.get("finding"));
          }
        }
      }
      assertThat(bad).as(run.said()).isEmpty();
      assertThat(renegotiation).as("clients cannot renegotiate").isTrue();
    }
  }
}
