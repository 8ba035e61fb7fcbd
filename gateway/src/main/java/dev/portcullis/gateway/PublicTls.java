package dev.portcullis.gateway;

import dev.portcullis.wire.tls.CertificateWatch;
import dev.portcullis.wire.tls.TlsPolicy;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.jspecify.annotations.Nullable;

/** TLS of the public listener, whose certificate may be renewed while requests come in. */
final class PublicTls implements AutoCloseable {

  private final Path chain;
  private final Path key;
  private final CertificateWatch watch;
  private final AtomicReference<@Nullable Connector> connector = new AtomicReference<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificate").factory());

  /**
   * @throws dev.portcullis.wire.tls.TlsFileException if the files cannot be used
   */
  @SuppressWarnings("FutureReturnValueIgnored") // a look sees to its own failures
  PublicTls(Path chain, Path key, InstantSource clock, MeterRegistry meters) {
    this.chain = chain;
    this.key = key;
    this.watch = new CertificateWatch("API", chain, key, clock, _ -> reload());
    Gauge.builder("portcullis.certificate.days.left", watch, CertificateWatch::daysLeft)
        .description("Whole days until the API's certificate ends")
        .register(meters);
    Gauge.builder("portcullis.certificate.broken", watch, w -> w.isBroken() ? 1 : 0)
        .description("1 while new certificate files cannot be used and the old one is shown")
        .register(meters);
    long pause = CertificateWatch.PAUSE.toMillis();
    timer.scheduleWithFixedDelay(watch, pause, pause, TimeUnit.MILLISECONDS);
  }

  /** Makes a connector speak TLS. */
  void secure(Connector made) {
    secure(made, "TLSv1.2+TLSv1.3", chain, key);
    connector.set(made);
  }

  /** Makes a connector speak these versions of TLS, as every listener of ours does. */
  static void secure(Connector made, String versions, Path chain, Path key) {
    SSLHostConfig host = new SSLHostConfig();
    host.setProtocols(versions);
    host.setCiphers(joined(TlsPolicy.SUITES_12));
    host.setCipherSuites(joined(TlsPolicy.SUITES_13));
    host.setHonorCipherOrder(true);
    host.setGroups(joined(TlsPolicy.GROUPS));
    host.setSessionTimeout(TlsPolicy.SESSION_SECONDS);
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
    certificate.setCertificateFile(chain.toString());
    certificate.setCertificateKeyFile(key.toString());
    host.addCertificate(certificate);
    made.setProperty("SSLEnabled", "true");
    made.setSecure(true);
    made.setScheme("https");
    made.addSslHostConfig(host);
  }

  private static String joined(List<String> names) {
    return String.join(",", names);
  }

  /** Handshakes from now on show what the files say; connections that stand go on. */
  private void reload() {
    Connector made = connector.get();
    if (made != null && made.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
      http.reloadSslHostConfigs();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
