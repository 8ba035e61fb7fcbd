package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.people.Act;
import dev.portcullis.wire.people.Attempts;
import dev.portcullis.wire.people.Enrollment;
import dev.portcullis.wire.people.Factors;
import dev.portcullis.wire.people.PeopleStore;
import dev.portcullis.wire.people.Person;
import dev.portcullis.wire.people.Role;
import dev.portcullis.wire.people.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** The gateway's people, in its own database. */
@Component
final class GatewayPeople implements PeopleStore {

  private static final String ADMINISTRATOR =
      "EXISTS (SELECT FROM person WHERE role = 'administrator' AND password IS NOT NULL)";

  /** An enrolment counts as a use; the first one of all names its person as proposed alone. */
  private static final String UNUSED =
      "SELECT name FROM person p WHERE password IS NOT NULL AND greatest(created, last_sign_in,"
          + " (SELECT max(used) FROM person_enrollment e"
          + " WHERE coalesce(e.person, e.proposed_name) = p.name)) < ? ORDER BY name FOR UPDATE";

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final AuditTrail audit;

  GatewayPeople(Database database, TransactionTemplate transactions, AuditTrail audit) {
    this.jdbc = database.shared();
    this.transactions = transactions;
    this.audit = audit;
  }

  private <T> T within(Function<TransactionStatus, T> work) {
    return Objects.requireNonNull(transactions.execute(work::apply));
  }

