package dev.portcullis.gateway.keys;

import dev.portcullis.wire.key.ApiKey;

/** What became of an order to make or change a key. */
public sealed interface KeyChange {

  /**
   * A new key. This is the one time that its text is to be had.
   *
   * @param key how it is stored
   * @param text the key itself
   */
  record Issued(StoredKey key, ApiKey text) implements KeyChange {}

  /** The key as it is now. */
  record Changed(StoredKey key) implements KeyChange {}

  /**
   * Nothing was done.
   *
   * @param code for programs: {@code no_such_account}, {@code no_such_key}, {@code invalid_terms},
   *     {@code not_usable}
   * @param message for people, one sentence
   */
  record Refused(String code, String message) implements KeyChange {}
}
