package dev.portcullis.vault.forward;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.vault.secrets.EgressRevision;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;

/** Installing a forward policy and taking it away; both need two people. */
public final class PolicyChanges {

  static final String INSTALL = "policy.install";
  static final String REMOVE = "policy.remove";

  private PolicyChanges() {}

  /** Both kinds. */
  public static List<ChangeKind> of(Providers providers, InstantSource clock) {
    return List.of(new Install(providers, clock), new Remove(providers, clock));
  }

  private record Install(Providers providers, InstantSource clock) implements ChangeKind {
    @Override
    public String action() {
      return INSTALL;
    }

    @Override
    public void check(Change change) {
      try {
        providers.check(change.subject(), change.content());
      } catch (PolicyException e) {
        throw new ApiException(
            ApiErrors.invalid("policy", "policy_invalid", String.valueOf(e.getMessage())));
      }
    }

    @Override
    public String apply(Connection connection, Change change, String by) throws SQLException {
      int version = PolicyStore.insert(connection, change, change.content(), by, clock.instant());
      EgressRevision.raise(connection);
      return "version " + version;
    }

    @Override
    public void applied() {
      providers.refresh();
    }
  }

  private record Remove(Providers providers, InstantSource clock) implements ChangeKind {
    @Override
    public String action() {
      return REMOVE;
    }

    @Override
    public void check(Change change) {
      if (!providers.isInstalled(change.subject())) {
        throw new ApiException(ApiErrors.noSuch("policy", change.subject(), "name"));
      }
    }

    @Override
    public String consequences(Change change) {
      return "Nothing goes out to %s and no notification of it is verified any more."
          .formatted(change.subject());
    }

    @Override
    public String apply(Connection connection, Change change, String by) throws SQLException {
      PolicyStore.insert(connection, change, "", by, clock.instant());
      EgressRevision.raise(connection);
      return "removed";
    }

    @Override
    public void applied() {
      providers.refresh();
    }
  }
}
