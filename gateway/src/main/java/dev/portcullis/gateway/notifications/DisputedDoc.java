package dev.portcullis.gateway.notifications;

import dev.portcullis.connectors.spi.DisputeNotice.Stage;
import dev.portcullis.connectors.spi.DisputeNotice.Telling;
import dev.portcullis.connectors.spi.Notification;
import dev.portcullis.kit.Money;
import dev.portcullis.wire.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a notification says of a dispute, as it is stored. */
final class DisputedDoc {

  private static final String DISPUTE = "dispute";
  private static final String CHANGED = "disputes_changed";
  private static final String TELLING = "telling";

  private DisputedDoc() {}

  static String write(Notification.Disputed disputed) {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("id", disputed.id());
    doc.put(DISPUTE, disputed.reference());
    doc.put("operation", disputed.operation());
    doc.put("sequence", disputed.sequence());
    doc.put("amount", disputed.amount().minorUnits());
    doc.put("currency", disputed.amount().currency().code());
    doc.put("stage", disputed.stage().name());
    doc.put(TELLING, disputed.telling().name());
    return Json.writeString(doc);
  }

  /** Of one that says no more than that there is a reason to look. */
  static String write(String id) {
    return Json.writeString(Map.of(CHANGED, id));
  }

  /** Whether a stored notification is one of disputes. */
  static boolean isOne(Map<?, ?> doc) {
    return doc.containsKey(DISPUTE) || doc.containsKey(CHANGED);
  }

  /**
   * Reads it.
   *
   * @throws RuntimeException if it is not as it was written
   */
  static Notification read(Map<?, ?> doc) {
    if (doc.containsKey(CHANGED)) {
      return new Notification.DisputesChanged(text(doc, CHANGED));
    }
    return new Notification.Disputed(
        text(doc, "id"),
        text(doc, DISPUTE),
        text(doc, "operation"),
        number(doc, "sequence"),
        Money.of(number(doc, "amount"), text(doc, "currency")),
        Stage.valueOf(text(doc, "stage")),
        // What was stored before there were others is a move.
        doc.containsKey(TELLING) ? Telling.valueOf(text(doc, TELLING)) : Telling.MOVE);
  }

  private static String text(Map<?, ?> doc, String name) {
    return (String) Objects.requireNonNull(doc.get(name), name);
  }

  private static long number(Map<?, ?> doc, String name) {
    return (Long) Objects.requireNonNull(doc.get(name), name);
  }
}
