package dev.portcullis.cli.scan;

import dev.portcullis.wire.key.ApiKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Finds keys in a stream of bytes, whatever they are: text, a program, an archive's plain parts. It
 * looks for {@code k_test_} and {@code k_live_} and lets the key's own checksum decide. It keeps
 * one buffer, however long the stream is.
 */
final class KeyFinder {

  /** A key's whole length: kind, mode, 33 digits, 6 of the checksum. */
  static final int KEY_LENGTH = "sk_test_".length() + 33 + 6;

  private static final int BUFFER = 1 << 16;

  private final boolean publishable;

  /**
   * @param publishable whether publishable keys count, which are in every page by design
   */
  KeyFinder(boolean publishable) {
    this.publishable = publishable;
  }

  /** Takes what was found. */
  interface Sink {
    void found(ApiKey key, long line);
  }

  /** Reads the stream to its end. */
  void search(InputStream in, Sink sink) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int held = 0;
    long line = 1;
    while (true) {
      int read = in.read(buffer, held, buffer.length - held);
      boolean end = read < 0;
      int length = held + Math.max(read, 0);
      // A key that may go on beyond the buffer is looked at again with what follows.
      int last = end ? length - KEY_LENGTH : length - KEY_LENGTH - 1;
      int at = 0;
      for (; at <= last; at++) {
        if (buffer[at] == '\n') {
          line++;
        } else if (mayBegin(buffer, at)) {
          Optional<ApiKey> key = keyAt(buffer, at, length);
          if (key.isPresent()) {
            sink.found(key.get(), line);
          }
        }
      }
      if (end) {
        return;
      }
      held = length - at;
      System.arraycopy(buffer, at, buffer, 0, held);
    }
  }

  private boolean mayBegin(byte[] bytes, int at) {
    byte kind = bytes[at];
    return (kind == 's' || kind == 'r' || (publishable && kind == 'p'))
        && bytes[at + 1] == 'k'
        && bytes[at + 2] == '_'
        && (bytes[at + 3] == 't' || bytes[at + 3] == 'l');
  }

  private static Optional<ApiKey> keyAt(byte[] bytes, int at, int length) {
    if (at + KEY_LENGTH > length) {
      return Optional.empty();
    }
    return ApiKey.parse(new String(bytes, at, KEY_LENGTH, StandardCharsets.ISO_8859_1));
  }

  /** The key of that hash in the stream. */
  static Optional<ApiKey> find(InputStream in, String sha256) throws IOException {
    List<ApiKey> found = new ArrayList<>();
    new KeyFinder(true)
        .search(
            in,
            (key, _) -> {
              if (found.isEmpty() && isOf(key, sha256)) {
                found.add(key);
              }
            });
    return found.stream().findFirst();
  }

  private static boolean isOf(ApiKey key, String sha256) {
    return MessageDigest.isEqual(
        sha256(key).getBytes(StandardCharsets.US_ASCII),
        sha256.getBytes(StandardCharsets.US_ASCII));
  }

  /** The key's hash, by which it is known without being told. */
  static String sha256(ApiKey key) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(key.text().getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
