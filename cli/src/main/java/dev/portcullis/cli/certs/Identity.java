package dev.portcullis.cli.certs;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * A certificate with its chain and private key: ECDSA on P-256, or RSA where a protocol wants it.
 *
 * @param chain the certificate first, then who signed it
 */
public record Identity(List<X509Certificate> chain, PrivateKey key) {
  static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder PEM =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  public Identity {
    chain = List.copyOf(chain);
  }

  static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no P-256", e);
    }
  }

  /** For what is signed by RSA alone. */
  static KeyPair newRsaKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2_048, RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no RSA", e);
    }
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** True when the certificate is valid now and for the margin beyond. */
  public boolean lastsBeyond(Instant now, Duration margin) {
    return certificate().getNotBefore().toInstant().isBefore(now)
        && certificate().getNotAfter().toInstant().isAfter(now.plus(margin));
  }

  /** True when the key is the certificate's. */
  public boolean matches() {
    try {
      byte[] sample = "portcullis".getBytes(StandardCharsets.US_ASCII);
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certificate());
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  public String chainPem() {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate certificate : chain) {
      try {
        pem.append(block("CERTIFICATE", certificate.getEncoded()));
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a certificate has no encoding", e);
      }
    }
    return pem.toString();
  }

  public String keyPem() {
    return block("PRIVATE KEY", key.getEncoded());
  }

  private static String block(String label, byte[] content) {
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .formatted(label, PEM.encodeToString(content))
        .replace("\r\n", "\n");
  }

  /** Reads what {@link #chainPem} and {@link #keyPem} wrote. */
  public static Identity parse(String chainPem, String keyPem) {
    try {
      List<X509Certificate> chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(chainPem.getBytes(StandardCharsets.US_ASCII)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      String base64 = keyPem.replaceAll("-----[A-Z ]+-----", "");
      byte[] encoded = Base64.getMimeDecoder().decode(base64);
      if (chain.isEmpty()) {
        throw new IllegalArgumentException("no certificate in the PEM text");
      }
      String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
      PrivateKey key =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new Identity(chain, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a certificate with its key", e);
    }
  }
}
