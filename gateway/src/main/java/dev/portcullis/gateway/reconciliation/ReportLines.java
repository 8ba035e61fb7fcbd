package dev.portcullis.gateway.reconciliation;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What providers have reported, and which operations of ours it is about. */
@Component
final class ReportLines {

  /** Whether a line of the report can be about an operation of that kind. */
  private static final String FITS =
      """
      CASE l.kind
        WHEN 'authorization' THEN o.doc->>'kind' IN ('AUTHORIZE', 'COMPLETE')
        WHEN 'capture' THEN o.doc->>'kind' = 'CAPTURE'
          OR (o.doc->>'kind' IN ('AUTHORIZE', 'COMPLETE') AND (o.doc->>'capture')::boolean)
        WHEN 'refund' THEN o.doc->>'kind' = 'REFUND'
          OR (o.doc->>'kind' = 'CANCEL' AND o.doc->>'amount' IS NOT NULL)
        ELSE o.doc->>'kind' = 'CANCEL'
      END
      """;

  private static final String SAME_PROVIDER =
      " o.livemode = l.livemode AND coalesce(o.doc->>'provider', o.doc->>'connector') = l.provider"
          + " ";

  /** A completed authorization is booked under the operation that began it. */
  private static final String TARGET =
      "CASE o.doc->>'kind' WHEN 'COMPLETE' THEN o.doc->>'of' ELSE o.id END";

  private static final String SET =
      "UPDATE reconciliation_lines u SET operation = m.target FROM m WHERE u.account = ?"
          + " AND u.livemode = ? AND u.provider = ? AND u.line = m.line";

  private static final String BY_OPERATION =
      "WITH m AS (SELECT l.line, "
          + TARGET
          + " AS target FROM reconciliation_lines l JOIN provider_operations o"
          + " ON o.account = l.account AND o.id = l.reference WHERE l.account = ? AND l.run = ?"
          + " AND l.operation IS NULL AND"
          + SAME_PROVIDER
          + "AND ("
          + FITS
          + ")) "
          + SET;

  /** The operations of a stretch of ids, which is a stretch of time. */
  private static final String NEAR =
      " JOIN provider_operations o ON o.account = l.account AND o.id >= ? AND o.id < ? AND"
          + SAME_PROVIDER
          + "AND o.state = 'done' AND ("
          + FITS
          + ")";

  private static final String BY_PROVIDERS_ID =
      "WITH m AS (SELECT l.line, min("
          + TARGET
          + ") AS target FROM reconciliation_lines l"
          + NEAR
          + " AND o.doc->>'provider_reference' = l.provider_id WHERE l.account = ? AND l.run = ?"
          + " AND l.operation IS NULL GROUP BY l.line HAVING count(*) = 1) "
          + SET;

  /** The payment that a line or an operation belongs to, by the provider's name for it. */
  private static final String OPEN_PAIRS =
      "WITH lines AS (SELECT l.*, coalesce(l.parent, (SELECT a.doc->>'provider_reference' FROM"
          + " provider_operations a WHERE a.account = l.account AND a.id = l.reference)) AS payment"
          + " FROM reconciliation_lines l WHERE l.account = ? AND l.run = ? AND l.operation IS"
          + " NULL), pairs AS (SELECT l.line, l.kind, l.payment, l.amount, l.currency, o.id,"
          + " (o.doc->>'amount')::bigint AS ours, o.doc->>'currency' AS our_currency FROM lines l"
          + NEAR
          + " AND l.payment = CASE o.doc->>'kind' WHEN 'AUTHORIZE' THEN"
          + " o.doc->>'provider_reference' ELSE o.doc->>'reference' END WHERE NOT EXISTS (SELECT"
          + " FROM reconciliation_lines x WHERE x.account = o.account AND x.operation = o.id AND"
          + " x.kind = l.kind)), ";

