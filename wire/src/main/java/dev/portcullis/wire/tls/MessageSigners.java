package dev.portcullis.wire.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which certificates a message may be signed with: those that a server of a certain name could show
 * in a handshake (RFC 5280, 6; RFC 9525). Whether one was revoked is not asked.
 */
public final class MessageSigners {

  private static final int MOST_CERTIFICATES = 8;
  private static final int DNS_NAME = 2;

  /** RFC 5280, 4.2.1.12. */
  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

  private final Set<TrustAnchor> authorities;

  /**
   * @param ca the authorities to trust, or null for those of the JDK
   * @throws TlsFileException if the file cannot be read or holds none
   */
  public MessageSigners(@Nullable Path ca) {
    this.authorities =
        Arrays.stream(managers(ca))
            .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toUnmodifiableSet());
  }

  private static TrustManager[] managers(@Nullable Path ca) {
    try {
      return TlsContexts.trusting(ca);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the authorities cannot be read", e);
    }
  }

  /**
   * One that may sign.
   *
   * @param until when the first certificate of its chain ends
   */
  public record Signer(X509Certificate certificate, Instant until) {}

  /**
   * Reads a chain, the signer first, and verifies it.
   *
   * @param pem what came: certificates in PEM or DER
   * @param name the DNS name that the signer's certificate is for, itself and by no wildcard
   * @param now when it has to be valid
   * @throws GeneralSecurityException if it is no such chain
   */
  public Signer verified(byte[] pem, String name, Instant now) throws GeneralSecurityException {
    List<X509Certificate> chain = read(pem);
    if (chain.isEmpty() || chain.size() > MOST_CERTIFICATES) {
      throw new CertificateException("no chain of certificates");
    }
    X509Certificate leaf = chain.getFirst();
    if (!isFor(leaf, name)) {
      throw new CertificateException("a certificate for another name");
    }
    List<? extends Certificate> path =
        CertPathBuilder.getInstance("PKIX")
            .build(parameters(leaf, chain, now))
            .getCertPath()
            .getCertificates();
    Instant until =
        path.stream()
            .map(certificate -> ((X509Certificate) certificate).getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow(() -> new CertificateException("an authority signs no messages"));
    return new Signer(leaf, until);
  }

  private static List<X509Certificate> read(byte[] pem) throws CertificateException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (RuntimeException e) {
      // The JDK's parser throws some at what is malformed: at an Ed25519 key of no bytes, for one.
      throw new CertificateException("no certificates that can be read", e);
    }
  }

  private PKIXBuilderParameters parameters(
      X509Certificate leaf, List<X509Certificate> chain, Instant now)
      throws GeneralSecurityException {
    X509CertSelector wanted = new X509CertSelector();
    wanted.setCertificate(leaf);
    wanted.setBasicConstraints(-2); // no authority's own
    wanted.setKeyUsage(new boolean[] {true}); // digitalSignature
    try {
      wanted.setExtendedKeyUsage(Set.of(SERVER_AUTHENTICATION));
    } catch (IOException e) {
      throw new IllegalStateException("no object identifier: " + SERVER_AUTHENTICATION, e);
    }
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(authorities, wanted);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
    parameters.setDate(Date.from(now));
    parameters.setRevocationEnabled(false);
    parameters.setMaxPathLength(MOST_CERTIFICATES);
    return parameters;
  }

  private static boolean isFor(X509Certificate leaf, String name) throws CertificateException {
    Collection<List<?>> names = leaf.getSubjectAlternativeNames();
    return names != null
        && names.stream()
            .anyMatch(
                each ->
                    each.get(0) instanceof Integer kind
                        && kind == DNS_NAME
                        && each.get(1) instanceof String dns
                        && dns.equalsIgnoreCase(name));
  }
}
