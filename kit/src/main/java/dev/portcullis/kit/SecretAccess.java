package dev.portcullis.kit;

/**
 * Permission to read a {@link Secret}. Only the code that wires a zone together asks for it, and
 * the ugly name lets a search find every such place.
 */
public final class SecretAccess {

  private static final SecretAccess GRANT = new SecretAccess();

  private SecretAccess() {}

  /** Grants reading. Call it where a zone is wired, never where requests are handled. */
  public static SecretAccess insecureGrant() {
    return GRANT;
  }
}
