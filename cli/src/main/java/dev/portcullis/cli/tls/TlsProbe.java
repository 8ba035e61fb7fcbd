package dev.portcullis.cli.tls;

import dev.portcullis.wire.tls.PemIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Shakes hands with a listener in every way that this Java can, also in those that are switched off
 * by default, and notes what it takes. It looks and trusts nothing: it sends no request.
 */
public final class TlsProbe {

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1");
  private static final int PATIENCE_MILLIS = 5_000;
  private static final int MOST_SUITES = 64;

  private final SSLContext context;
  private final String name;

  /**
   * What a listener does.
   *
   * @param reachable whether anything took a connection
   * @param suites by version, in the order in which the server chose
   * @param certificate its own, where any handshake came so far
   * @param renegotiates whether a client of TLS 1.2 may renegotiate
   */
  public record Seen(
      boolean reachable,
      Map<String, List<String>> suites,
      Optional<X509Certificate> certificate,
      boolean renegotiates) {}

  /**
   * @param identity what the probe shows of itself, or null
   * @param name the host that it asks for (RFC 6066, 3), which an address is not
   */
  public TlsProbe(@Nullable PemIdentity identity, String name) {
    this.name = name;
    // The JDK would not even offer what must be shown to be refused.
    Security.setProperty("jdk.tls.disabledAlgorithms", "");
    try {
      context = SSLContext.getInstance("TLS");
      context.init(keys(identity), new TrustManager[] {new Looker()}, null);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS context can be made", e);
    }
  }

  private static KeyManager @Nullable [] keys(@Nullable PemIdentity identity)
      throws GeneralSecurityException, IOException {
    if (identity == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "probe", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  /** Looks at a listener. */
  public Seen look(String host, int port) {
    if (!isReachable(host, port)) {
      return new Seen(false, Map.of(), Optional.empty(), false);
    }
    Map<String, List<String>> suites = new LinkedHashMap<>();
    Optional<X509Certificate> certificate = Optional.empty();
    for (String version : VERSIONS) {
      List<String> left =
          new ArrayList<>(Arrays.asList(context.getSupportedSSLParameters().getCipherSuites()));
      List<String> taken = new ArrayList<>();
      while (!left.isEmpty() && taken.size() < MOST_SUITES) {
        Optional<SSLSocket> socket = shake(host, port, version, left);
        if (socket.isEmpty()) {
          break;
        }
        String suite = socket.get().getSession().getCipherSuite();
        certificate = certificate.or(() -> shown(socket.get()));
        close(socket.get());
        taken.add(suite);
        if (!left.remove(suite)) {
          break;
        }
      }
      if (!taken.isEmpty()) {
        suites.put(version, taken);
      }
    }
    return new Seen(
        true, suites, certificate, suites.containsKey("TLSv1.2") && renegotiates(host, port));
  }

  private static boolean isReachable(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<SSLSocket> shake(String host, int port, String version, List<String> suites) {
    try {
      Socket plain = new Socket();
      plain.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      plain.setSoTimeout(PATIENCE_MILLIS);
      SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
      socket.setEnabledProtocols(new String[] {version});
      socket.setEnabledCipherSuites(suites.toArray(String[]::new));
      try {
        socket.startHandshake();
        return Optional.of(socket);
      } catch (IOException e) {
        close(socket);
        return Optional.empty();
      }
    } catch (IOException | IllegalArgumentException e) {
      // It is gone by now, or this Java has no suite of that version: not taken, in either case.
      return Optional.empty();
    }
  }

  private boolean renegotiates(String host, int port) {
    Optional<SSLSocket> socket =
        shake(
            host,
            port,
            "TLSv1.2",
            Arrays.asList(context.getSupportedSSLParameters().getCipherSuites()));
    if (socket.isEmpty()) {
      return false;
    }
    try (SSLSocket open = socket.get()) {
      byte[] before = open.getSession().getId();
      open.getSession().invalidate();
      open.startHandshake();
      return !Arrays.equals(before, open.getSession().getId());
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<X509Certificate> shown(SSLSocket socket) {
    try {
      return Optional.of((X509Certificate) socket.getSession().getPeerCertificates()[0]);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void close(SSLSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It was only looked at.
      return;
    }
  }

  /** Takes note of any certificate; nothing is ever sent to whoever shows it. */
  private static final class Looker extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
