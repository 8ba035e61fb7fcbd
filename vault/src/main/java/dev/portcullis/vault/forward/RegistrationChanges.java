package dev.portcullis.vault.forward;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Having a provider send to an address no more. What it would have told by itself stays away then,
 * and nobody is told of that: one person alone could have it so.
 */
public final class RegistrationChanges implements ChangeKind {

  private static final String REMOVE = "notifications.remove";

  private final RegistrationStore known;
  private final Providers providers;

  /** The one kind. */
  public RegistrationChanges(RegistrationStore known, Providers providers) {
    this.known = known;
    this.providers = providers;
  }

  /** Proposes it, for somebody else to confirm. */
  static Change propose(FourEyes changes, RegistrationStore.Key key, RegistrationStore.By by) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>();
    content.put("account", key.account());
    content.put("livemode", key.livemode());
    content.put("url", key.url());
    return changes.propose(
        REMOVE, key.providerAccount(), Json.writeString(content), by.person(), by.address());
  }

  private static RegistrationStore.Key key(Change change) {
    Map<String, @Nullable Object> content = Json.readObject(change.content());
    return new RegistrationStore.Key(
        String.valueOf(content.get("account")),
        Boolean.TRUE.equals(content.get("livemode")),
        change.subject(),
        String.valueOf(content.get("url")));
  }

  @Override
  public String action() {
    return REMOVE;
  }

  @Override
  public void check(Change change) {
    RegistrationStore.Key key = key(change);
    if (providers
        .find(key.providerAccount(), new Owner(key.account(), key.livemode()))
        .filter(provider -> provider.policy().registration() != null)
        .isEmpty()) {
      throw new ApiException(
          ApiErrors.noSuch(
              "forward policy for the provider account",
              key.providerAccount(),
              "provider_account"));
    }
  }

  @Override
  public String consequences(Change change) {
    return "%s may be had to send to %s no more: what it tells by itself would stay away."
        .formatted(change.subject(), key(change).url());
  }

  @Override
  public String apply(Connection connection, Change change, String by) throws SQLException {
    known.mayRemove(connection, key(change));
    return "it may be removed, for " + RegistrationStore.REMOVAL.toHours() + " hours";
  }
}
