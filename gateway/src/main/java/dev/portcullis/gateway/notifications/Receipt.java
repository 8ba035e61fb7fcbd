package dev.portcullis.gateway.notifications;

import java.util.Locale;

/** What became of a notification at the door. */
enum Receipt {
  /** It is durable, or was before. */
  STORED,
  /** No provider account of that connector is there, or its connector reads no notifications. */
  ADDRESS,
  /** The vault has no policy for the provider account, or one that takes no notifications. */
  NOT_CONNECTED,
  /** Its body is longer than is taken. */
  TOO_LARGE,
  /** Its body ended early. */
  BROKEN_OFF,
  /** Its body did not come in time. */
  SLOW,
  /** It is not signed by the provider, or too long ago. */
  UNVERIFIED,
  /** It is signed, and neither a JSON object nor a form. */
  UNREADABLE,
  /** Its sender has sent enough for now, or there is no room. */
  LIMITED,
  /** The vault, the provider's certificate or the database is away. */
  UNAVAILABLE;

  /** Its name in a metric. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
