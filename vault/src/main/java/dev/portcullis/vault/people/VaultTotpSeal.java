package dev.portcullis.vault.people;

import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.people.TotpSeal;
import java.sql.SQLException;
import java.util.Base64;

/** Seals the secrets of codes under a data key of the vault, bound to the person. */
public final class VaultTotpSeal implements TotpSeal {

  private final DataKeys keys;

  /** Seals with those keys. */
  public VaultTotpSeal(DataKeys keys) {
    this.keys = keys;
  }

  @Override
  public String seal(String person, byte[] secret) {
    try {
      DataKey key = keys.current(Owner.ADMINISTRATION);
      byte[] sealed = key.seal(DataKey.Purpose.TOTP, person, secret);
      return key.id() + ":" + Base64.getEncoder().encodeToString(sealed);
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  @Override
  public byte[] open(String person, String sealed) {
    int colon = sealed.indexOf(':');
    try {
      return keys.byId(Owner.ADMINISTRATION, sealed.substring(0, colon))
          .open(
              DataKey.Purpose.TOTP,
              person,
              Base64.getDecoder().decode(sealed.substring(colon + 1)));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }
}
