package dev.portcullis.gateway.checkout;

import dev.portcullis.wire.http.StaticFile;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A merchant's picture: PNG, JPEG or WebP, by what it begins with and not by what it is called. SVG
 * is none: it is a document that can hold scripts.
 *
 * @param type its media type
 * @param file its bytes
 */
record Logo(String type, StaticFile file) {

  static final int MOST_BYTES = 48 << 10;

  /** The picture, if it is one of a kind that is taken. */
  static Optional<Logo> of(byte[] bytes) {
    if (bytes.length > MOST_BYTES) {
      return Optional.empty();
    }
    String begins = new String(bytes, 0, Math.min(bytes.length, 12), StandardCharsets.ISO_8859_1);
    StaticFile file = StaticFile.of(bytes);
    if (begins.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(new Logo("image/png", file));
    }
    if (begins.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(new Logo("image/jpeg", file));
    }
    return begins.startsWith("RIFF") && begins.endsWith("WEBP")
        ? Optional.of(new Logo("image/webp", file))
        : Optional.empty();
  }

  /** Names its content. */
  String name() {
    return file.hash();
  }
}
