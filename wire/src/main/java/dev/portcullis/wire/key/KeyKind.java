package dev.portcullis.wire.key;

import java.util.Locale;

/** What an API key is for. */
public enum KeyKind {
  /** May do everything for its account; lives on the business's server. */
  SECRET("sk"),
  /** May only hand in cards and confirm with a client secret; lives in a page. */
  PUBLISHABLE("pk"),
  /** May do what its scopes say. */
  RESTRICTED("rk");

  private final String prefix;

  KeyKind(String prefix) {
    this.prefix = prefix;
  }

  String prefix() {
    return prefix;
  }

  /** The name in configuration and in the vault's internal API: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static KeyKind ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
