package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.webhooks.Outcome.Attempted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Writes what came of attempts, many with one commit. */
final class OutcomeStore {

  private static final String ATTEMPTS =
      "INSERT INTO webhook_attempts (account, livemode, event, endpoint, number, begun, millis,"
          + " outcome, status, reason, answer, secrets) SELECT * FROM unnest(?::text[],"
          + " ?::boolean[], ?::text[], ?::text[], ?::integer[], ?::timestamptz[], ?::integer[],"
          + " ?::text[], ?::integer[], ?::text[], ?::text[], ?::integer[])"
          + " ON CONFLICT DO NOTHING";

  /** Only under its own lease: meanwhile another process may have taken a delivery. */
  private static final String DELIVERIES =
      "UPDATE webhook_deliveries d SET state = u.state, step = u.step,"
          + " due = coalesce(u.due, d.due),"
          + " ended = u.ended, claimed_until = NULL FROM unnest(?::text[], ?::text[], ?::text[],"
          + " ?::timestamptz[], ?::text[], ?::integer[], ?::timestamptz[], ?::timestamptz[])"
          + " AS u (account, event, endpoint, lease, state, step, due, ended)"
          + " WHERE d.account = u.account AND d.event = u.event AND d.endpoint = u.endpoint"
          + " AND d.state = 'waiting' AND d.claimed_until = u.lease";

  private static final String WELL =
      "UPDATE webhook_endpoint_health SET failing_since = NULL, paused_until = NULL"
          + " WHERE account = ANY (?) AND endpoint = ANY (?)"
          + " AND (failing_since IS NOT NULL OR paused_until IS NOT NULL)";

  /** After so long without one, failures begin anew. */
  private static final String QUIET =
      "interval '" + RetrySchedule.LONGEST.toSeconds() + " seconds'";

  private static final String UNWELL =
      "INSERT INTO webhook_endpoint_health AS h (account, livemode, endpoint, failing_since,"
          + " paused_until, failed_last) SELECT u.*, u.failing_since FROM unnest(?::text[],"
          + " ?::boolean[], ?::text[], ?::timestamptz[], ?::timestamptz[])"
          + " AS u (account, livemode, endpoint, failing_since, paused_until)"
          + " ON CONFLICT (account, endpoint) DO UPDATE SET failing_since ="
          + " CASE WHEN coalesce(h.failed_last, h.failing_since) >= excluded.failed_last - "
          + QUIET
          + " THEN coalesce(h.failing_since, excluded.failing_since)"
          + " ELSE excluded.failing_since END,"
          + " failed_last = greatest(h.failed_last, excluded.failed_last),"
          + " paused_until = greatest(h.paused_until, excluded.paused_until)"
          + " RETURNING account, livemode, endpoint, failing_since";

  /**
   * What is to be written of one attempt.
   *
   * @param paused until when its endpoint is left alone, or null
   */
  record Line(Attempted attempted, NextStep next, Instant at, @Nullable Instant paused) {
    private Claim claim() {
      return attempted.claim();
    }
  }

  /**
   * An endpoint of which every attempt has failed since that time, with never more than {@link
   * RetrySchedule#LONGEST} between two of them.
   */
  record Failing(String account, boolean livemode, String endpoint, Instant since) {}

  private final Database database;
  private final TransactionTemplate transactions;
  private final AnswerSeal answers;

  OutcomeStore(Database database, TransactionTemplate transactions, AnswerSeal answers) {
    this.database = database;
    this.transactions = transactions;
    this.answers = answers;
  }

  /**
   * Writes them as a whole or not at all.
   *
   * @return the endpoints that had nothing but failures among them
   */
  List<Failing> write(List<Line> lines) {
    Set<String> accounts = new HashSet<>();
    lines.forEach(line -> accounts.add(line.claim().account()));
    JdbcClient rows = database.ofEach(accounts);
    return transactions.execute(
        _ -> {
          attempts(rows, lines);
          deliveries(rows, lines);
          return health(rows, lines);
        });
  }

