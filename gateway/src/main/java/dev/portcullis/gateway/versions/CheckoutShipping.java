package dev.portcullis.gateway.versions;

import java.time.LocalDate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stripe changelog 2025-03-31.basil, what a Checkout Session collects. */
final class CheckoutShipping implements VersionGate {

  @Override
  public LocalDate since() {
    return LocalDate.of(2025, 3, 31);
  }

  @Override
  public String description() {
    return "A Checkout Session's shipping_details are in collected_information; before, they were"
        + " its own.";
  }

  @Override
  public void before(String type, Map<String, @Nullable Object> object) {
    if (type.equals("checkout.session")) {
      object.put(
          "shipping_details",
          object.get("collected_information") instanceof Map<?, ?> collected
              ? collected.get("shipping_details")
              : null);
    }
  }
}
