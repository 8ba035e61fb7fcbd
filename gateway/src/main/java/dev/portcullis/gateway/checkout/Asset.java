package dev.portcullis.gateway.checkout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * A script or stylesheet of the hosted pages, whose address names its content, so that it is kept
 * for ever and a changed one is another.
 *
 * @param name of the file
 * @param type its media type
 * @param bytes as served
 * @param gzip the same, compressed
 * @param integrity for the attribute of that name (W3C Subresource Integrity)
 */
record Asset(String name, String type, byte[] bytes, byte[] gzip, String integrity) {

  /** Where they are: before the hash and the name. */
  static final String PATH = "/checkout/assets/";

  private static final int SHOWN = 8;

  static Asset of(String name, String type, byte[] bytes) {
    String integrity = "sha384-" + Base64.getEncoder().encodeToString(hash("SHA-384", bytes));
    return new Asset(name, type, bytes.clone(), compress(bytes), integrity);
  }

  /** Where it is. */
  String path() {
    return PATH + HexFormat.of().formatHex(hash("SHA-256", bytes), 0, SHOWN) + "/" + name;
  }

  static byte[] compress(byte[] bytes) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  private static byte[] hash(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no " + algorithm, e);
    }
  }
}
