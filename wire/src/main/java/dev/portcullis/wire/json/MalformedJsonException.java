package dev.portcullis.wire.json;

/** A text is not JSON, or goes beyond the reader's limits. The message never quotes the text. */
public final class MalformedJsonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why the text was refused, in a form that a client may be told. */
  public MalformedJsonException(String message) {
    super(message);
  }
}
