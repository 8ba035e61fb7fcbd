package dev.portcullis.gateway.notifications;

import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.NotificationReader;
import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.provider.ProviderAccount;
import dev.portcullis.gateway.provider.VaultLink;
import dev.portcullis.gateway.provider.VaultLink.Said;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks each provider once a day, through the vault, whether it still sends its notifications here.
 * Somebody who removes a webhook in a provider's pages is noticed by nobody else: payments go on,
 * and only what the provider would have told by itself stays away.
 */
public final class RegistrationWatch implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(RegistrationWatch.class.getName());
  private static final String ASK = "/internal/v1/providers/notifications";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long FIRST_MINUTES = 5;
  private static final long PAUSE_MINUTES = 24L * 60;
  private static final int MOST = 10_000;

  private final Database database;
  private final VaultLink link;
  private final String origin;
  private final AtomicInteger unregistered = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("registrations").factory());

  private record Whose(String account, boolean livemode, String connector, String name) {}

  /** What a provider says of it. */
  private enum Registered {
    /** It sends here. */
    YES,
    /** It does not know of it, sends nothing, or signs with what the vault has not. */
    NO,
    /** It has no API for it, or the policy does not say how. */
    BY_HAND,
    /** Nobody can say now. */
    UNKNOWN
  }

  /**
   * @param origin the API's origin as providers reach it
   */
  RegistrationWatch(Database database, VaultLink link, String origin) {
    this.database = database;
    this.link = link;
    this.origin = origin;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a round never fails; the schedule ends with close
  void start() {
    timer.scheduleWithFixedDelay(this::roundSafely, FIRST_MINUTES, PAUSE_MINUTES, TimeUnit.MINUTES);
  }

  /** How many provider accounts do not send here, as of the last round. */
  int unregistered() {
    return unregistered.get();
  }

  private void roundSafely() {
    try {
      round();
    } catch (RuntimeException e) {
      // A scheduled task that throws is never run again.
      LOG.log(Level.WARNING, "providers could not be asked about their notifications", e);
    }
  }

  /** Asks about all of them. */
  public void round() {
    int missing = 0;
    for (Whose whose : all()) {
      if (timer.isShutdown()) {
        return;
      }
      missing += isMissing(whose) ? 1 : 0;
    }
    unregistered.set(missing);
  }

  private List<Whose> all() {
    return database
        .across(AllAccounts.NOTIFICATIONS)
        .sql(
            "SELECT account, livemode, connector, name FROM provider_accounts WHERE NOT paused"
                + " ORDER BY account, livemode, name LIMIT ?")
        .params(MOST)
        .query(
            (row, _) ->
                new Whose(row.getString(1), row.getBoolean(2), row.getString(3), row.getString(4)))
        .list();
  }

  private boolean isMissing(Whose whose) {
    if (!(Connectors.find(whose.connector).orElse(null) instanceof NotificationReader)) {
      return false;
    }
    return switch (ask(whose)) {
      case NO -> {
        LOG.log(
            Level.WARNING,
            "{0} ({1}) does not send its notifications here so that they are taken:"
                + " `providers notifications check {0}` says why, and register mends it",
            new Object[] {whose.name, whose.account});
        yield true;
      }
      case YES, BY_HAND, UNKNOWN -> false;
    };
  }

  private Registered ask(Whose whose) {
    Map<String, @Nullable Object> call = new LinkedHashMap<>();
    call.put("account", whose.account);
    call.put("livemode", whose.livemode);
    call.put("provider_account", whose.name);
    call.put(
        "url",
        origin
            + ProviderAccount.notificationsPath(
                whose.connector, whose.account, whose.livemode, whose.name));
    return switch (link.call(ASK, call, PATIENCE)) {
      case Said.Answer answer when answer.status() == 200 ->
          read(String.valueOf(answer.body().get("outcome")));
      case Said.Answer answer -> unknown(whose, answer.errorCode());
      case Said.NotSent(String reason) -> unknown(whose, reason);
      case Said.NoAnswer(String reason) -> unknown(whose, reason);
    };
  }

  private static Registered read(String outcome) {
    return switch (outcome) {
      case "registered" -> Registered.YES;
      case "inactive", "not_there", "half_registered" -> Registered.NO;
      case "by_hand" -> Registered.BY_HAND;
      default -> Registered.UNKNOWN;
    };
  }

  private static Registered unknown(Whose whose, String reason) {
    LOG.log(
        Level.INFO,
        "{0} could not be asked about its notifications: {1}",
        new Object[] {whose.name, reason});
    return Registered.UNKNOWN;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
