package dev.portcullis.vault.forward;

import static dev.portcullis.vault.store.Sql.instant;
import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.secrets.ProviderSecret;
import dev.portcullis.vault.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What is known here of the places that providers were told to send to. It is durable, with its
 * entry in the trail, before the provider is asked for anything.
 */
public final class RegistrationStore {

  /** How long two people's word stands that one may be removed. */
  static final Duration REMOVAL = Duration.ofDays(1);

  /** Parts the lock from others' in this database. */
  private static final int LOCK = 27;

  private static final String IS_IT =
      " where account = ? and livemode = ? and provider_account = ? and url = ?";

  private final Sql sql;
  private final AuditTrail audit;
  private final InstantSource clock;

  /** In that database. */
  public RegistrationStore(DataSource database, InstantSource clock) {
    this.sql = new Sql(database);
    this.audit = new AuditTrail(database, clock);
    this.clock = clock;
  }

  /** Whose notifications go where. */
  record Key(String account, boolean livemode, String providerAccount, String url) {}

  /** How far it has come. */
  enum State {
    /** The provider may have been told, and nobody can say that the secret is kept. */
    REGISTERING,
    /** The provider knows, and the secret is kept where there is one. */
    REGISTERED,
    /** Two people have given it up, and the provider still knows. */
    REMOVING
  }

  /** A version of a secret. */
  record Kept(String name, int version) {
    static Kept of(ProviderSecret secret) {
      return new Kept(secret.name(), secret.version());
    }
  }

  /**
   * What is known of it.
   *
   * @param since when it came to stand so
   * @param place what the provider calls it, or null before it has said so
   * @param secret what its notifications are signed with, or null where that is none of the vault's
   */
  record Known(State state, Instant since, @Nullable String place, @Nullable Kept secret) {}

  /** Who does it, for the trail. */
  record By(String person, String address) {}

  /**
   * Does that while nobody else registers or removes anything; empty if somebody does. A vault that
   * dies lets go at once. One at a time, so that no more than one connection waits for a provider.
   */
  <T> Optional<T> alone(Supplier<T> work) {
    return sql.within(
        connection -> {
          // The provider may be slow, and a server of somebody else's impatient.
          update(connection, "set local idle_in_transaction_session_timeout = 0");
          boolean mine =
              query(
                      connection,
                      "select pg_try_advisory_xact_lock("
                          + LOCK
                          + ", hashtext('notification_registration'))",
                      row -> row.getBoolean(1))
                  .getFirst();
          return mine ? work.get() : null;
        });
  }

  Optional<Known> find(Key key) {
    return sql
        .query(
            "select state, since, place, secret_name, secret_version from notification_registration"
                + IS_IT,
            RegistrationStore::known,
            values(key))
        .stream()
        .findFirst();
  }

  private static Known known(ResultSet row) throws SQLException {
    String secret = row.getString("secret_name");
    return new Known(
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        instant(row, "since"),
        row.getString("place"),
        secret == null ? null : new Kept(secret, row.getInt("secret_version")));
  }

  /** The provider is about to be told. */
  void begin(Key key, By by) {
    within(
        connection -> {
          put(connection, key, State.REGISTERING, null, null);
          record(connection, "notifications.registering", key, "it", by);
        });
  }

  /** The provider has said where it is, and what it needs is kept within the same transaction. */
  void end(Connection connection, Key key, String place, @Nullable Kept secret, By by)
      throws SQLException {
    put(connection, key, State.REGISTERED, place, secret);
    record(connection, "notifications.registered", key, place, by);
  }

  /** The same where nothing else is to be kept. */
  void end(Key key, String place, By by) {
    within(connection -> end(connection, key, place, null, by));
  }

  /**
   * It came to nothing.
   *
   * @param mayBeThere whether the provider may have done it all the same
   */
  void failed(Key key, String reason, boolean mayBeThere, By by) {
    within(
        connection -> {
          if (!mayBeThere) {
            forget(connection, key);
          }
          record(connection, "notifications.registration_failed", key, reason, by);
        });
  }

  /** Two people have said that it may be removed. */
  void mayRemove(Connection connection, Key key) throws SQLException {
    update(
        connection,
        "insert into notification_registration (account, livemode, provider_account, url, state,"
            + " since) values (?, ?, ?, ?, 'removing', ?)"
            + " on conflict (account, livemode, provider_account, url) do update set"
            + " state = excluded.state, since = excluded.since",
        key.account,
        key.livemode,
        key.providerAccount,
        key.url,
        clock.instant());
  }

  /** Whether two people have said so lately. */
  boolean mayRemove(Key key) {
    return find(key)
        .filter(is -> is.state == State.REMOVING)
        .filter(is -> clock.instant().isBefore(is.since.plus(REMOVAL)))
        .isPresent();
  }

  /** The provider is about to be told to forget that place. */
  void removing(Key key, String place, By by) {
    within(connection -> record(connection, "notifications.removing", key, place, by));
  }

  /** The provider has forgotten that place. */
  void removed(Key key, String place, By by) {
    within(connection -> record(connection, "notifications.removed", key, place, by));
  }

  /** The provider has none of it left. */
  void forget(Key key) {
    within(connection -> forget(connection, key));
  }

  private static void forget(Connection connection, Key key) throws SQLException {
    update(connection, "delete from notification_registration" + IS_IT, values(key));
  }

  private void put(
      Connection connection, Key key, State state, @Nullable String place, @Nullable Kept secret)
      throws SQLException {
    update(
        connection,
        "insert into notification_registration (account, livemode, provider_account, url, state,"
            + " since, place, secret_name, secret_version) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            + " on conflict (account, livemode, provider_account, url) do update set"
            + " state = excluded.state, since = excluded.since, place = excluded.place,"
            + " secret_name = excluded.secret_name, secret_version = excluded.secret_version",
        key.account,
        key.livemode,
        key.providerAccount,
        key.url,
        state.name().toLowerCase(Locale.ROOT),
        clock.instant(),
        place,
        secret == null ? null : secret.name,
        secret == null ? null : secret.version);
  }

  private void record(Connection connection, String what, Key key, String which, By by)
      throws SQLException {
    audit.appendWithin(
        connection,
        what,
        key.providerAccount,
        "%s in %s mode at %s, by %s from %s"
            .formatted(which, key.livemode ? "live" : "test", key.url, by.person, by.address));
  }

  private static Object[] values(Key key) {
    return List.of(key.account, key.livemode, key.providerAccount, key.url).toArray();
  }

  private interface Write {
    void in(Connection connection) throws SQLException;
  }

  private void within(Write write) {
    boolean done =
        sql.within(
                connection -> {
                  write.in(connection);
                  return true;
                })
            .isPresent();
    if (!done) {
      throw new IllegalStateException("a registration was not written");
    }
  }
}
