package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.KeyKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Disables an endpoint that nobody answers for, and says so: an event to the account's others, an
 * entry in the audit trail, a line in the log, a metric.
 */
@Component
final class EndpointDisabling {

  private static final Logger LOG = Logger.getLogger(EndpointDisabling.class.getName());
  private static final String EVENT = "portcullis.webhook_endpoint.disabled";
  private static final int TRIES = 5;

  private final WebhookEndpoints endpoints;
  private final Journal journal;
  private final AuditTrail audit;
  private final Ids ids;
  private final InstantSource clock;
  private final MeterRegistry meters;

  EndpointDisabling(
      WebhookEndpoints endpoints,
      Journal journal,
      AuditTrail audit,
      Ids ids,
      InstantSource clock,
      MeterRegistry meters) {
    this.endpoints = endpoints;
    this.journal = journal;
    this.audit = audit;
    this.ids = ids;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Disables it, unless it is already. Where that fails, the next failure of an attempt comes here
   * again.
   *
   * @param why in words for a person, after its name
   */
  void disable(String account, boolean livemode, String id, String why) {
    try {
      for (int i = 0; i < TRIES; i++) {
        if (attempt(account, livemode, id, why)) {
          return;
        }
      }
      LOG.log(Level.WARNING, "webhook endpoint {0} could not be disabled yet", id);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "webhook endpoint " + id + " could not be disabled yet", e);
    }
  }

  private boolean attempt(String account, boolean livemode, String id, String why) {
    Principal owner = new Principal(account, livemode, "system", KeyKind.SECRET);
    WebhookEndpoint before = endpoints.find(owner, id).orElse(null);
    if (before == null || !before.isEnabled()) {
      return true;
    }
    Instant now = clock.instant();
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(before.shown());
    shown.put("status", WebhookEndpoint.DISABLED);
    WebhookEndpoint after = before.with(shown, now);
    Change.Builder change = Change.in(account, livemode);
    change.update(WebhookEndpoint.TABLE, after.row());
    change.event(
        new Event(
            ids.next("evt"),
            now,
            EVENT,
            WebhookEndpoint.OBJECT,
            id,
            after.version(),
            null,
            null,
            Json.writeString(Map.of("status", WebhookEndpoint.ENABLED)),
            Json.writeString(after.shown())));
    if (!(journal.commit(change.build()) instanceof Verdict.Committed)) {
      return false;
    }
    audit.append(Actor.SYSTEM, "webhook_endpoint.disabled", account, id, why);
    meters.counter("portcullis.webhooks.disabled").increment();
    LOG.log(
        Level.WARNING,
        "webhook endpoint {0} of {1} is disabled: {2}",
        new Object[] {id, account, why});
    return true;
  }
}
