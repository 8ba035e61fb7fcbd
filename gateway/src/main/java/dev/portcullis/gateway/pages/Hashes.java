package dev.portcullis.gateway.pages;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Hashes as Subresource Integrity writes them, and shorter ones as names. */
final class Hashes {

  private static final int NAMING = 32;

  private Hashes() {}

  /** As it stands in an {@code integrity} attribute. */
  static String sha384(byte[] bytes) {
    return "sha384-" + Base64.getEncoder().encodeToString(digest("SHA-384", bytes));
  }

  static String sha384(String text) {
    return sha384(text.getBytes(StandardCharsets.UTF_8));
  }

  /** 128 bits of SHA-256 in hexadecimal. */
  static String name(String text) {
    byte[] digest = digest("SHA-256", text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest).substring(0, NAMING);
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