  @Override
  public void record(Act act) {
    audit.append(
        new Actor(act.actor(), act.address()), act.action(), "", act.subject(), act.detail());
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  @Override
  public boolean hasAdministrator() {
    return jdbc.sql("SELECT " + ADMINISTRATOR).query(Boolean.class).single();
  }

  @Override
  public void disableUnused(Instant since, Instant now, Function<String, Act> act) {
    within(
        _ -> {
          List<String> unused = jdbc.sql(UNUSED).param(time(since)).query(String.class).list();
          for (String name : unused) {
            jdbc.sql("UPDATE person SET password = NULL, totp = NULL, disabled = ? WHERE name = ?")
                .params(time(now), name)
                .update();
            jdbc.sql("DELETE FROM admin_session WHERE person = ?").param(name).update();
            record(act.apply(name));
          }
          return unused;
        });
  }

  @Override
  public List<Person> list() {
    return jdbc.sql("SELECT * FROM person ORDER BY name").query(GatewayPeople::person).list();
  }

  private static Person person(ResultSet row, int number) throws SQLException {
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
    return jdbc.sql(
            "SELECT password, totp, last_step FROM person WHERE name = ? AND password IS NOT NULL")
        .param(person)
        .query((row, _) -> new Factors(person, row.getString(1), row.getString(2), row.getLong(3)))
        .optional();
  }

  @Override
  public boolean useStep(String person, long step) {
    return jdbc.sql("UPDATE person SET last_step = ? WHERE name = ? AND last_step < ?")
            .params(step, person, step)
            .update()
        == 1;
  }

  @Override
  public Attempts attempt(String subject, UnaryOperator<Attempts> change) {
    return within(
        _ -> {
          // One statement makes the row or locks it: between two it could be pruned.
          Attempts before =
              jdbc.sql(
                      "INSERT INTO sign_in_attempts (subject, failures, last_at, until)"
                          + " VALUES (?, 0, 'epoch', 'epoch') ON CONFLICT (subject)"
                          + " DO UPDATE SET subject = excluded.subject"
                          + " RETURNING failures, last_at, until")
                  .param(subject)
                  .query(
                      (row, _) ->
                          new Attempts(
                              row.getInt(1), instant(row, "last_at"), instant(row, "until")))
                  .single();
          Attempts after = change.apply(before);
          jdbc.sql(
                  "UPDATE sign_in_attempts SET failures = ?, last_at = ?, until = ?"
                      + " WHERE subject = ?")
              .params(after.failures(), time(after.last()), time(after.until()), subject)
              .update();
          return before;
        });
  }

  @Override
  public void prune(Instant now, Instant attemptsBefore) {
    jdbc.sql("DELETE FROM sign_in_attempts WHERE last_at < ? AND until < ?")
        .params(time(attemptsBefore), time(now))
        .update();
    jdbc.sql("DELETE FROM admin_session WHERE expires < ?").param(time(now)).update();
    // What was chosen under a code that is over will never count.
    jdbc.sql(
            "UPDATE person_enrollment SET proposed_password = NULL, proposed_totp = NULL"
                + " WHERE expires < ? AND proposed_totp IS NOT NULL")
        .param(time(now))
        .update();
  }

  @Override
  public void offer(Enrollment enrollment, Instant now) {
    insert(enrollment, now);
  }

  private void insert(Enrollment enrollment, Instant now) {
    jdbc.sql(
            "INSERT INTO person_enrollment (code_hash, person, role, created, expires)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .params(
            Arrays.asList(
                enrollment.codeHash(),
                enrollment.person(),
                enrollment.role().wireName(),
                time(now),
                time(enrollment.expires())))
        .update();
  }

  @Override
  public boolean invite(Person person, Enrollment enrollment, Act act) {
    return within(
        _ -> {
          int added =
              jdbc.sql(
                      "INSERT INTO person (name, role, created, created_by) VALUES (?, ?, ?, ?)"
                          + " ON CONFLICT DO NOTHING")
                  .params(
                      person.name(),
                      person.role().wireName(),
                      time(person.created()),
                      person.createdBy())
                  .update();
          if (added == 1) {
            insert(enrollment, person.created());
            record(act);
          }
          return added == 1;
        });
  }

  @Override
  public Outcome reset(String person, Enrollment enrollment, Instant now, Act act) {
    return within(
        _ -> {
          Outcome outcome = takeAway(person, now);
          if (outcome == Outcome.DONE) {
            jdbc.sql(
                    "UPDATE person SET password = NULL, totp = NULL, disabled = NULL"
                        + " WHERE name = ?")
                .param(person)
                .update();
            insert(enrollment, now);
            record(act);
          }
          return outcome;
        });
  }

  @Override
  public Outcome remove(String person, Instant now, Act act) {
    return within(
        _ -> {
          Outcome outcome = takeAway(person, now);
          if (outcome == Outcome.DONE) {
            jdbc.sql("UPDATE person SET password = NULL, totp = NULL, removed = ? WHERE name = ?")
                .params(time(now), person)
                .update();
            record(act);
          }
          return outcome;
        });
  }

  /** Ends sessions and codes, unless nobody would be left who can let people in. */
  private Outcome takeAway(String person, Instant now) {
    // Locked, so that two administrators cannot remove each other at once.
    List<String> administrators =
        jdbc.sql(
                "SELECT name FROM person WHERE role = 'administrator' AND password IS NOT NULL"
                    + " ORDER BY name FOR UPDATE")
            .query(String.class)
            .list();
    boolean known =
        jdbc.sql("SELECT name FROM person WHERE name = ? AND removed IS NULL FOR UPDATE")
            .param(person)
            .query(String.class)
            .optional()
            .isPresent();
    if (!known) {
      return Outcome.NO_SUCH_PERSON;
    }
    if (administrators.equals(List.of(person))) {
      return Outcome.LAST_ADMINISTRATOR;
    }
    jdbc.sql("DELETE FROM admin_session WHERE person = ?").param(person).update();
    jdbc.sql("UPDATE person_enrollment SET used = ? WHERE person = ? AND used IS NULL")
        .params(time(now), person)
        .update();
    return Outcome.DONE;
  }

  @Override
  public Optional<Enrollment> enrollment(byte[] codeHash) {
    return jdbc.sql("SELECT * FROM person_enrollment WHERE code_hash = ?")
        .param(codeHash)
        .query(
            (row, _) ->
                new Enrollment(
                    codeHash,
                    row.getString("person"),
                    Role.ofWireName(row.getString("role")),
                    instant(row, "expires"),
                    row.getObject("used") != null,
                    proposed(row)))
        .optional();
  }

  private static @Nullable Factors proposed(ResultSet row) throws SQLException {
    String name = row.getString("proposed_name");
    return name == null
        ? null
        : new Factors(name, row.getString("proposed_password"), row.getString("proposed_totp"), 0);
  }

  @Override
  public void propose(byte[] codeHash, Factors factors) {
    jdbc.sql(
            "UPDATE person_enrollment SET proposed_name = ?, proposed_password = ?,"
                + " proposed_totp = ? WHERE code_hash = ? AND used IS NULL")
        .params(factors.person(), factors.password(), factors.totp(), codeHash)
        .update();
  }

  @Override
  public boolean enroll(Enrollment enrollment, Factors factors, long step, Instant now, Act act) {
    return within(
        status -> {
          // The secret that was proven must be the one that is kept: another call may have
          // proposed anew meanwhile.
          int used =
              jdbc.sql(
                      "UPDATE person_enrollment SET used = ?, proposed_password = NULL,"
                          + " proposed_totp = NULL"
                          + " WHERE code_hash = ? AND used IS NULL AND proposed_totp = ?")
                  .params(time(now), enrollment.codeHash(), factors.totp())
                  .update();
          if (used == 0 || (enrollment.person() == null && !first(enrollment, factors, now))) {
            status.setRollbackOnly();
            return false;
          }
          jdbc.sql(
                  "UPDATE person SET password = ?, totp = ?, last_step = ?, disabled = NULL"
                      + " WHERE name = ? AND removed IS NULL")
              .params(factors.password(), factors.totp(), step, factors.person())
              .update();
          record(act);
          return true;
        });
  }

  /**
   * Adds an administrator, or lets one in again who was disabled; false if there is one by now, who
   * would have to let them in, or the name is another's.
   */
  private boolean first(Enrollment enrollment, Factors factors, Instant now) {
    jdbc.sql("LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE").update();
    return jdbc.sql(
                "INSERT INTO person (name, role, created, created_by)"
                    + " SELECT ?, ?, ?, ? WHERE NOT "
                    + ADMINISTRATOR
                    + " ON CONFLICT (name) DO UPDATE SET disabled = NULL"
                    + " WHERE person.disabled IS NOT NULL AND person.role = excluded.role")
            .params(factors.person(), enrollment.role().wireName(), time(now), factors.person())
            .update()
        == 1;
  }

  @Override
  public void open(byte[] tokenHash, String person, Instant expires, Instant now, Act act) {
    within(
        _ -> {
          jdbc.sql(
                  "INSERT INTO admin_session (token_hash, person, created, expires)"
                      + " VALUES (?, ?, ?, ?)")
              .params(tokenHash, person, time(now), time(expires))
              .update();
          jdbc.sql("UPDATE person SET last_sign_in = ? WHERE name = ?")
              .params(time(now), person)
              .update();
          record(act);
          return true;
        });
  }

  @Override
  public Optional<Session> session(byte[] tokenHash, Instant now) {
    return jdbc.sql(
            "SELECT person.name, person.role, admin_session.expires FROM admin_session"
                + " JOIN person ON person.name = admin_session.person"
                + " WHERE token_hash = ? AND expires > ? AND password IS NOT NULL")
        .params(tokenHash, time(now))
        .query(
            (row, _) ->
                new Session(
                    row.getString(1), Role.ofWireName(row.getString(2)), instant(row, "expires")))
        .optional();
  }

  @Override
  public void close(byte[] tokenHash, Act act) {
    within(
        _ -> {
          jdbc.sql("DELETE FROM admin_session WHERE token_hash = ?").param(tokenHash).update();
          record(act);
          return true;
        });
  }
}
