package dev.portcullis.gateway.webhooks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a delivery can stand. */
enum DeliveryState {
  /** It is attempted, or will be. */
  WAITING,
  /** The endpoint has answered with 2xx. */
  DELIVERED,
  /** All attempts failed. */
  FAILED,
  /** The endpoint was disabled or deleted before it was told. */
  CANCELED;

  static final List<String> NAMES = Arrays.stream(values()).map(DeliveryState::wire).toList();

  /** Its name in the database and on the wire. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
