package dev.portcullis.wire.config;

import org.jspecify.annotations.Nullable;

/** A configuration cannot be used; the message is one sentence for the person who wrote it. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    this(message, null);
  }

  public ConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
