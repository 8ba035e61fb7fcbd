package dev.portcullis.gateway.versions;

import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.ParamValue;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stripe changelog 2024-04-10, the default capture method of a PaymentIntent. */
final class CaptureMethodDefault implements VersionGate {

  @Override
  public LocalDate since() {
    return LocalDate.of(2024, 4, 10);
  }

  @Override
  public String description() {
    return "A PaymentIntent made without capture_method has automatic_async; before, it had"
        + " automatic.";
  }

  @Override
  public ParamTree after(String operation, ParamTree sent) {
    if (!operation.equals("POST /v1/payment_intents") || sent.names().contains("capture_method")) {
      return sent;
    }
    Map<String, ParamValue> members = new LinkedHashMap<>(sent.members());
    members.put("capture_method", new ParamValue.Text("automatic"));
    return new ParamTree(members);
  }
}
