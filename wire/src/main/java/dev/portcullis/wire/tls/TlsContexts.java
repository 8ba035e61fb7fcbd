package dev.portcullis.wire.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts from PEM files. Which versions may be spoken is the listener's to say. */
public final class TlsContexts {

  private TlsContexts() {}

  /**
   * For a server.
   *
   * @param clientCa the authorities that clients' certificates must come from, or null where
   *     clients have none
   */
  public static SSLContext server(PemIdentity identity, @Nullable Path clientCa) {
    return context(identity, clientCa, Set.of());
  }

  /** For a server whose identity may change while it serves; nobody shows it a certificate. */
  public static SSLContext server(ExchangeableIdentity identity) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {identity}, null, null);
      context.getServerSessionContext().setSessionTimeout(TlsPolicy.SESSION_SECONDS);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS context can be made", e);
    }
  }

  /**
   * For a client.
   *
   * @param identity what the client shows of itself, or null
   * @param ca the authorities to trust, or null for those of the JDK
   */
  public static SSLContext client(@Nullable PemIdentity identity, @Nullable Path ca) {
    return context(identity, ca, Set.of());
  }

  /**
   * For a client of one server: another certificate of the same authority and name is refused in
   * the handshake, before a byte of the request leaves.
   *
   * @param identity what the client shows of itself, or null
   * @param pin the server's public key as {@link Spki} writes it
   */
  public static SSLContext pinnedClient(@Nullable PemIdentity identity, Path ca, String pin) {
    return pinnedClient(identity, ca, Set.of(pin));
  }

  /**
   * The same for a server that may have one of several public keys.
   *
   * @param identity what the client shows of itself, or null
   * @param ca the authorities to trust, or null for those of the JDK
   * @param pins the public keys that the server may have, as {@link Spki} writes them; none for any
   */
  public static SSLContext pinnedClient(
      @Nullable PemIdentity identity, @Nullable Path ca, Set<String> pins) {
    return context(identity, ca, pins);
  }

  /**
   * For a client of anybody's servers, our own and the world's: those that the JDK trusts, and
   * more.
   *
   * @param besides the authorities to trust besides those of the JDK
   * @throws TlsFileException if the file cannot be read or holds none
   */
  public static SSLContext clientOfMore(Path besides) {
    try {
      KeyStore store = store(besides);
      for (TrustManager jdk : trusting((KeyStore) null)) {
        if (jdk instanceof X509TrustManager known) {
          for (X509Certificate authority : known.getAcceptedIssuers()) {
            store.setCertificateEntry("ca-" + store.size(), authority);
          }
        }
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[0], trusting(store), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS context can be made", e);
    }
  }

  private static SSLContext context(
      @Nullable PemIdentity identity, @Nullable Path ca, Set<String> pins) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          identity == null ? new KeyManager[0] : keyManagers(identity),
          pins.isEmpty() ? managers(ca) : PinnedServer.managers(trusting(ca), pins),
          null);
      context.getServerSessionContext().setSessionTimeout(TlsPolicy.SESSION_SECONDS);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no TLS context can be made", e);
    }
  }

  static KeyManager[] keyManagers(PemIdentity identity)
      throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    store.setKeyEntry(
        "identity", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  /**
   * Trust in those authorities alone, for a client that makes its own context.
   *
   * @throws TlsFileException if the file cannot be read or holds none
   */
  public static TrustManager[] trustManagers(Path ca) {
    try {
      return trusting(ca);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no trust managers can be made", e);
    }
  }

  private static TrustManager @Nullable [] managers(@Nullable Path ca)
      throws GeneralSecurityException, IOException {
    return ca == null ? null : trusting(ca);
  }

  /** Those that the JDK would use by itself are named, too. */
  static TrustManager[] trusting(@Nullable Path ca) throws GeneralSecurityException, IOException {
    return trusting(ca == null ? (KeyStore) null : store(ca)); // null: the JDK's authorities
  }

  private static TrustManager[] trusting(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return factory.getTrustManagers();
  }

  private static KeyStore store(Path ca) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    List<X509Certificate> authorities = PemIdentity.readCertificates(ca);
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry("ca-" + store.size(), authority);
    }
    return store;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