  private void attempts(JdbcClient rows, List<Line> lines) {
    rows.sql(ATTEMPTS)
        .params(
            texts(lines, line -> line.claim().account()),
            texts(lines, line -> line.claim().livemode()),
            texts(lines, line -> line.claim().event()),
            texts(lines, line -> line.claim().endpoint()),
            texts(lines, line -> line.claim().attempt()),
            texts(lines, line -> line.attempted().begun()),
            texts(lines, line -> line.attempted().took().toMillis()),
            texts(lines, line -> line.attempted().outcome().wire()),
            texts(lines, line -> status(line.attempted().outcome())),
            texts(lines, line -> reason(line.attempted().outcome())),
            texts(lines, line -> answer(line.claim(), line.attempted().outcome())),
            texts(lines, line -> line.attempted().secrets()))
        .update();
  }

  private static @Nullable Integer status(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered delivered -> delivered.status();
      case Outcome.Refused refused -> refused.status();
      case Outcome.Failed _, Outcome.Unmade _ -> null;
    };
  }

  private static @Nullable String reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _, Outcome.Refused _ -> null;
      case Outcome.Failed failed -> failed.reason();
      case Outcome.Unmade unmade -> unmade.reason();
    };
  }

  private @Nullable String answer(Claim claim, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered _ -> null;
      case Outcome.Refused refused when refused.answer().isEmpty() -> null;
      case Outcome.Refused refused -> answers.seal(claim, refused.answer());
      case Outcome.Failed _, Outcome.Unmade _ -> null;
    };
  }

  private static void deliveries(JdbcClient rows, List<Line> lines) {
    rows.sql(DELIVERIES)
        .params(
            texts(lines, line -> line.claim().account()),
            texts(lines, line -> line.claim().event()),
            texts(lines, line -> line.claim().endpoint()),
            texts(lines, line -> line.claim().lease()),
            texts(lines, line -> line.next().state().wire()),
            texts(lines, line -> line.next().step()),
            texts(lines, line -> line.next().due()),
            texts(lines, line -> line.next().state() == DeliveryState.WAITING ? null : line.at()))
        .update();
  }

  /** One success among them says that the endpoint is well. */
  private static List<Failing> health(JdbcClient rows, List<Line> lines) {
    Map<String, List<Line>> byEndpoint = new HashMap<>();
    lines.stream()
        .filter(line -> !(line.attempted().outcome() instanceof Outcome.Unmade))
        .forEach(
            line ->
                byEndpoint
                    .computeIfAbsent(line.claim().endpoint(), _ -> new ArrayList<>())
                    .add(line));
    List<Line> well = new ArrayList<>();
    List<Line> unwell = new ArrayList<>();
    byEndpoint
        .values()
        .forEach(
            all ->
                all.stream()
                    .filter(line -> line.attempted().outcome() instanceof Outcome.Delivered)
                    .findFirst()
                    .ifPresentOrElse(well::add, () -> unwell.add(longestPause(all))));
    if (!well.isEmpty()) {
      rows.sql(WELL)
          .params(
              texts(well, line -> line.claim().account()),
              texts(well, line -> line.claim().endpoint()))
          .update();
    }
    return unwell.isEmpty() ? List.of() : unwell(rows, unwell);
  }

  private static Line longestPause(Collection<Line> lines) {
    return lines.stream().reduce((a, b) -> pause(a).isBefore(pause(b)) ? b : a).orElseThrow();
  }

  private static Instant pause(Line line) {
    return line.paused() == null ? Instant.EPOCH : line.paused();
  }

  private static List<Failing> unwell(JdbcClient rows, List<Line> lines) {
    return rows.sql(UNWELL)
        .params(
            texts(lines, line -> line.claim().account()),
            texts(lines, line -> line.claim().livemode()),
            texts(lines, line -> line.claim().endpoint()),
            texts(lines, line -> line.attempted().begun()),
            texts(lines, Line::paused))
        .query(
            (row, _) ->
                new Failing(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getString(3),
                    DeliveryStore.time(row, 4)))
        .list();
  }

  /** A column, as texts that PostgreSQL reads: the arrays' types are the statement's. */
  private static Object texts(List<Line> lines, Function<Line, @Nullable Object> value) {
    @Nullable String[] column = new @Nullable String[lines.size()];
    for (int i = 0; i < column.length; i++) {
      Object each = value.apply(lines.get(i));
      column[i] = each == null ? null : each.toString();
    }
    return column;
  }
}
