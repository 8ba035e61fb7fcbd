package dev.portcullis.vault.keys;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.Permission;
import java.util.Set;

/**
 * Whom an API key speaks for.
 *
 * @param keyId the key's id, fit for logs
 * @param hint the key's redacted form, fit for its holder
 * @param owner the account and mode
 * @param kind what the key is for
 * @param scopes the names of what a restricted key may do; empty for the others
 */
public record Principal(String keyId, String hint, Owner owner, KeyKind kind, Set<String> scopes) {

  /** Whether the key may do this; secret and publishable keys may hand in cards as they are. */
  public boolean may(Permission permission) {
    return switch (kind) {
      case SECRET, PUBLISHABLE -> true;
      case RESTRICTED -> scopes.contains(permission.wireName());
    };
  }

  /** Whether the key lives in a page, where anybody can read it. */
  public boolean isPublic() {
    return kind == KeyKind.PUBLISHABLE;
  }
}
