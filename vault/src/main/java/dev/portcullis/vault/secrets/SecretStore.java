package dev.portcullis.vault.secrets;

import static dev.portcullis.vault.store.Sql.instant;
import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.changes.Confirmations;
import dev.portcullis.vault.crypto.DataKey;
import dev.portcullis.vault.crypto.DataKeys;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.secrets.ProviderSecret.Use;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Providers' secrets at rest. Each version is sealed under a data key of the account that it is
 * bound to, and bound to its name, version, provider account and host: a row that is copied or
 * changed does not open.
 */
public final class SecretStore {

  /** What PostgreSQL calls infinity: nobody has said yet from when on it is used. */
  static final Instant NEVER = OffsetDateTime.MAX.toInstant();

  private static final int MOST_VERSIONS = 1_000;
  private static final int MOST_ACTIVE = 20;
  private static final String COLUMNS =
      "account, livemode, name, version, provider_account, host, created, created_by, active_from,"
          + " retired";

  private final Sql sql;
  private final AuditTrail audit;
  private final DataKeys keys;
  private final Confirmations confirmations;
  private final SecretAccess access;
  private final InstantSource clock;

  /**
   * @param confirmations says what two people confirmed
   */
  public SecretStore(
      DataSource database,
      DataKeys keys,
      Confirmations confirmations,
      SecretAccess access,
      InstantSource clock) {
    this.sql = new Sql(database);
    this.audit = new AuditTrail(database, clock);
    this.keys = keys;
    this.confirmations = confirmations;
    this.access = access;
    this.clock = clock;
  }

  /** What else is written with a version, or neither is. */
  interface Entered<T> {
    T with(Connection connection, ProviderSecret made) throws SQLException;
  }

  /**
   * Keeps a new version. The first one of a name is used when its time has come, since nothing is
   * sent by it but what two people allow; every other one waits until two people have said so. What
   * waited before and is proposed no more goes.
   *
   * @throws ApiException if the name is bound to another use
   */
  <T> T put(
      String name,
      Use use,
      Secret value,
      Instant activeFrom,
      String by,
      String address,
      Entered<T> entered) {
    DataKey key = currentKey(use);
    return sql.within(
            connection -> {
              // One at a time: versions follow one another.
              update(connection, "lock table provider_secret in share row exclusive mode");
              List<ProviderSecret> before = versions(connection, name);
              requireSameUse(before, use);
              discardForgotten(connection, name);
              ProviderSecret made =
                  new ProviderSecret(
                      name,
                      before.isEmpty() ? 1 : before.getFirst().version() + 1,
                      use,
                      clock.instant(),
                      by,
                      before.isEmpty() ? activeFrom : NEVER,
                      null);
              insert(connection, made, key, value);
              EgressRevision.raise(connection);
              audit.appendWithin(
                  connection,
                  "secret.entered",
                  name,
                  "version %d, for %s, by %s from %s".formatted(made.version(), use, by, address));
              return entered.with(connection, made);
            })
        .orElseThrow();
  }

  /** Nobody confirmed it in time, and nobody will. */
  private void discardForgotten(Connection connection, String name) throws SQLException {
    update(
        connection,
        "update provider_secret set retired = ?, sealed = '' where name = ? and retired is null"
            + " and active_from = 'infinity' and not exists (select from pending_change where"
            + " action = ? and subject = name || '/' || version and state = 'pending'"
            + " and expires > ?)",
        clock.instant(),
        name,
        SecretChanges.USE,
        clock.instant());
  }

  /** Destroys a version that was never used, if it is such. */
  void discard(Connection connection, String name, int version) throws SQLException {
    update(
        connection,
        "update provider_secret set retired = ?, sealed = '' where name = ? and version = ?"
            + " and retired is null and active_from = 'infinity'",
        clock.instant(),
        name,
        version);
    EgressRevision.raise(connection);
  }

