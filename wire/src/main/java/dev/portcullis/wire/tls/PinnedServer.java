package dev.portcullis.wire.tls;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts one server: everything that its authority and its name must pass, and then its public key.
 * It never stands in for the checks of the trust manager behind it.
 */
final class PinnedServer extends X509ExtendedTrustManager {

  private final X509ExtendedTrustManager authority;
  private final String pin;

  private PinnedServer(X509ExtendedTrustManager authority, String pin) {
    this.authority = authority;
    this.pin = pin;
  }

  static TrustManager[] managers(TrustManager @Nullable [] trust, String pin) {
    if (trust != null
        && trust.length == 1
        && trust[0] instanceof X509ExtendedTrustManager authority) {
      return new TrustManager[] {new PinnedServer(authority, pin)};
    }
    throw new IllegalStateException("this Java has no trust manager that can be pinned");
  }

  private void checkPin(X509Certificate[] chain) throws CertificateException {
    String shown = Spki.sha256(chain[0]);
    if (!MessageDigest.isEqual(
        shown.getBytes(StandardCharsets.US_ASCII), pin.getBytes(StandardCharsets.US_ASCII))) {
      throw new CertificateException("the server's public key is not the pinned one");
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
