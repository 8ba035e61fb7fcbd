package dev.portcullis.gateway.versions;

import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stripe changelog 2025-03-31.basil, a partial capture makes no refund. */
final class ReleasedAmounts implements VersionGate {

  @Override
  public LocalDate since() {
    return LocalDate.of(2025, 3, 31);
  }

  @Override
  public String description() {
    return "What a partial capture releases is not in a charge's amount_refunded; before, it was.";
  }

  @Override
  public void before(String type, Map<String, @Nullable Object> object) {
    if (type.equals("charge")
        && Boolean.TRUE.equals(object.get("captured"))
        && object.get("amount") instanceof Long amount
        && object.get("amount_captured") instanceof Long captured
        && object.get("amount_refunded") instanceof Long refunded) {
      object.put("amount_refunded", refunded + amount - captured);
    }
  }
}
