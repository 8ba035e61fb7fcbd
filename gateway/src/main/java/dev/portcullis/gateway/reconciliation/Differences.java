package dev.portcullis.gateway.reconciliation;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Difference;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Sum;
import dev.portcullis.gateway.reconciliation.ReconciliationItem.Verdict;
import dev.portcullis.gateway.reconciliation.ReconciliationRun.Whose;
import dev.portcullis.gateway.reconciliation.ReportLines.Stretch;
import dev.portcullis.gateway.recovery.OperationOutcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * What differs after a report was read. Of an operation counts the sum of all that was ever
 * reported of it, since providers settle in parts and on several days.
 */
@Component
final class Differences {

  /** So many are told apart; with more the report is not this account's, or not of this day. */
  static final int MOST = 10_000;

  private static final String MISSING_HERE =
      "SELECT 'line:' || line, 'missing_here', kind, NULL, provider_id, NULL::bigint, NULL, amount,"
          + " currency FROM reconciliation_lines WHERE account = ? AND run = ?"
          + " AND operation IS NULL ORDER BY line LIMIT ?";

  /** An operation that this run has touched, with what is reported of it in all. */
  private static final String TOUCHED =
      "WITH touched AS (SELECT DISTINCT operation, kind FROM reconciliation_lines"
          + " WHERE account = ? AND run = ? AND operation IS NOT NULL),"
          + " sums AS (SELECT l.operation, l.kind, min(l.provider_id) AS provider_id,"
          + " sum(l.amount)::bigint AS amount, min(l.currency) AS currency,"
          + " count(DISTINCT l.currency) > 1 AS mixed"
          + " FROM touched t JOIN reconciliation_lines l ON l.account = ? AND l.livemode = ?"
          + " AND l.provider = ? AND l.operation = t.operation AND l.kind = t.kind"
          + " GROUP BY l.operation, l.kind),"
          + " compared AS (SELECT s.*, (o.doc->>'amount')::bigint AS ours,"
          + " o.doc->>'currency' AS our_currency, "
          + OperationOutcome.APPROVED
          + " AS approved FROM sums s JOIN provider_operations o ON o.account = ?"
          + " AND o.id = s.operation,"
          + " LATERAL (SELECT o.doc->>'provider_reference' AS provider_id) t) ";

  private static final String UNLIKE =
      TOUCHED
          + "SELECT * FROM (SELECT DISTINCT ON (operation) operation, CASE"
          + " WHEN approved IS FALSE THEN 'missing_here'"
          + " WHEN ours IS NULL THEN NULL"
          + " WHEN mixed OR currency <> our_currency THEN 'currency_differs'"
          + " WHEN amount <> ours THEN 'amount_differs' END AS verdict, kind, operation AS of,"
          + " provider_id, ours, our_currency, amount, currency FROM compared"
          + " ORDER BY operation, 2 NULLS LAST) d WHERE verdict IS NOT NULL ORDER BY 1 LIMIT ?";

  private static final String MATCHED =
      TOUCHED
          + "SELECT count(*) FROM compared WHERE approved IS NOT FALSE AND (ours IS NULL"
          + " OR (NOT mixed AND currency = our_currency AND amount = ours))";

  /** What has moved money on that day, and of which no report has ever said anything. */
  private static final String MISSING_THERE =
      "SELECT id, 'missing_there', kind, id, provider_id, amount, currency, NULL::bigint, NULL"
          + " FROM (SELECT o.id, CASE o.doc->>'kind' WHEN 'AUTHORIZE' THEN CASE WHEN"
          + " (o.doc->>'capture')::boolean THEN 'capture' ELSE 'authorization' END"
          + " ELSE lower(o.doc->>'kind') END AS kind, t.provider_id,"
          + " (o.doc->>'amount')::bigint AS amount, o.doc->>'currency' AS currency, "
          + OperationOutcome.APPROVED
          + " AS approved FROM provider_operations o,"
          + " LATERAL (SELECT o.doc->>'provider_reference' AS provider_id) t"
          + " WHERE o.account = ? AND o.livemode = ? AND o.id >= ? AND o.id < ?"
          + " AND coalesce(o.doc->>'provider', o.doc->>'connector') = ? AND o.state = 'done'"
          + " AND o.doc->>'kind' IN ('AUTHORIZE', 'CAPTURE', 'REFUND')) d"
          + " WHERE approved AND amount > 0 AND (? OR kind <> 'authorization')"
          + " AND NOT EXISTS (SELECT FROM reconciliation_lines l WHERE l.account = ?"
          + " AND l.operation = d.id) ORDER BY id LIMIT ?";

  private final Database database;

  Differences(Database database) {
    this.database = database;
  }

  /** All that differs, up to one more than {@value #MOST} of each sort. */
  List<Difference> of(ReconciliationRun run, Stretch day) {
    Whose whose = run.whose();
    List<Difference> all = new ArrayList<>(unlike(run));
    all.addAll(
        database
            .of(whose.account())
            .sql(MISSING_HERE)
            .params(whose.account(), run.id(), MOST + 1)
            .query(Differences::read)
            .list());
    all.addAll(
        database
            .of(whose.account())
            .sql(MISSING_THERE)
            .params(
                whose.account(),
                whose.livemode(),
                day.from(),
                day.to(),
                whose.provider(),
                run.source().equals(ReconciliationRun.FEED),
                whose.account(),
                MOST + 1)
            .query(Differences::read)
            .list());
    return all;
  }

  private List<Difference> unlike(ReconciliationRun run) {
    Whose whose = run.whose();
    return database
        .of(whose.account())
        .sql(UNLIKE)
        .params(
            whose.account(),
            run.id(),
            whose.account(),
            whose.livemode(),
            whose.provider(),
            whose.account(),
            MOST + 1)
        .query(Differences::read)
        .list();
  }

  /** How many operations are reported as they are known here. */
  long matched(ReconciliationRun run) {
    Whose whose = run.whose();
    return database
        .of(whose.account())
        .sql(MATCHED)
        .params(
            whose.account(),
            run.id(),
            whose.account(),
            whose.livemode(),
            whose.provider(),
            whose.account())
        .query(Long.class)
        .single();
  }

  private static Difference read(ResultSet row, int number) throws SQLException {
    return new Difference(
        row.getString(1),
        Verdict.of(row.getString(2)),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        new Sum((Long) row.getObject(6), row.getString(7)),
        new Sum((Long) row.getObject(8), row.getString(9)));
  }
}
