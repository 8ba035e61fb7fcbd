package dev.portcullis.wire.tls;

import java.util.List;
import javax.net.ssl.SSLParameters;

/**
 * How every listener of ours speaks TLS: version 1.3, and 1.2 where browsers and SDKs come in, with
 * ephemeral keys and authenticated encryption alone, in the server's order (RFC 9325, 4.2).
 *
 * <p>OCSP stapling stays off: the JDK's server would fetch the answers itself, and the vault calls
 * nobody but providers. Where a certificate has a responder, the edge staples (docs/edge).
 */
public final class TlsPolicy {

  public static final List<String> SUITES_13 =
      List.of("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");

  public static final List<String> SUITES_12 =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

  public static final List<String> GROUPS = List.of("x25519", "secp256r1", "secp384r1");

  /** After this a client shakes hands anew, with fresh keys (RFC 9325, 3.4). */
  public static final int SESSION_SECONDS = 3_600;

  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private TlsPolicy() {}

  /**
   * Tells the JDK, which asks once and for the whole process, to refuse a client that wants to
   * renegotiate (it costs the server ten times what it costs the client). Called before the first
   * handshake.
   */
  public static void install() {
    System.setProperty(NO_RENEGOTIATION, "true");
  }

  /**
   * How a listener's sockets are set.
   *
   * @param only13 where both ends are ours
   * @param clientCertificate whether clients must show one
   */
  public static SSLParameters server(boolean only13, boolean clientCertificate) {
    SSLParameters parameters = new SSLParameters();
    if (only13) {
      parameters.setProtocols(new String[] {"TLSv1.3"});
      parameters.setCipherSuites(SUITES_13.toArray(String[]::new));
    } else {
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      List<String> suites = new java.util.ArrayList<>(SUITES_13);
      suites.addAll(SUITES_12);
      parameters.setCipherSuites(suites.toArray(String[]::new));
    }
    parameters.setUseCipherSuitesOrder(true);
    parameters.setNamedGroups(GROUPS.toArray(String[]::new));
    parameters.setNeedClientAuth(clientCertificate);
    return parameters;
  }
}
