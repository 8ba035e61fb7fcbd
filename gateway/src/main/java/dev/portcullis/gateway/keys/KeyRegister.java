package dev.portcullis.gateway.keys;

import java.util.List;

/** The vault, as far as API keys go. */
public interface KeyRegister {

  /**
   * What the vault holds of a key after it was told of it.
   *
   * @param version the version that it holds
   * @param taken whether it holds what it was told; false when it knew a version as new, since one
   *     of the two databases is older than the other
   * @param revoked whether the key has ceased to work there
   */
  record Held(String account, String id, long version, boolean taken, boolean revoked) {}

  /**
   * Tells the vault of keys. When it returns, the vault has committed what it answers.
   *
   * @return one for each key, in the same order
   * @throws dev.portcullis.wire.error.ApiException 503 if the vault cannot be reached
   */
  List<Held> push(List<KeyRecord> keys);
}
