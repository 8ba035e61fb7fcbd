package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.work.DueRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads which declined payments are going to be tried again, and what became of that. */
@Component
public final class RetryStore {

  private static final int MOST_OF_PAYMENT = 100;
  private static final String PLAN = "id, created, payment, number, first, planned, reason";

  private static final DueRows DUE =
      DueRows.of("payment_retries", "account", "", PLAN + ", account, livemode");

  /** A plan of an account, which this process alone may act on until its lease is over. */
  public record Claimed(String account, boolean livemode, RetryPlan plan) {}

  /**
   * A plan and where it stands.
   *
   * @param state {@code planned}, {@code begun} or {@code dropped}
   * @param operation the retry's, once it has begun
   * @param ended why it was dropped, or null
   */
  record Made(RetryPlan plan, String state, @Nullable String operation, @Nullable String ended) {}

  /**
   * Figures of what is open.
   *
   * @param planned so many
   * @param overdue so many of them that should have begun by then
   */
  record Open(long planned, long overdue) {}

  private final Database database;

  RetryStore(Database database) {
    this.database = database;
  }

  /**
   * Takes plans that are due, for this process alone until the lease is over: several gateways
   * share the work, and what a dead one took comes back by itself.
   *
   * @param underWay how many of an account, which is the lane, are worked on already
   */
  public List<Claimed> claim(Instant now, Instant lease, int most, Map<String, Integer> underWay) {
    return DUE.claim(
        database.across(AllAccounts.RETRIES),
        now,
        lease,
        most,
        underWay,
        (row, _) -> new Claimed(row.getString(8), row.getBoolean(9), plan(row)));
  }

  /** The plan that led to that operation; empty where none did. */
  Optional<RetryPlan> behind(String account, String payment, String operation) {
    return database
        .of(account)
        .sql(
            "SELECT "
                + PLAN
                + " FROM payment_retries WHERE account = ? AND payment = ? AND operation = ?")
        .params(account, payment, operation)
        .query((row, _) -> plan(row))
        .optional();
  }

  /** All plans of a payment, the oldest first. */
  List<Made> ofPayment(String account, String payment) {
    return database
        .of(account)
        .sql(
            "SELECT "
                + PLAN
                + ", state, operation, ended FROM payment_retries WHERE account = ? AND payment = ?"
                + " ORDER BY id LIMIT ?")
        .params(account, payment, MOST_OF_PAYMENT)
        .query(
            (row, _) -> new Made(plan(row), row.getString(8), row.getString(9), row.getString(10)))
        .list();
  }

  /**
   * The next plans that still stand, the soonest first: those whose payment has been neither
   * cancelled nor tried otherwise since.
   */
  List<RetryPlan> planned(Tenant tenant, int limit) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT r.id, r.created, r.payment, r.number, r.first, r.planned, r.reason"
                + " FROM payment_retries r JOIN payment_intents p ON p.account = r.account"
                + " AND p.id = r.payment WHERE r.account = ? AND r.livemode = ?"
                + " AND r.due IS NOT NULL AND p.status = 'requires_payment_method'"
                + " AND p.doc ->> 'operation' = r.id ORDER BY r.planned LIMIT ?")
        .params(tenant.account(), tenant.livemode(), limit)
        .query((row, _) -> plan(row))
        .list();
  }

  /** What is open, of all accounts. */
  Open open(Instant overdueSince) {
    return database
        .across(AllAccounts.METRICS)
        .sql(
            "SELECT count(*), count(*) FILTER (WHERE planned < ?) FROM payment_retries"
                + " WHERE due IS NOT NULL")
        .param(utc(overdueSince))
        .query((row, _) -> new Open(row.getLong(1), row.getLong(2)))
        .single();
  }

  private static RetryPlan plan(ResultSet row) throws SQLException {
    return new RetryPlan(
        row.getString(1),
        instant(row, 2),
        row.getString(3),
        row.getInt(4),
        instant(row, 5),
        instant(row, 6),
        row.getString(7));
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
