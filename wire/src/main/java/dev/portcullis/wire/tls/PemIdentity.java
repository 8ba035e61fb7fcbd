package dev.portcullis.wire.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * A certificate chain with its private key, read from PEM files (RFC 7468): the chain with the leaf
 * first, the key as PKCS #8.
 *
 * @param chain the certificates, the leaf first, at least one
 * @param key the leaf's private key
 */
public record PemIdentity(List<X509Certificate> chain, PrivateKey key) {

  private static final String KEY_HEADER = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_FOOTER = "-----END PRIVATE KEY-----";

  public PemIdentity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads an identity.
   *
   * @throws TlsFileException if a file cannot be read or is not what it should be
   */
  public static PemIdentity load(Path certificates, Path key) {
    List<X509Certificate> chain = readCertificates(certificates);
    return new PemIdentity(chain, readKey(key, chain.getFirst().getPublicKey().getAlgorithm()));
  }

  /**
   * Reads certificates.
   *
   * @throws TlsFileException if the file cannot be read or holds none
   */
  public static List<X509Certificate> readCertificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new TlsFileException(file + " holds no certificate", null);
      }
      return certificates;
    } catch (IOException | GeneralSecurityException e) {
      throw new TlsFileException(file + " cannot be read as certificates", e);
    }
  }

  private static PrivateKey readKey(Path file, String algorithm) {
    try {
      String pem = Files.readString(file, StandardCharsets.US_ASCII);
      int start = pem.indexOf(KEY_HEADER);
      int end = pem.indexOf(KEY_FOOTER);
      if (start < 0 || end < start) {
        throw new TlsFileException(file + " holds no PKCS #8 private key", null);
      }
      byte[] der = Base64.getMimeDecoder().decode(pem.substring(start + KEY_HEADER.length(), end));
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsFileException(file + " cannot be read as a private key", e);
    }
  }

  /** Whether the key is the leaf's. */
  public boolean matches() {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    try {
      byte[] sample = "portcullis".getBytes(StandardCharsets.US_ASCII);
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(chain.getFirst().getPublicKey());
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "PemIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
