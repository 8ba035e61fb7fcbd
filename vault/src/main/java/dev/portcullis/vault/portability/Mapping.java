package dev.portcullis.vault.portability;

import dev.portcullis.vault.store.Sql;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a line of an import became.
 *
 * @param line its number in the file
 * @param oldId what its card was called before, or null
 * @param customer whose it was there, or null
 * @param card the payment method, or null
 * @param face last four digits and expiry, empty once the card is gone
 * @param reason why it became none, or null
 */
record Mapping(
    long line,
    @Nullable String oldId,
    @Nullable String customer,
    @Nullable String card,
    Face face,
    @Nullable String reason) {

  private static final String HEAD =
      "line,old_id,customer,payment_method,last4,exp_month,exp_year,reason\r\n";

  /** What may be shown of a card. */
  record Face(@Nullable String last4, @Nullable String expMonth, @Nullable String expYear) {}

  /** Lines after that one. */
  static List<Mapping> page(Sql sql, Transfer transfer, long after, int most) {
    return sql.query(
        "select l.line, l.old_id, l.customer, l.card, c.last4, c.exp_month, c.exp_year, l.reason"
            + " from card_transfer_line l left join card c on c.account = l.account and c.id ="
            + " l.card where l.account = ? and l.transfer = ? and l.line > ? order by l.line limit"
            + " ?",
        row ->
            new Mapping(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                new Face(row.getString(5), row.getString(6), row.getString(7)),
                row.getString(8)),
        transfer.owner().account(),
        transfer.id(),
        after,
        most);
  }

  /** As CSV (RFC 4180). */
  static String csv(List<Mapping> lines, boolean withHead) {
    return lines.stream()
        .map(Mapping::csv)
        .collect(Collectors.joining("", withHead ? HEAD : "", ""));
  }

  private String csv() {
    return Stream.of(
            line, oldId, customer, card, face.last4(), face.expMonth(), face.expYear(), reason)
        .map(Csv::written)
        .collect(Collectors.joining(",", "", "\r\n"));
  }
}
