package dev.portcullis.wire.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A file that is the same for everybody and as long as the process runs: its bytes, the same
 * packed, and what a browser knows and checks them by.
 */
public final class StaticFile {

  private static final int NAMING = 32;

  private final byte[] bytes;
  private final byte[] gzipped;
  private final String integrity;
  private final String hash;

  private StaticFile(byte[] bytes) {
    this.bytes = bytes;
    this.gzipped = gzip(bytes);
    this.integrity = "sha384-" + Base64.getEncoder().encodeToString(digest("SHA-384", bytes));
    this.hash = HexFormat.of().formatHex(digest("SHA-256", bytes)).substring(0, NAMING);
  }

  /** Of these bytes, which nobody changes any more. */
  public static StaticFile of(byte[] bytes) {
    return new StaticFile(bytes);
  }

  /**
   * Of resources, one behind the other.
   *
   * @param beside the class in whose package they lie
   */
  public static StaticFile ofResources(Class<?> beside, String... names) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (String name : names) {
      try (InputStream in = beside.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name + " is missing from the jar");
        }
        in.transferTo(whole);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return of(whole.toByteArray());
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new Best(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** Packed once and sent often. */
  private static final class Best extends GZIPOutputStream {
    Best(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }

  /** The bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes packed by gzip. */
  public byte[] gzipped() {
    return gzipped.clone();
  }

  /** For the attribute {@code integrity} (Subresource Integrity, 3.5): {@code sha384-…}. */
  public String integrity() {
    return integrity;
  }

  /** A name that no other bytes have: 32 hexadecimal digits. */
  public String hash() {
    return hash;
  }

  /** The entity tag (RFC 9110, 8.8.3); weak, since the packed form has the same. */
  public String tag() {
    return "W/\"" + hash + '"';
  }
}
