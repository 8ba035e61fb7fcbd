package dev.portcullis.vault.people;

import static dev.portcullis.vault.store.Sql.instant;
import static dev.portcullis.vault.store.Sql.query;
import static dev.portcullis.vault.store.Sql.update;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.people.Act;
import dev.portcullis.wire.people.Attempts;
import dev.portcullis.wire.people.Enrollment;
import dev.portcullis.wire.people.Factors;
import dev.portcullis.wire.people.PeopleStore;
import dev.portcullis.wire.people.Person;
import dev.portcullis.wire.people.Role;
import dev.portcullis.wire.people.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The vault's people, in its own database. */
public final class VaultPeople implements PeopleStore {

  private static final String ADMINISTRATOR =
      "exists (select from person where role = 'administrator' and password is not null)";

  /** An enrolment counts as a use; the first one of all names its person as proposed alone. */
  private static final String UNUSED =
      "select name from person p where password is not null and greatest(created, last_sign_in,"
          + " (select max(used) from person_enrollment e"
          + " where coalesce(e.person, e.proposed_name) = p.name)) < ? order by name for update";

  private final Sql sql;
  private final AuditTrail audit;

  /** Keeps people, and an entry of each act in the vault's trail. */
  public VaultPeople(DataSource database, InstantSource clock) {
    this.sql = new Sql(database);
    this.audit = new AuditTrail(database, clock);
  }

  @Override
  public void record(Act act) {
    sql.within(connection -> record(connection, act));
  }

  private Act record(Connection connection, Act act) throws SQLException {
    String by = "by " + act.actor() + " from " + act.address();
    audit.appendWithin(
        connection,
        act.action(),
        act.subject(),
        act.detail().isEmpty() ? by : act.detail() + ", " + by);
    return act;
  }

  @Override
  public boolean hasAdministrator() {
    return sql.query("select " + ADMINISTRATOR, row -> row.getBoolean(1)).getFirst();
  }

  @Override
  public void disableUnused(Instant since, Instant now, Function<String, Act> act) {
    sql.within(
        connection -> {
          List<String> unused = query(connection, UNUSED, row -> row.getString(1), since);
          for (String name : unused) {
            update(
                connection,
                "update person set password = null, totp = null, disabled = ? where name = ?",
                now,
                name);
            update(connection, "delete from admin_session where person = ?", name);
            record(connection, act.apply(name));
          }
          return unused;
        });
  }

  @Override
  public List<Person> list() {
    return sql.query("select * from person order by name", VaultPeople::person);
  }

  private static Person person(ResultSet row) throws SQLException {
    @Nullable OffsetDateTime last = row.getObject("last_sign_in", OffsetDateTime.class);
    Person.Status status =
        row.getObject("removed") != null
            ? Person.Status.REMOVED
            : row.getString("password") != null
                ? Person.Status.ACTIVE
                : row.getObject("disabled") == null
                    ? Person.Status.INVITED
                    : Person.Status.DISABLED;
    return new Person(
        row.getString("name"),
        Role.ofWireName(row.getString("role")),
        status,
        instant(row, "created"),
        row.getString("created_by"),
        last == null ? null : last.toInstant());
  }

  @Override
  public Optional<Factors> factors(String person) {
    return sql
        .query(
            "select password, totp, last_step from person where name = ? and password is not null",
            row -> new Factors(person, row.getString(1), row.getString(2), row.getLong(3)),
            person)
        .stream()
        .findFirst();
  }

  @Override
  public boolean useStep(String person, long step) {
    return sql.update(
            "update person set last_step = ? where name = ? and last_step < ?", step, person, step)
        == 1;
  }

  @Override
  public Attempts attempt(String subject, UnaryOperator<Attempts> change) {
    return sql.within(
            connection -> {
              // One statement makes the row or locks it: between two it could be pruned.
              Attempts before =
                  query(
                          connection,
                          "insert into sign_in_attempts (subject, failures, last_at, until)"
                              + " values (?, 0, 'epoch', 'epoch') on conflict (subject)"
                              + " do update set subject = excluded.subject"
                              + " returning failures, last_at, until",
                          row ->
                              new Attempts(
                                  row.getInt(1), instant(row, "last_at"), instant(row, "until")),
                          subject)
                      .getFirst();
              Attempts after = change.apply(before);
              update(
                  connection,
                  "update sign_in_attempts set failures = ?, last_at = ?, until = ?"
                      + " where subject = ?",
                  after.failures(),
                  after.last(),
                  after.until(),
                  subject);
              return before;
            })
        .orElseThrow();
  }

  @Override
  public void prune(Instant now, Instant attemptsBefore) {
    sql.update("delete from sign_in_attempts where last_at < ? and until < ?", attemptsBefore, now);
    sql.update("delete from admin_session where expires < ?", now);
  }

  @Override
  public void offer(Enrollment enrollment, Instant now) {
    sql.within(connection -> insert(connection, enrollment, now));
  }

  private static Integer insert(Connection connection, Enrollment enrollment, Instant now)
      throws SQLException {
    return update(
        connection,
        "insert into person_enrollment (code_hash, person, role, created, expires)"
            + " values (?, ?, ?, ?, ?) on conflict do nothing",
        enrollment.codeHash(),
        enrollment.person(),
        enrollment.role().wireName(),
        now,
        enrollment.expires());
  }

  @Override
  public boolean invite(Person person, Enrollment enrollment, Act act) {
    return sql.<Act>within(
            connection -> {
              int added =
                  update(
                      connection,
                      "insert into person (name, role, created, created_by) values (?, ?, ?, ?)"
                          + " on conflict do nothing",
                      person.name(),
                      person.role().wireName(),
                      person.created(),
                      person.createdBy());
              if (added == 0) {
                return null;
              }
              insert(connection, enrollment, person.created());
              return record(connection, act);
            })
        .isPresent();
  }

