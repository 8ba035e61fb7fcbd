package dev.portcullis.gateway.versions;

import dev.portcullis.wire.params.ParamTree;
import dev.portcullis.wire.params.ParamValue;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Stripe changelog 2026-03-25.dahlia, the names of a Checkout Session's modes. */
final class CheckoutUiModes implements VersionGate {

  private static final Map<String, String> BEFORE =
      Map.of("hosted_page", "hosted", "embedded_page", "embedded", "elements", "custom");

  private static final Map<String, String> AFTER =
      BEFORE.entrySet().stream()
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

  @Override
  public LocalDate since() {
    return LocalDate.of(2026, 3, 25);
  }

  @Override
  public String description() {
    return "A Checkout Session's ui_mode is hosted_page, embedded_page or elements; before, it was"
        + " hosted, embedded or custom.";
  }

  @Override
  public void before(String type, Map<String, @Nullable Object> object) {
    if (type.equals("checkout.session")
        && object.get("ui_mode") instanceof String mode
        && BEFORE.containsKey(mode)) {
      object.put("ui_mode", BEFORE.get(mode));
    }
  }

  @Override
  public ParamTree after(String operation, ParamTree sent) {
    if (!operation.equals("POST /v1/checkout/sessions")
        || !(sent.members().get("ui_mode") instanceof ParamValue.Text(String mode))) {
      return sent;
    }
    Map<String, ParamValue> members = new LinkedHashMap<>(sent.members());
    members.put("ui_mode", new ParamValue.Text(AFTER.getOrDefault(mode, mode)));
    return new ParamTree(members);
  }
}
