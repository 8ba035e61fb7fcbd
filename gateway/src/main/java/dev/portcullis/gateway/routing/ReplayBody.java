package dev.portcullis.gateway.routing;

import dev.portcullis.gateway.routing.Replay.Expected;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A replay's report as it is told: estimates to a tenth, with their interval of 95 %. */
final class ReplayBody {

  private ReplayBody() {}

  static Map<String, @Nullable Object> of(Replay.Report report) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("payments", report.looked());
    body.put("unchanged", report.same());
    body.put("without_provider", report.nowhere());
    body.put("not_taken_apart", report.beyond());
    body.put("moves", report.rows().stream().map(ReplayBody::row).toList());
    body.put("total", total(report.total()));
    List<Object> costs = new ArrayList<>();
    for (Replay.Money each : report.costs()) {
      Map<String, @Nullable Object> cost = new LinkedHashMap<>();
      cost.put("currency", each.currency());
      cost.put("payments", each.payments());
      cost.put("cost", minorUnits(each.was()));
      cost.put("expected_cost", minorUnits(each.would()));
      cost.put("payments_of_unknown_cost", each.unknown());
      costs.add(cost);
    }
    body.put("costs", costs);
    return body;
  }

  private static Map<String, @Nullable Object> row(Replay.Row row) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("from", row.move().from());
    body.put("to", row.move().to());
    body.put("brand", row.move().brand());
    body.put("region", row.move().region().wire());
    body.put("payments", row.payments());
    body.put("ended", row.ended());
    body.put("approved", row.approved());
    body.put("expected", expected(row.expected(), row.ended()));
    body.put("latency_ms", row.latencyMs());
    body.put("expected_latency_ms", row.expectedLatencyMs());
    return body;
  }

  private static Map<String, @Nullable Object> total(Replay.Total total) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("ended", total.ended());
    body.put("approved", total.approved());
    body.put("expected", total.ended() == 0 ? null : expected(total.expected(), total.ended()));
    body.put("payments_without_data", total.unjudged());
    return body;
  }

  private static @Nullable Object expected(@Nullable Expected expected, long most) {
    if (expected == null) {
      return null;
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("approved", tenth(expected.mean()));
    body.put("low", tenth(expected.low()));
    body.put("high", tenth(expected.high(most)));
    body.put("judged_by", expected.sample());
    return body;
  }

  private static BigDecimal tenth(double value) {
    return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP);
  }

  private static BigDecimal minorUnits(BigInteger parts) {
    return new BigDecimal(parts)
        .divide(BigDecimal.valueOf(Costs.PARTS), 4, RoundingMode.UNNECESSARY);
  }
}
