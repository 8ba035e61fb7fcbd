package dev.portcullis.wire.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The public half of a key that signs heads: Ed25519 (RFC 8032).
 *
 * @param id SHA-256 of its SubjectPublicKeyInfo, in hexadecimal
 */
public record HeadKey(String id, PublicKey key) {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----([^-]{1,1000})-----END PUBLIC KEY-----");

  /** That key. */
  public static HeadKey of(PublicKey key) {
    try {
      return new HeadKey(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded())),
          key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /**
   * From its SubjectPublicKeyInfo.
   *
   * @throws IllegalArgumentException if it is none of an Ed25519 key
   */
  public static HeadKey ofEncoded(byte[] encoded) {
    try {
      return of(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no Ed25519 key", e);
    }
  }

  /**
   * Those that are keys, each once. Whoever owns a database may have put anything there; what is no
   * key vouches for none.
   */
  public static List<HeadKey> allOf(List<byte[]> encoded) {
    return encoded.stream().flatMap(each -> parsed(each).stream()).distinct().toList();
  }

  private static Optional<HeadKey> parsed(byte[] encoded) {
    try {
      return Optional.of(ofEncoded(encoded));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * All that stand in a text; what is around them is skipped.
   *
   * @throws IllegalArgumentException if there is none, or one is not an Ed25519 key
   */
  public static List<HeadKey> readAll(String pem) {
    List<HeadKey> keys = new ArrayList<>();
    Matcher each = PEM.matcher(pem);
    while (each.find()) {
      keys.add(ofEncoded(Base64.getMimeDecoder().decode(each.group(1))));
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("no public key in PEM");
    }
    return keys;
  }

  /** As PEM, with a line's end at its end. */
  public String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
