package dev.portcullis.wire.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;

/** Whom a certificate is for, as clients judge it (RFC 9525). */
public final class ServerNames {

  private static final DefaultHostnameVerifier VERIFIER = new DefaultHostnameVerifier();

  private ServerNames() {}

  /**
   * Whether a client that goes to that host takes it.
   *
   * @param host a name or an address, as it stands in a URL
   */
  public static boolean covers(X509Certificate certificate, String host) {
    try {
      VERIFIER.verify(host.replaceAll("[\\[\\]]", ""), certificate);
      return true;
    } catch (SSLException _) {
      return false;
    }
  }

  /** Its names and addresses, for a person. */
  public static String shown(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? "no name"
          : names.stream()
              .map(name -> Objects.toString(name.get(1)))
              .collect(Collectors.joining(", "));
    } catch (CertificateParsingException _) {
      return "names that cannot be read";
    }
  }
}
