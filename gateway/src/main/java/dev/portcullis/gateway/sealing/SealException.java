package dev.portcullis.gateway.sealing;

/**
 * A sealed value cannot be opened: it was changed, moved to another row, or sealed by a key that is
 * not in the keyset any more. Its message holds nothing of the value.
 */
public final class SealException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SealException(Place place, Throwable cause) {
    super("a sealed " + place.kind() + " cannot be opened: " + place.id(), cause);
  }
}
