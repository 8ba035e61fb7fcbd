package dev.portcullis.wire.tls;

import org.jspecify.annotations.Nullable;

/** A certificate or key file cannot be used; the message names the file and never its content. */
public final class TlsFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TlsFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