  /** One line to one operation of the same amount, however many there are. */
  private static final String BY_PAYMENT_AND_AMOUNT =
      OPEN_PAIRS
          + "ranked AS (SELECT line, id, dense_rank() OVER (PARTITION BY payment, kind, amount"
          + " ORDER BY line) AS a, dense_rank() OVER (PARTITION BY payment, kind, amount ORDER BY"
          + " id) AS b FROM pairs WHERE amount = ours AND currency = our_currency), m AS (SELECT"
          + " line, id AS target FROM ranked WHERE a = b) "
          + SET;

  /** Where one operation is left, it is what all lines are about that are left: parts of it. */
  private static final String BY_PAYMENT =
      OPEN_PAIRS
          + "m AS (SELECT p.line, min(p.id) AS target FROM pairs p GROUP BY p.line"
          + " HAVING count(DISTINCT p.id) = 1) "
          + SET;

  private final Database database;

  ReportLines(Database database) {
    this.database = database;
  }

  /** A stretch of operations' ids. */
  record Stretch(String from, String to) {}

  /**
   * Writes lines down. One that is known is replaced: the newest report counts. Which operation it
   * is about stays, unless it names another one now.
   */
  void write(ReconciliationRun run, List<SettlementLine> lines) {
    Map<String, SettlementLine> each = new LinkedHashMap<>();
    lines.forEach(line -> each.put(line.kind().wire() + ":" + line.line(), line));
    if (each.isEmpty()) {
      return;
    }
    Whose whose = run.whose();
    Collection<SettlementLine> all = each.values();
    of(whose)
        .sql(
            "INSERT INTO reconciliation_lines AS i (account, livemode, provider, run, day, line,"
                + " kind, reference, provider_id, parent, amount, currency)"
                + " SELECT ?, ?, ?, ?, ?, t.* FROM unnest(?::text[], ?::text[], ?::text[],"
                + " ?::text[], ?::text[], ?::bigint[], ?::text[]) t"
                + " ON CONFLICT (account, livemode, provider, line) DO UPDATE SET"
                + " run = EXCLUDED.run, amount = EXCLUDED.amount, currency = EXCLUDED.currency,"
                + " reference = EXCLUDED.reference, provider_id = EXCLUDED.provider_id,"
                + " parent = EXCLUDED.parent, operation = CASE WHEN (i.reference, i.provider_id,"
                + " i.parent) IS NOT DISTINCT FROM (EXCLUDED.reference, EXCLUDED.provider_id,"
                + " EXCLUDED.parent) THEN i.operation END")
        .params(
            whose.account(),
            whose.livemode(),
            whose.provider(),
            run.id(),
            run.day(),
            each.keySet().toArray(String[]::new),
            texts(all, line -> line.kind().wire()),
            texts(all, SettlementLine::reference),
            texts(all, SettlementLine::providerId),
            texts(all, SettlementLine::parent),
            all.stream().map(line -> line.amount().minorUnits()).toArray(Long[]::new),
            texts(all, line -> line.amount().currency().code()))
        .update();
  }

  private static @Nullable String[] texts(
      Collection<SettlementLine> lines, Function<SettlementLine, @Nullable String> part) {
    return lines.stream().map(part).toArray(String[]::new);
  }

  /**
   * Finds the operations that a report's lines are about: by our id, by the provider's for the
   * operation, by its payment.
   *
   * @param near where operations are looked for that are not named
   */
  void match(ReconciliationRun run, Stretch near) {
    Whose whose = run.whose();
    of(whose)
        .sql(BY_OPERATION)
        .params(whose.account(), run.id(), whose.account(), whose.livemode(), whose.provider())
        .update();
    of(whose)
        .sql(BY_PROVIDERS_ID)
        .params(
            near.from,
            near.to,
            whose.account(),
            run.id(),
            whose.account(),
            whose.livemode(),
            whose.provider())
        .update();
    for (String byPayment : List.of(BY_PAYMENT_AND_AMOUNT, BY_PAYMENT)) {
      of(whose)
          .sql(byPayment)
          .params(
              whose.account(),
              run.id(),
              near.from,
              near.to,
              whose.account(),
              whose.livemode(),
              whose.provider())
          .update();
    }
  }

  private JdbcClient of(Whose whose) {
    return database.of(whose.account());
  }
}
