package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.http.Addresses;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Billing details as the wire shows them: every member there, if only as null. */
public final class BillingDetails {

  /** What a client may send. */
  public static final Param PARAM =
      Param.hash(
          "billing_details",
          Shape.of(
              Param.hash("address", Addresses.SHAPE).unsettable(),
              Param.email("email").unsettable(),
              Param.string("name").unsettable(),
              Param.string("phone").max(20).unsettable()));

  private static final List<String> TEXTS = List.of("email", "name", "phone", "tax_id");

  private BillingDetails() {}

  /** The complete form of what is known, which may be nothing. */
  public static Map<String, @Nullable Object> complete(
      @Nullable Map<String, @Nullable Object> known) {
    Map<String, @Nullable Object> from = new LinkedHashMap<>();
    if (known != null) {
      from.putAll(known);
    }
    Map<String, @Nullable Object> details = new LinkedHashMap<>();
    details.put("address", Addresses.complete(from.get("address")));
    TEXTS.forEach(name -> details.put(name, from.get(name)));
    return details;
  }

  /** The details after a request that changes some of them. */
  public static Map<String, @Nullable Object> update(
      Map<String, @Nullable Object> before, Arguments sent) {
    Map<String, @Nullable Object> details = new LinkedHashMap<>(before);
    if (sent.isUnset("address")) {
      details.put("address", Addresses.complete(null));
    }
    sent.hash("address").ifPresent(a -> details.put("address", Addresses.read(a)));
    for (String name : List.of("email", "name", "phone")) {
      if (sent.has(name)) {
        details.put(name, sent.string(name).orElse(null));
      }
    }
    return details;
  }
}
