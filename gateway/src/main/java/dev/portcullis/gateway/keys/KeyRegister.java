package dev.portcullis.gateway.keys;

import java.time.Instant;
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

  /** As many uses come at once; fewer are all that there are. */
  int USES = 500;

  /**
   * The newest use of a key at the cards origin.
   *
   * @param at to the millisecond
   * @param address from where, as text
   */
  record Use(String account, String id, Instant at, String address) {}

  /**
   * When and from where keys were used at the cards origin, the oldest first.
   *
   * @param written what was answered the last time, has been written, and may be forgotten
   * @return at most {@link #USES}
   * @throws dev.portcullis.wire.error.ApiException 503 if the vault cannot be reached
   */
  List<Use> uses(List<Use> written);
}
