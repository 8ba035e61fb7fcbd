package dev.portcullis.vault.crypto;

import java.security.SecureRandom;
import java.time.InstantSource;

/** Vaults that share stored data keys, for tests of what wraps them. */
public final class VaultsInMemory {

  private final MemoryStore store = new MemoryStore();

  /** One vault's data keys. */
  public DataKeys vault(MasterKeys keys, InstantSource clock) {
    return new DataKeys(store, keys, clock, new SecureRandom());
  }

  /** How many data keys are stored. */
  public int stored() {
    return store.rows.size();
  }
}
