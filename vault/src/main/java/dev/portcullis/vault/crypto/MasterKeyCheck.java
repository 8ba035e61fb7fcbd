package dev.portcullis.vault.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Whether master keys are those that wrapped what is stored. What decides are data keys that seal
 * something: a row that somebody wrote into the database and that seals nothing neither proves a
 * key nor stands against one.
 */
final class MasterKeyCheck {

  private static final Logger LOG = Logger.getLogger(MasterKeyCheck.class.getName());
  private static final int KEY_BYTES = 32;

  /**
   * Of each master key, besides the oldest and the newest; where it is elsewhere each is a call.
   */
  private static final int SAMPLE = 1_000;

  private static final int REMOTE_SAMPLE = 1;

  private final DataKeyStore store;
  private final MasterKeys masterKeys;
  private final SecureRandom random;

  MasterKeyCheck(DataKeyStore store, MasterKeys masterKeys, SecureRandom random) {
    this.store = store;
    this.masterKeys = masterKeys;
    this.random = random;
  }

  /** As {@link DataKeys#requireMasterKey}. */
  void require() throws SQLException {
    Set<String> named = store.masterKeys();
    requireConfigured(named);
    if (masterKeys
        .trouble()
        .map(KeyTrouble::kind)
        .filter(KeyTrouble.Kind.SEALED::equals)
        .isPresent()) {
      return; // whoever opens it asks again
    }
    requireWorking();
    for (String id : masterKeys.ids()) {
      @Nullable String against = evidence(masterKeys.byId(id)).against();
      if (against != null) {
        throw new WrongMasterKeyException(
            "The vault's data key %s does not unwrap with the master key that it names, %s; restore that master key, or the vault's database."
                .formatted(against, id),
            null);
      }
    }
  }

  private void requireConfigured(Set<String> named) throws SQLException {
    Set<String> missing = new LinkedHashSet<>(named);
    missing.removeAll(masterKeys.ids());
    if (missing.isEmpty()) {
      return;
    }
    if (missing.size() == named.size() || store.areUsed(missing)) {
      throw new WrongMasterKeyException(
          "The vault's master key is %s and stored data keys are wrapped by %s; restore that master key, or name it as old-master-key."
              .formatted(masterKeys.current().id(), String.join(" and ", missing)),
          null);
    }
    LOG.log(
        Level.WARNING,
        "stored data keys that seal nothing are wrapped by {0}, which is not configured: if no"
            + " vault of yours made them, somebody wrote into the database",
        String.join(" and ", missing));
  }

  /** As {@link DataKeys#evidence}. */
  Evidence evidence(MasterKey key) throws SQLException {
    int most = masterKeys.dataKeyLife().isPresent() ? REMOTE_SAMPLE : SAMPLE;
    List<DataKeyStore.Sampled> sample = store.sample(key.id(), most);
    List<DataKeyStore.Row> used =
        sample.stream().filter(DataKeyStore.Sampled::used).map(DataKeyStore.Sampled::row).toList();
    List<DataKeyStore.Row> decisive =
        used.isEmpty() ? sample.stream().map(DataKeyStore.Sampled::row).toList() : used;
    for (DataKeyStore.Row row : decisive) {
      if (!unwraps(key, row)) {
        return new Evidence(true, row.id());
      }
    }
    return new Evidence(!decisive.isEmpty(), null);
  }

  private static boolean unwraps(MasterKey key, DataKeyStore.Row row) {
    try {
      Arrays.fill(key.unwrap(row.wrapped(), DataKeys.context(row)), (byte) 0);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  /** A key that may unwrap and not wrap would be noticed by the first new account only. */
  private void requireWorking() {
    MasterKey key = masterKeys.current();
    byte[] context = Owner.ADMINISTRATION.context("master key check", key.id());
    byte[] sample = new byte[KEY_BYTES];
    random.nextBytes(sample);
    byte[] wrapped;
    try {
      wrapped = key.wrap(sample, context);
      if (!MessageDigest.isEqual(sample, key.unwrap(wrapped, context))) {
        throw new GeneralSecurityException("something else came back");
      }
    } catch (GeneralSecurityException e) {
      throw new WrongMasterKeyException(
          "The master key %s does not unwrap what it wrapped.".formatted(key.id()), e);
    }
    requireBinding(key, wrapped);
  }

  /** A service that does not know the parameter for it would bind a data key to nothing. */
  private static void requireBinding(MasterKey key, byte[] wrapped) {
    try {
      key.unwrap(wrapped, Owner.ADMINISTRATION.context("another context", key.id()));
    } catch (GeneralSecurityException _) {
      return;
    }
    throw new WrongMasterKeyException(
        "The master key %s does not bind what it wraps to its context.".formatted(key.id()), null);
  }
}
