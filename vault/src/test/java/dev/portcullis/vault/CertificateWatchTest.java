package dev.portcullis.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.wire.tls.CertificateWatch;
import dev.portcullis.wire.tls.ExchangeableIdentity;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import dev.portcullis.wire.tls.TlsFileException;
import dev.portcullis.wire.tls.TlsPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Renewing a certificate under a listener that serves. */
class CertificateWatchTest {

  private static final Logger LOG = Logger.getLogger(CertificateWatch.class.getName());

  @TempDir Path folder;
  private TestCa ca;
  private final TestClock clock = new TestClock();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<PemIdentity> used = new CopyOnWriteArrayList<>();
  private final Handler ear =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          said.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private int touched;

  @BeforeEach
  void begin() {
    ca = new TestCa(folder, "test");
    ca.issue("cards");
    LOG.addHandler(ear);
  }

  @AfterEach
  void end() {
    LOG.removeHandler(ear);
  }

  private CertificateWatch watch() {
    return new CertificateWatch(
        "listener", ca.file("cards.pem"), ca.file("cards.key"), clock, used::add);
  }

  /** As later as a real renewal is, whatever the file system's clock resolves. */
  private void touch() throws IOException {
    touched++;
    for (String name : List.of("cards.pem", "cards.key")) {
      Files.setLastModifiedTime(
          ca.file(name), FileTime.fromMillis(clock.millis() + touched * 10_000L));
    }
  }

  private static void look(CertificateWatch watch) {
    watch.run();
    watch.run();
  }

  @Test
  void takesOverNewFilesOnceTheyHaveComeToRest() throws IOException {
    CertificateWatch watch = watch();
    look(watch);
    assertThat(used).isEmpty();
    X509Certificate fresh = ca.issue("cards");
    touch();
    watch.run();
    assertThat(used).as("still moving").isEmpty();
    watch.run();
    assertThat(used).singleElement().satisfies(i -> assertThat(i.chain()).contains(fresh));
    assertThat(watch.current().chain()).contains(fresh);
    look(watch);
    assertThat(used).hasSize(1);
  }

  @Test
  void keepsTheOldOneWhenTheNewFilesCannotBeUsed() throws IOException {
    CertificateWatch watch = watch();
    PemIdentity before = watch.current();
    String key = Files.readString(ca.file("cards.key"));
    for (String broken : List.of("nonsense", "", "-----BEGIN CERTIFICATE-----\nAAAA\n")) {
      Files.writeString(ca.file("cards.pem"), broken);
      touch();
      look(watch);
      assertThat(watch.isBroken()).as(broken).isTrue();
      assertThat(watch.current()).isSameAs(before);
    }
    ca.issue("cards");
    Files.writeString(ca.file("cards.key"), key);
    touch();
    look(watch);
    assertThat(watch.isBroken()).as("another's key").isTrue();
    Files.delete(ca.file("cards.key"));
    look(watch);
    assertThat(watch.isBroken()).as("no key").isTrue();
    assertThat(watch.current()).isSameAs(before);
    assertThat(used).isEmpty();
    assertThat(said).filteredOn(line -> line.contains("the old one stays")).hasSize(5);
    ca.issue("cards");
    touch();
    look(watch);
    assertThat(watch.isBroken()).isFalse();
    assertThat(used).hasSize(1);
  }

  @Test
  void announcesTheEndOnceAtEachThreshold() {
    CertificateWatch watch = watch();
    look(watch);
    assertThat(watch.daysLeft()).isEqualTo(1);
    assertThat(said).singleElement().asString().contains("ends in 1 days");
    clock.advance(Duration.ofDays(2));
    look(watch);
    assertThat(watch.daysLeft()).isEqualTo(-1);
    assertThat(said).hasSize(2).last().asString().contains("has expired");
  }

  @Test
  void nothingStartsWithFilesThatCannotBeUsed() throws IOException {
    Files.writeString(ca.file("cards.key"), "nonsense");
    assertThatThrownBy(this::watch).isInstanceOf(TlsFileException.class);
    Path other = ca.file("other.key");
    ca.issue("other");
    ca.issue("cards");
    assertThatThrownBy(
            () -> new CertificateWatch("l", ca.file("cards.pem"), other, clock, used::add))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining("is not the key");
  }

  @Test
  void handshakesShowTheNewOneAndConnectionsThatStandGoOn() throws Exception {
    TlsPolicy.install();
    PemIdentity first = PemIdentity.load(ca.file("cards.pem"), ca.file("cards.key"));
    ExchangeableIdentity identity = new ExchangeableIdentity(first);
    try (SSLServerSocket server =
        (SSLServerSocket)
            TlsContexts.server(identity).getServerSocketFactory().createServerSocket(0)) {
      server.setSSLParameters(TlsPolicy.server(false, false));
      try (Pair standing = Pair.open(server, ca)) {
        assertThat(standing.shown()).isEqualTo(first.chain().getFirst());
        X509Certificate fresh = ca.issue("cards");
        identity.exchange(PemIdentity.load(ca.file("cards.pem"), ca.file("cards.key")));
        standing.speak();
        try (Pair next = Pair.open(server, ca)) {
          assertThat(next.shown()).isEqualTo(fresh);
        }
      }
    }
  }

  private record Pair(SSLSocket client, SSLSocket server) implements AutoCloseable {
    static Pair open(SSLServerSocket server, TestCa ca) throws Exception {
      CompletableFuture<SSLSocket> accepted =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  SSLSocket socket = (SSLSocket) server.accept();
                  socket.startHandshake();
                  return socket;
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      SSLSocket client =
          (SSLSocket)
              TlsContexts.client(null, ca.file("ca.pem"))
                  .getSocketFactory()
                  .createSocket("localhost", server.getLocalPort());
      client.startHandshake();
      return new Pair(client, accepted.get());
    }

    X509Certificate shown() throws IOException {
      return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }

    void speak() throws IOException {
      client.getOutputStream().write(7);
      assertThat(server.getInputStream().read()).isEqualTo(7);
    }

    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }
}
