package dev.portcullis.gateway.keys;

import java.util.List;

/** The vault, as far as API keys go. */
public interface KeyRegister {

  /**
   * Tells the vault of keys. When it returns, the vault has committed them.
   *
   * @throws dev.portcullis.wire.error.ApiException 503 if the vault cannot be reached
   */
  void push(List<KeyRecord> keys);
}
