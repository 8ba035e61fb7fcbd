package dev.portcullis.gateway;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Adyen says to a command when all goes well. */
final class AdyenAnswers {

  private AdyenAnswers() {}

  static Map<?, ?> map(@Nullable Object value) {
    return (Map<?, ?>) Objects.requireNonNull(value);
  }

  static Object amount(Map<String, @Nullable Object> command) {
    return Objects.requireNonNull(map(command.get("body")).get("amount"));
  }

  static Map<String, Object> authorised(Map<String, @Nullable Object> command) {
    String id = String.valueOf(command.get("operation_id"));
    return Map.of(
        "pspReference",
        "PSP" + id.substring(3),
        "merchantReference",
        id,
        "resultCode",
        "Authorised",
        "amount",
        amount(command));
  }

  static Map<String, Object> received(Map<String, @Nullable Object> command) {
    String id = String.valueOf(command.get("operation_id"));
    return Map.of(
        "pspReference",
        "MOD" + id.substring(3),
        "paymentPspReference",
        Objects.requireNonNull(map(command.get("path")).get("payment")),
        "reference",
        id,
        "status",
        "received",
        "amount",
        amount(command));
  }
}
