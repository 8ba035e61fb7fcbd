package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.portcullis.cli.certs.Authority;
import dev.portcullis.cli.certs.Identity;
import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
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
  void withTlsBothOriginsSpeakModernTlsAndNothingElse() throws Exception {
    assertThat(portcullis.api()).startsWith("https://");
    assertThat(portcullis.cards()).startsWith("https://");
    SSLContext trusting = trusting(portcullis.home().resolve("ca/ca.pem"));
    for (String origin : List.of(portcullis.api(), portcullis.cards())) {
      for (String version : List.of("TLSv1.2", "TLSv1.3")) {
        assertThat(handshake(trusting, origin, version)).isEqualTo(version);
      }
      for (int minor : new int[] {0, 1, 2}) {
        assertThat(answersOldHello(URI.create(origin), minor)).as("version 3.%d", minor).isFalse();
      }
      assertThat(
              catchThrowableOfType(
                  SSLException.class, () -> handshake(SSLContext.getDefault(), origin, "TLSv1.3")))
          .as("a stranger does not trust the development CA")
          .isNotNull();
      assertThat(plainHttpIsAnswered(URI.create(origin))).as("plain HTTP on a TLS port").isFalse();
    }
  }

  /**
   * Whether a server goes on with a handshake of SSL 3.0 (minor version 0), TLS 1.0 (1) or 1.1 (2).
   * Written by hand (RFC 4346, 7.4.1.2), because the JDK's own client no longer offers them.
   */
  private static boolean answersOldHello(URI origin, int minor) throws IOException {
    byte[] suites = {0x00, 0x2f, 0x00, 0x35, (byte) 0xc0, 0x13, (byte) 0xc0, 0x14};
    ByteBuffer hello = ByteBuffer.allocate(128);
    hello.put((byte) 22).put((byte) 3).put((byte) minor).putShort((short) 0);
    hello.put((byte) 1).put((byte) 0).putShort((short) 0);
    hello.put((byte) 3).put((byte) minor).put(new byte[32]).put((byte) 0);
    hello.putShort((short) suites.length).put(suites).put((byte) 1).put((byte) 0);
    int length = hello.position();
    hello.putShort(3, (short) (length - 5)).putShort(7, (short) (length - 9));
    try (Socket socket = new Socket(origin.getHost(), origin.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(hello.array(), 0, length);
      return socket.getInputStream().read() == 22;
    } catch (SocketException reset) {
      return false;
    }
  }

  private static boolean plainHttpIsAnswered(URI origin) throws InterruptedException {
    try {
      Http.Answer answer =
          Http.send(Http.request("http://" + origin.getAuthority() + "/v1/balance").GET());
      return answer.status() != 400;
    } catch (IOException refused) {
      return false;
    }
  }

  private static SSLContext trusting(Path ca) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(ca)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** The version that a handshake in exactly that version ends with. */
  private static String handshake(SSLContext context, String origin, String version)
      throws IOException {
    URI uri = URI.create(origin);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
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
    List<CompletableFuture<CommandResult>> scans =
        Stream.of(portcullis.api(), portcullis.cards())
            .map(URI::create)
            .map(uri -> uri.getHost() + ":" + uri.getPort())
            .map(
                address ->
                    CompletableFuture.supplyAsync(
                        () -> Commands.run(LIMIT, "sslscan", "--no-colour", address)))
            .toList();
    for (CompletableFuture<CommandResult> each : scans) {
      CommandResult scan = each.join();
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
