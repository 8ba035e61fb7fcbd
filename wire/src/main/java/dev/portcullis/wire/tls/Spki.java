package dev.portcullis.wire.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/** The fingerprint by which an identity is pinned: of its public key, so that renewal keeps it. */
public final class Spki {

  private Spki() {}

  /** {@code sha256:} and the hash of the certificate's SubjectPublicKeyInfo in hexadecimal. */
  public static String sha256(X509Certificate certificate) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
