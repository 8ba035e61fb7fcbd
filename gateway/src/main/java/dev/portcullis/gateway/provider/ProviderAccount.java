package dev.portcullis.gateway.provider;

import dev.portcullis.gateway.ledger.FeeSchedule;

/**
 * An account that a merchant has at a provider.
 *
 * @param provider its name and what speaks to it
 * @param place the smaller, the sooner it is asked where no rule says otherwise
 * @param paused whether no new payment goes there; what it has already is followed up all the same
 * @param fees what the provider keeps
 */
public record ProviderAccount(Provider provider, int place, boolean paused, FeeSchedule fees) {

  /** What the paths begin with where providers tell something by themselves. */
  public static final String NOTIFICATIONS = "/webhooks/";

  /** The path where it tells the gateway something by itself. */
  public String notificationsPath(String account, boolean livemode) {
    return notificationsPath(connector(), account, livemode, name());
  }

  /** The path where a provider account of that name tells the gateway something by itself. */
  public static String notificationsPath(
      String connector, String account, boolean livemode, String name) {
    return NOTIFICATIONS + String.join("/", connector, account, livemode ? "live" : "test", name);
  }

  /** Its name. */
  public String name() {
    return provider.name();
  }

  /** What speaks to it. */
  public String connector() {
    return provider.connector();
  }
}