  @Override
  public Outcome reset(String person, Enrollment enrollment, Instant now, Act act) {
    return sql.within(
            connection -> {
              Outcome outcome = takeAway(connection, person, now);
              if (outcome == Outcome.DONE) {
                update(
                    connection,
                    "update person set password = null, totp = null, disabled = null"
                        + " where name = ?",
                    person);
                insert(connection, enrollment, now);
                record(connection, act);
              }
              return outcome;
            })
        .orElseThrow();
  }

  @Override
  public Outcome remove(String person, Instant now, Act act) {
    return sql.within(
            connection -> {
              Outcome outcome = takeAway(connection, person, now);
              if (outcome == Outcome.DONE) {
                update(
                    connection,
                    "update person set password = null, totp = null, removed = ? where name = ?",
                    now,
                    person);
                record(connection, act);
              }
              return outcome;
            })
        .orElseThrow();
  }

  /** Ends sessions and codes, unless nobody would be left who can let people in. */
  private static Outcome takeAway(Connection connection, String person, Instant now)
      throws SQLException {
    // Locked, so that two administrators cannot remove each other at once.
    List<String> administrators =
        query(
            connection,
            "select name from person where role = 'administrator' and password is not null"
                + " order by name for update",
            row -> row.getString(1));
    if (query(
            connection,
            "select name from person where name = ? and removed is null for update",
            row -> row.getString(1),
            person)
        .isEmpty()) {
      return Outcome.NO_SUCH_PERSON;
    }
    if (administrators.equals(List.of(person))) {
      return Outcome.LAST_ADMINISTRATOR;
    }
    update(connection, "delete from admin_session where person = ?", person);
    update(
        connection,
        "update person_enrollment set used = ? where person = ? and used is null",
        now,
        person);
    return Outcome.DONE;
  }

  @Override
  public Optional<Enrollment> enrollment(byte[] codeHash) {
    return sql
        .query(
            "select * from person_enrollment where code_hash = ?",
            row ->
                new Enrollment(
                    codeHash,
                    row.getString("person"),
                    Role.ofWireName(row.getString("role")),
                    instant(row, "expires"),
                    row.getObject("used") != null,
                    proposed(row)),
            codeHash)
        .stream()
        .findFirst();
  }

  private static @Nullable Factors proposed(ResultSet row) throws SQLException {
    String name = row.getString("proposed_name");
    return name == null
        ? null
        : new Factors(name, row.getString("proposed_password"), row.getString("proposed_totp"), 0);
  }

  @Override
  public void propose(byte[] codeHash, Factors factors) {
    sql.update(
        "update person_enrollment set proposed_name = ?, proposed_password = ?,"
            + " proposed_totp = ? where code_hash = ? and used is null",
        factors.person(),
        factors.password(),
        factors.totp(),
        codeHash);
  }

  @Override
  public boolean enroll(Enrollment enrollment, Factors factors, long step, Instant now, Act act) {
    return sql.<Act>within(
            connection -> {
              // The secret that was proven must be the one that is kept: another call may have
              // proposed anew meanwhile.
              int used =
                  update(
                      connection,
                      "update person_enrollment set used = ?, proposed_password = null,"
                          + " proposed_totp = null"
                          + " where code_hash = ? and used is null and proposed_totp = ?",
                      now,
                      enrollment.codeHash(),
                      factors.totp());
              if (used == 0
                  || (enrollment.person() == null
                      && !first(connection, enrollment, factors, now))) {
                return null;
              }
              update(
                  connection,
                  "update person set password = ?, totp = ?, last_step = ?, disabled = null"
                      + " where name = ? and removed is null",
                  factors.password(),
                  factors.totp(),
                  step,
                  factors.person());
              return record(connection, act);
            })
        .isPresent();
  }

  /**
   * Adds an administrator, or lets one in again who was disabled; false if there is one by now, who
   * would have to let them in, or the name is another's.
   */
  private static boolean first(
      Connection connection, Enrollment enrollment, Factors factors, Instant now)
      throws SQLException {
    update(connection, "lock table person in share row exclusive mode");
    return update(
            connection,
            "insert into person (name, role, created, created_by)"
                + " select ?, ?, ?, ? where not "
                + ADMINISTRATOR
                + " on conflict (name) do update set disabled = null"
                + " where person.disabled is not null and person.role = excluded.role",
            factors.person(),
            enrollment.role().wireName(),
            now,
            factors.person())
        == 1;
  }

  @Override
  public void open(byte[] tokenHash, String person, Instant expires, Instant now, Act act) {
    sql.within(
        connection -> {
          update(
              connection,
              "insert into admin_session (token_hash, person, created, expires)"
                  + " values (?, ?, ?, ?)",
              tokenHash,
              person,
              now,
              expires);
          update(connection, "update person set last_sign_in = ? where name = ?", now, person);
          return record(connection, act);
        });
  }

  @Override
  public Optional<Session> session(byte[] tokenHash, Instant now) {
    return sql
        .query(
            "select person.name, person.role, admin_session.expires from admin_session"
                + " join person on person.name = admin_session.person"
                + " where token_hash = ? and expires > ? and password is not null",
            row ->
                new Session(
                    row.getString(1), Role.ofWireName(row.getString(2)), instant(row, "expires")),
            tokenHash,
            now)
        .stream()
        .findFirst();
  }

  @Override
  public void close(byte[] tokenHash, Act act) {
    sql.within(
        connection -> {
          update(connection, "delete from admin_session where token_hash = ?", tokenHash);
          return record(connection, act);
        });
  }
}
