package dev.portcullis.gateway.versions;

import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stripe changelog 2025-03-31.basil, several payments of one invoice. */
final class InvoiceMembers implements VersionGate {

  @Override
  public LocalDate since() {
    return LocalDate.of(2025, 3, 31);
  }

  @Override
  public String description() {
    return "PaymentIntents and charges have no invoice; before, they had one, which is null here.";
  }

  @Override
  public void before(String type, Map<String, @Nullable Object> object) {
    if (type.equals("payment_intent") || type.equals("charge")) {
      object.put("invoice", null);
    }
  }
}