  private DataKey currentKey(Use use) {
    try {
      return keys.current(new Owner(use.account(), use.livemode()));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  private static void requireSameUse(List<ProviderSecret> before, Use use) {
    if (!before.isEmpty() && !before.getFirst().use().equals(use)) {
      throw new ApiException(
          ApiErrors.invalid(
              "name",
              "secret_bound_otherwise",
              "This name is bound to "
                  + before.getFirst().use()
                  + "; another use needs another name."));
    }
    if (before.size() >= MOST_VERSIONS) {
      throw new ApiException(
          ApiErrors.invalid("name", "secret_versions", "This name has had too many versions."));
    }
  }

  private void insert(Connection connection, ProviderSecret made, DataKey key, Secret value)
      throws SQLException {
    byte[] bytes = value.revealBytes(access);
    try {
      update(
          connection,
          "insert into provider_secret (account, livemode, name, version, provider_account, host,"
              + " data_key, sealed, created, created_by, active_from)"
              + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          made.use().account(),
          made.use().livemode(),
          made.name(),
          made.version(),
          made.use().providerAccount(),
          made.use().host(),
          key.id(),
          key.seal(DataKey.Purpose.PROVIDER_SECRET, row(made), bytes),
          made.created(),
          made.createdBy(),
          made.activeFrom().equals(NEVER) ? OffsetDateTime.MAX : made.activeFrom());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** Everything that a secret's ciphertext is bound to besides its account and mode. */
  private static String row(ProviderSecret secret) {
    return "%s %d %s %s"
        .formatted(
            secret.name(), secret.version(), secret.use().providerAccount(), secret.use().host());
  }

  /**
   * Has a version used from then on, or from now.
   *
   * @return from when on
   */
  Instant use(Connection connection, String name, int version, Instant from) throws SQLException {
    Instant now = clock.instant();
    Instant start = from.isBefore(now) ? now : from;
    require(
        update(
            connection,
            "update provider_secret set active_from = ?"
                + " where name = ? and version = ? and retired is null",
            start,
            name,
            version),
        name,
        version);
    EgressRevision.raise(connection);
    return start;
  }

  /** Takes a version out of use for good; its ciphertext goes. */
  void retire(Connection connection, String name, int version) throws SQLException {
    require(
        update(
            connection,
            "update provider_secret set retired = ?, sealed = ''"
                + " where name = ? and version = ? and retired is null",
            clock.instant(),
            name,
            version),
        name,
        version);
    EgressRevision.raise(connection);
  }

  private static void require(int changed, String name, int version) {
    if (changed == 0) {
      throw new ApiException(ApiErrors.noSuch("secret version", name + "/" + version, "version"));
    }
  }

  private List<ProviderSecret> versions(Connection connection, String name) throws SQLException {
    return query(
        connection,
        "select " + COLUMNS + " from provider_secret where name = ? order by version desc",
        SecretStore::secret,
        name);
  }

  /** Every version of every name. */
  public List<ProviderSecret> list() {
    return sql.query(
        "select " + COLUMNS + " from provider_secret order by name, version", SecretStore::secret);
  }

  private static ProviderSecret secret(ResultSet row) throws SQLException {
    OffsetDateTime retired = row.getObject("retired", OffsetDateTime.class);
    return new ProviderSecret(
        row.getString("name"),
        row.getInt("version"),
        new Use(
            row.getString("account"),
            row.getBoolean("livemode"),
            row.getString("provider_account"),
            row.getString("host")),
        instant(row, "created"),
        row.getString("created_by"),
        instant(row, "active_from"),
        retired == null ? null : retired.toInstant());
  }

  /** Whether a version, or a later one, is of use. */
  public enum Standing {
    /** It is used now. */
    ACTIVE,
    /** Its time has not come, or another administrator has not said so yet. */
    WAITING,
    /** It is retired, or nobody can say any more that it is used. */
    GONE
  }

  /** How it stands with that version of a name and those after it. */
  public Standing standing(String name, int version) {
    Instant now = clock.instant();
    List<ProviderSecret> left =
        list().stream()
            .filter(each -> each.name().equals(name) && each.version() >= version)
            .filter(each -> each.retired() == null)
            .toList();
    if (left.stream().anyMatch(each -> !each.activeFrom().isAfter(now))) {
      return Standing.ACTIVE;
    }
    boolean waits =
        left.stream().anyMatch(each -> !each.activeFrom().equals(NEVER) || isProposed(each, now));
    return waits ? Standing.WAITING : Standing.GONE;
  }

  private boolean isProposed(ProviderSecret secret, Instant now) {
    return sql.query(
            "select exists (select from pending_change where action = ? and subject = ?"
                + " and state = 'pending' and expires > ?)",
            row -> row.getBoolean(1),
            SecretChanges.USE,
            SecretChanges.subject(secret.name(), secret.version()),
            now)
        .getFirst();
  }

  /** A version, opened. */
  public record Opened(ProviderSecret secret, Secret value) {}

  private record Row(ProviderSecret secret, String dataKey, byte[] sealed) {}

  /**
   * The version that is used now: the newest whose time has come.
   *
   * @throws dev.portcullis.vault.crypto.TamperedException if its row was changed
   * @throws dev.portcullis.vault.crypto.KeyUnavailableException if the master key is needed and
   *     cannot be used now
   */
  public Optional<Opened> current(String name) {
    return used(name).findFirst().map(this::open);
  }

  /**
   * Every version that is used now, newest first, 20 at most: whoever checks what others sign takes
   * an older one until it is retired.
   *
   * @throws dev.portcullis.vault.crypto.TamperedException if a row was changed
   * @throws dev.portcullis.vault.crypto.KeyUnavailableException if the master key is needed and
   *     cannot be used now
   */
  public List<Opened> active(String name) {
    return used(name).map(this::open).toList();
  }

  /** Those that are used now, newest first; nothing is opened. */
  private Stream<Row> used(String name) {
    return sql
        .query(
            "select "
                + COLUMNS
                + ", data_key, sealed from provider_secret where name = ? and retired is null"
                + " and active_from <= ? order by version desc limit "
                + MOST_ACTIVE,
            row -> new Row(secret(row), row.getString("data_key"), row.getBytes("sealed")),
            name,
            clock.instant())
        .stream()
        .filter(row -> mayBeUsed(row.secret()));
  }

  /** Every version but the first one is used because two people said so. */
  private boolean mayBeUsed(ProviderSecret secret) {
    try {
      return secret.version() == 1
          || confirmations.vouchFor(
              sql, SecretChanges.USE, SecretChanges.subject(secret.name(), secret.version()));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  private Opened open(Row row) {
    Use use = row.secret().use();
    try {
      byte[] bytes =
          keys.byId(new Owner(use.account(), use.livemode()), row.dataKey())
              .open(DataKey.Purpose.PROVIDER_SECRET, row(row.secret()), row.sealed());
      return new Opened(row.secret(), Secret.ofBytes(bytes));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }
}
