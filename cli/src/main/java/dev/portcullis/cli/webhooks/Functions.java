package dev.portcullis.cli.webhooks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The functions of a {@link Recipe}: what signs, hashes, encodes and cuts bytes. */
final class Functions {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int WIDE = '\uff10' - '0';

  private Functions() {}

  static byte[] random(int bytes) {
    byte[] made = new byte[bytes];
    RANDOM.nextBytes(made);
    return made;
  }

  static byte[] part(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, Math.min(from, bytes.length), Math.min(to, bytes.length));
  }

  static byte[] last(byte[] bytes, int count) {
    return part(bytes, Math.max(0, bytes.length - count), bytes.length);
  }

  /** What follows a beginning; all of it where it does not begin so. */
  static byte[] after(byte[] bytes, String beginning) {
    byte[] start = utf8(beginning);
    return Arrays.equals(part(bytes, 0, start.length), start)
        ? part(bytes, start.length, bytes.length)
        : bytes;
  }

  static byte[] repeated(byte[] bytes, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  /** A function of bytes and a key. */
  static byte[] keyed(String name, byte[] key, byte[] of) {
    try {
      return switch (name) {
        case "hmac_sha1" -> mac("HmacSHA1", key, of);
        case "hmac_sha256" -> mac("HmacSHA256", key, of);
        case "hmac_sha512" -> mac("HmacSHA512", key, of);
        case "ed25519" ->
            signature(
                "Ed25519",
                KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, key)),
                of);
        case "rsa_sha256" -> signature("SHA256withRSA", rsa(key), of);
        case "rsa_sha1" -> signature("SHA1withRSA", rsa(key), of);
        default -> throw new IllegalArgumentException("no function with a key: " + name);
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key is none for " + name, e);
    }
  }

  /** A function of bytes alone. */
  static byte[] plain(String name, byte[] of) {
    return switch (name) {
      case "md5" -> hash("MD5", of);
      case "sha1" -> hash("SHA-1", of);
      case "sha256" -> hash("SHA-256", of);
      case "sha512" -> hash("SHA-512", of);
      case "crc32" -> crc32(of);
      case "hex" -> utf8(HexFormat.of().formatHex(of));
      case "unhex" -> HexFormat.of().parseHex(text(of));
      case "base64" -> Base64.getEncoder().encode(of);
      case "unbase64" -> Base64.getDecoder().decode(of);
      case "url" -> utf8(URLEncoder.encode(text(of), StandardCharsets.UTF_8));
      case "upper" -> utf8(text(of).toUpperCase(Locale.ROOT));
      case "wide" -> wide(text(of));
      case "flip" -> flipped(of);
      case "gzip" -> gzip(of);
      default -> throw new IllegalArgumentException("no function: " + name);
    };
  }

  /** An empty key is one of zeros (RFC 2104, 2), which the JDK takes only if it is not empty. */
  private static byte[] mac(String algorithm, byte[] key, byte[] of)
      throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
    return mac.doFinal(of);
  }

  private static byte[] signature(String algorithm, PrivateKey key, byte[] of)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(of);
    return signature.sign();
  }

  private static PrivateKey rsa(byte[] pem) throws GeneralSecurityException {
    String base64 = text(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance("RSA")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }

  private static byte[] hash(String algorithm, byte[] of) {
    try {
      return MessageDigest.getInstance(algorithm).digest(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no " + algorithm, e);
    }
  }

  private static byte[] crc32(byte[] of) {
    CRC32 crc = new CRC32();
    crc.update(of);
    return utf8(Long.toString(crc.getValue()));
  }

  /** Digits of another script, which careless parsers read as digits. */
  private static byte[] wide(String text) {
    StringBuilder out = new StringBuilder();
    text.chars().forEach(c -> out.append((char) (c >= '0' && c <= '9' ? c + WIDE : c)));
    return utf8(out.toString());
  }

  private static byte[] flipped(byte[] of) {
    byte[] other = of.clone();
    other[other.length - 1] ^= 1;
    return other;
  }

  private static byte[] gzip(byte[] of) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zipped = new GZIPOutputStream(out)) {
      zipped.write(of);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
