package dev.portcullis.wire.key;

import java.util.Locale;
import java.util.Optional;

/**
 * What a restricted key's permissions are about, in the words of Stripe's restricted keys; the
 * settings and the log of requests are this product's own.
 */
public enum ApiResource {
  ACCOUNT,
  API_SETTINGS,
  BALANCE,
  BALANCE_TRANSACTION,
  CHARGE,
  CHECKOUT_SESSION,
  CUSTOMER,
  DISPUTE,
  /** An event shows other objects as they were: whoever may read events sees those too. */
  EVENT,
  MANDATE,
  PAYMENT_INTENT,
  PAYMENT_LINK,
  PAYMENT_METHOD,
  /** Lists that block or allow payments. */
  RADAR,
  REFUND,
  REQUEST_LOG,
  SETUP_INTENT,
  TOKEN,
  WEBHOOK;

  /** The name in a permission: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The permission to read it. */
  public Permission read() {
    return new Permission(this, Permission.Level.READ);
  }

  /** The permission to change it, which is one to read it too. */
  public Permission write() {
    return new Permission(this, Permission.Level.WRITE);
  }

  static Optional<ApiResource> ofWireName(String name) {
    for (ApiResource resource : values()) {
      if (resource.wireName().equals(name)) {
        return Optional.of(resource);
      }
    }
    return Optional.empty();
  }
}
