package dev.portcullis.wire.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts one server: everything that its authority and its name must pass, and then its public key,
 * which is one of those pinned (more than one, so that a key can be changed). It never stands in
 * for the checks of the trust manager behind it.
 */
final class PinnedServer extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager authority;
  private final Set<String> pins;

  private PinnedServer(X509ExtendedTrustManager authority, Set<String> pins) {
    this.authority = authority;
    this.pins = Set.copyOf(pins);
  }

  static TrustManager[] managers(TrustManager @Nullable [] trust, Set<String> pins) {
    if (trust != null
        && trust.length == 1
        && trust[0] instanceof X509ExtendedTrustManager authority) {
      return new TrustManager[] {new PinnedServer(authority, pins)};
    }
    throw new IllegalStateException("this Java has no trust manager that can be pinned");
  }

  private void checkPin(X509Certificate[] chain) throws CertificateException {
    if (!pins.contains(Spki.sha256(chain[0]))) {
      throw new CertificateException("the server's public key is not a pinned one");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    authority.checkServerTrusted(chain, authType, engine);
    checkPin(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    authority.checkServerTrusted(chain, authType, socket);
    checkPin(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    authority.checkServerTrusted(chain, authType);
    checkPin(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw noServer();
  }

  private static CertificateException noServer() {
    return new CertificateException("a pinned context is for a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority.getAcceptedIssuers();
  }
}
