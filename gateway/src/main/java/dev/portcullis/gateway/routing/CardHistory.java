package dev.portcullis.gateway.routing;

import dev.portcullis.connectors.spi.DeclineCode;
import dev.portcullis.gateway.database.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What became of a card's attempts at all providers, whatever they were to pay. */
@Component
final class CardHistory {

  /** As far back as networks count, a card has no more that are allowed. */
  private static final int MOST = 4 * Retry.MOST_ATTEMPTS;

  private final Database database;

  CardHistory(Database database) {
    this.database = database;
  }

  private record End(
      Instant at,
      boolean approved,
      @Nullable String code,
      boolean advisedAgainst,
      @Nullable String networkCode) {

    boolean isHard() {
      return Optional.ofNullable(code)
          .flatMap(DeclineCode::find)
          .filter(each -> Retry.kind(each) == Retry.Kind.HARD)
          .isPresent();
    }
  }

  /**
   * Whether nothing is to be tried with that card: an issuer has refused it for good since then, or
   * the network has advised against another attempt, within the time for which networks count
   * attempts. What was approved after an advice has overtaken it.
   *
   * @param since when the payment was declined that is to be tried again
   */
  boolean isRefusedForGood(
      Tenant tenant, String fingerprint, String brand, Instant since, Instant now) {
    boolean overtaken = false;
    for (End end : ends(tenant, fingerprint, now.minus(Retry.WINDOW))) {
      overtaken |= end.approved;
      boolean advised = end.advisedAgainst || Retry.isNeverByVisa(brand, end.networkCode);
      if ((advised && !overtaken) || (end.isHard() && end.at.isAfter(since))) {
        return true;
      }
    }
    return false;
  }

  /** The newest first. */
  private List<End> ends(Tenant tenant, String fingerprint, Instant from) {
    return database
        .of(tenant.account())
        .sql(
            "SELECT d.created, o.outcome, o.decline_code, o.advised_against, o.network_code"
                + " FROM route_decisions d JOIN route_outcomes o"
                + " ON o.account = d.account AND o.id = d.id WHERE d.account = ?"
                + " AND d.livemode = ? AND d.card = ? AND d.created > ?"
                + " AND o.outcome IN ('approved', 'declined') ORDER BY d.created DESC LIMIT ?")
        .params(
            tenant.account(), tenant.livemode(), fingerprint, from.atOffset(ZoneOffset.UTC), MOST)
        .query((row, _) -> end(row))
        .list();
  }

  private static End end(ResultSet row) throws SQLException {
    return new End(
        row.getObject(1, OffsetDateTime.class).toInstant(),
        row.getString(2).equals("approved"),
        row.getString(3),
        row.getBoolean(4),
        row.getString(5));
  }
}
