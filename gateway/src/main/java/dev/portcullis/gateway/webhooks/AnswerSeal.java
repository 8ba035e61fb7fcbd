package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Resealing;
import dev.portcullis.gateway.sealing.Sealer;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Seals what receivers answered, each answer within its attempt: who refuses an event often repeats
 * it, with the personal data in it.
 */
@Component
final class AnswerSeal implements Resealing {

  private static final String TABLE = "webhook_attempts";

  private static final String ROWS =
      "SELECT account, livemode, event, endpoint, number, answer FROM webhook_attempts"
          + " WHERE (account, event, endpoint, number) > (?, ?, ?, ?)"
          + " ORDER BY account, event, endpoint, number LIMIT ?";

  /** Only as it was read: an attempt is written once, and may be gone by now. */
  private static final String RENEW =
      "UPDATE webhook_attempts SET answer = ? WHERE account = ? AND event = ? AND endpoint = ?"
          + " AND number = ? AND answer = ?";

  private static final Pattern CURSOR =
      Pattern.compile("([^/]*)/([^/]*)/([^/]*)/([1-9][0-9]{0,8})");

  /** The attempt that an answer was given to. */
  record Attempt(String account, boolean livemode, String event, String endpoint, int number) {
    private Place place() {
      return new Place(account, livemode, TABLE + ".answer", event + '/' + endpoint + '/' + number);
    }
  }

  private record Row(Attempt attempt, @Nullable String answer) {}

  private final Database database;
  private final Sealer sealer;

  AnswerSeal(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
  }

  /** The answer for its column. */
  String seal(Claim claim, String answer) {
    Attempt attempt =
        new Attempt(
            claim.account(), claim.livemode(), claim.event(), claim.endpoint(), claim.attempt());
    return sealer.seal(attempt.place(), answer);
  }

  /** What was answered; a gateway of the version before may have left it in the clear. */
  String open(Attempt attempt, String column) {
    return Sealer.isSealed(column) ? sealer.open(attempt.place(), column) : column;
  }

  @Override
  public String table() {
    return TABLE;
  }

  @Override
  public Part next(String after, int limit) {
    List<Row> rows = rows(after, limit);
    int sealed = 0;
    for (Row row : rows) {
      sealed += renew(row) ? 1 : 0;
    }
    if (rows.size() < limit) {
      return new Part(rows.size(), sealed, null);
    }
    Attempt last = rows.getLast().attempt;
    return new Part(
        rows.size(),
        sealed,
        String.join("/", last.account, last.event, last.endpoint, Integer.toString(last.number)));
  }

  private List<Row> rows(String after, int limit) {
    Matcher from = CURSOR.matcher(after);
    boolean found = from.matches();
    return database
        .across(AllAccounts.SEALING)
        .sql(ROWS)
        .params(
            found ? from.group(1) : "",
            found ? from.group(2) : "",
            found ? from.group(3) : "",
            found ? Integer.parseInt(from.group(4)) : 0,
            limit)
        .query(
            (row, _) ->
                new Row(
                    new Attempt(
                        row.getString(1),
                        row.getBoolean(2),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5)),
                    row.getString(6)))
        .list();
  }

  private boolean renew(Row row) {
    Attempt attempt = row.attempt;
    String answer = row.answer;
    if (answer == null) {
      return false;
    }
    Optional<String> fresh = sealer.renewed(attempt.place(), answer);
    return fresh.isPresent()
        && database
                .of(attempt.account)
                .sql(RENEW)
                .params(
                    fresh.get(),
                    attempt.account,
                    attempt.event,
                    attempt.endpoint,
                    attempt.number,
                    answer)
                .update()
            == 1;
  }
}
