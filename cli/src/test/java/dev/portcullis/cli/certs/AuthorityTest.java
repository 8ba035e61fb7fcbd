package dev.portcullis.cli.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.tls.MessageSigners;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.Spki;
import dev.portcullis.wire.tls.TlsContexts;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuthorityTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private final Authority authority = Authority.create(CLOCK);

  @Test
  void aClientThatTrustsItReachesTheLoopbackByNameAndByAddress() throws Exception {
    Identity server = authority.issue("test", Authority.Purpose.SERVER);
    assertThat(handshake(server, authority, "localhost")).isEqualTo("TLSv1.3");
    assertThat(handshake(server, authority, "127.0.0.1")).isEqualTo("TLSv1.3");
  }

  @Test
  void aClientThatTrustsAnotherAuthorityDoesNot() {
    Identity server = authority.issue("test", Authority.Purpose.SERVER);
    Authority other = Authority.create(CLOCK);
    assertThatThrownBy(() -> handshake(server, other, "localhost"))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void aClientCertificateIsNoServer() {
    Identity client = authority.issue("test", Authority.Purpose.CLIENT);
    assertThatThrownBy(() -> handshake(client, authority, "localhost"))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void comesBackFromItsPemText() {
    Identity issued = authority.issue("test", Authority.Purpose.SERVER);
    Identity read = Identity.parse(issued.chainPem(), issued.keyPem());
    assertThat(read.chain()).isEqualTo(issued.chain()).hasSize(2);
    assertThat(read.matches()).isTrue();
    assertThat(Identity.parse(issued.chainPem(), authority.identity().keyPem()).matches())
        .isFalse();
  }

  /** What signs messages serves nothing, and what serves signs none. */
  @Test
  void aSignerSignsUnderANameOfItsOwn(@TempDir Path folder) throws Exception {
    Path trusted = Files.writeString(folder.resolve("ca.pem"), authority.identity().chainPem());
    MessageSigners signers = new MessageSigners(trusted);
    Identity signer = authority.issue("notifications", Authority.Purpose.SIGNER);
    byte[] chain = signer.chainPem().getBytes(StandardCharsets.US_ASCII);
    assertThat(signers.verified(chain, Authority.SIGNERS_NAME, CLOCK.instant()).certificate())
        .isEqualTo(signer.certificate());
    assertThat(Identity.parse(signer.chainPem(), signer.keyPem()).matches()).isTrue();
    assertThatThrownBy(() -> signers.verified(chain, "localhost", CLOCK.instant()))
        .isInstanceOf(CertificateException.class);
    byte[] server =
        authority
            .issue("test", Authority.Purpose.SERVER)
            .chainPem()
            .getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> signers.verified(server, Authority.SIGNERS_NAME, CLOCK.instant()))
        .isInstanceOf(CertificateException.class);
    // Who trusts what everybody does, as each live vault, takes it from nobody.
    assertThatThrownBy(
            () -> new MessageSigners(null).verified(chain, Authority.SIGNERS_NAME, CLOCK.instant()))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> handshake(signer, authority, "localhost"))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void aLeafLivesNinetyDays() {
    Instant now = CLOCK.instant();
    Identity issued = authority.issue("test", Authority.Purpose.SERVER);
    assertThat(issued.lastsBeyond(now, Duration.ofDays(89))).isTrue();
    assertThat(issued.lastsBeyond(now, Duration.ofDays(91))).isFalse();
  }

  @Test
  void theAuthorityVouchesForTheLoopbackAlone() throws Exception {
    X509Certificate certificate = authority.identity().certificate();
    assertThat(certificate.getBasicConstraints()).isZero();
    assertThat(certificate.getCriticalExtensionOIDs()).contains("2.5.29.30");
  }

  /** Every zone has a certificate of this authority for this machine: its key makes the vault. */
  @Test
  void aPinnedClientTakesNoOtherCertificateOfTheSameAuthority(@TempDir Path folder)
      throws Exception {
    Identity vault = authority.issue("vault", Authority.Purpose.SERVER);
    Identity simulator = authority.issue("simulator", Authority.Purpose.SERVER);
    Identity gateway = authority.issue("gateway", Authority.Purpose.CLIENT);
    Files.writeString(folder.resolve("ca.pem"), authority.identity().chainPem());
    Files.writeString(folder.resolve("gateway.pem"), gateway.chainPem());
    Files.writeString(folder.resolve("gateway.key"), gateway.keyPem());
    PemIdentity shown =
        PemIdentity.load(folder.resolve("gateway.pem"), folder.resolve("gateway.key"));
    SSLContext pinned =
        TlsContexts.pinnedClient(shown, folder.resolve("ca.pem"), Spki.sha256(vault.certificate()));
    assertThat(handshake(vault, pinned, "localhost")).isEqualTo("TLSv1.3");
    assertThatThrownBy(() -> handshake(simulator, pinned, "localhost"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("not a pinned one");
    // The pin adds to the checks and takes the place of none.
    Identity client = authority.issue("vault", Authority.Purpose.CLIENT);
    assertThatThrownBy(
            () ->
                handshake(
                    client,
                    TlsContexts.pinnedClient(
                        shown, folder.resolve("ca.pem"), Spki.sha256(client.certificate())),
                    "localhost"))
        .isInstanceOf(SSLException.class);
  }

  private static String handshake(Identity server, Authority trusted, String name)
      throws Exception {
    return handshake(server, clientContext(trusted), name);
  }

  private static String handshake(Identity server, SSLContext trusted, String name)
      throws Exception {
    try (SSLServerSocket listener =
            (SSLServerSocket)
                serverContext(server)
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        SSLSocket client =
            (SSLSocket) trusted.getSocketFactory().createSocket(name, listener.getLocalPort())) {
      CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> acceptOnce(listener));
      SSLParameters parameters = client.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client.setSSLParameters(parameters);
      client.startHandshake();
      int greeting = client.getInputStream().read();
      answering.join();
      assertThat(greeting).isEqualTo('!');
      return client.getSession().getProtocol();
    }
  }

  private static void acceptOnce(SSLServerSocket listener) {
    try (SSLSocket accepted = (SSLSocket) listener.accept()) {
      accepted.getOutputStream().write('!');
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static SSLContext serverContext(Identity identity) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "server", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static SSLContext clientContext(Authority trusted) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(
        "ca",
        java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(trusted.identity().certificate().getEncoded())));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
