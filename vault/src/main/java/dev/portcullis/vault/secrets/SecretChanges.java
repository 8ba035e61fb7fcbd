package dev.portcullis.vault.secrets;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeKind;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Using another version of a secret, and retiring one. One person may enter a secret; alone they
 * could lead an account's money to a merchant account of their own, or back to a leaked key.
 */
public final class SecretChanges {

  static final String USE = "secret.use";
  static final String RETIRE = "secret.retire";

  private SecretChanges() {}

  /** Both kinds. */
  public static List<ChangeKind> of(SecretStore secrets, Runnable changed) {
    return List.of(new Use(secrets, changed), new Retire(secrets, changed));
  }

  /** What a change is about: {@code name/version}. */
  static String subject(String name, int version) {
    return name + "/" + version;
  }

  private static String name(Change change) {
    return change.subject().substring(0, change.subject().lastIndexOf('/'));
  }

  private static int version(Change change) {
    return Integer.parseInt(change.subject().substring(change.subject().lastIndexOf('/') + 1));
  }

  private static Optional<ProviderSecret> find(SecretStore secrets, Change change) {
    return secrets.list().stream()
        .filter(secret -> secret.name().equals(name(change)))
        .filter(secret -> secret.version() == version(change) && secret.retired() == null)
        .findFirst();
  }

  private static void require(SecretStore secrets, Change change) {
    if (find(secrets, change).isEmpty()) {
      throw new ApiException(ApiErrors.noSuch("secret version", change.subject(), "version"));
    }
  }

  private record Use(SecretStore secrets, Runnable changed) implements ChangeKind {
    @Override
    public String action() {
      return USE;
    }

    @Override
    public void check(Change change) {
      require(secrets, change);
    }

    /** The content's first word says from when on. */
    @Override
    public String apply(Connection connection, Change change, String by) throws SQLException {
      Instant from = Instant.parse(change.content().split(" ", 2)[0]);
      return "used from " + secrets.use(connection, name(change), version(change), from) + " on";
    }

    @Override
    public void refuse(Connection connection, Change change) throws SQLException {
      secrets.discard(connection, name(change), version(change));
    }

    @Override
    public void applied() {
      changed.run();
    }
  }

  private record Retire(SecretStore secrets, Runnable changed) implements ChangeKind {
    @Override
    public String action() {
      return RETIRE;
    }

    @Override
    public void check(Change change) {
      require(secrets, change);
    }

    @Override
    public String consequences(Change change) {
      // Another change may have retired it since; this one is shown all the same, to be refused.
      return find(secrets, change)
          .map(ProviderSecret::use)
          .map(
              use ->
                  "It is destroyed: nothing is sent or verified with it for %s (%s) at %s any more."
                      .formatted(use.account(), use.livemode() ? "live" : "test", use.host()))
          .orElse("It is destroyed already: this change can only be refused.");
    }

    @Override
    public String apply(Connection connection, Change change, String by) throws SQLException {
      secrets.retire(connection, name(change), version(change));
      return "destroyed";
    }

    @Override
    public void applied() {
      changed.run();
    }
  }
}
