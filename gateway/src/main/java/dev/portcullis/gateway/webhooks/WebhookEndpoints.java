package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.events.PendingWebhooks;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Page;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds webhook endpoints. */
@Component
final class WebhookEndpoints implements PendingWebhooks {

  private static final Filter NOT_DELETED = Filter.is("deleted", false);

  private final ObjectReader reader;
  private final Database database;

  WebhookEndpoints(ObjectReader reader, Database database) {
    this.reader = reader;
    this.database = database;
  }

  /** The endpoint of that id, unless it was deleted. */
  Optional<WebhookEndpoint> find(Principal principal, String id) {
    return reader
        .find(WebhookEndpoint.TABLE, principal, id, List.of(NOT_DELETED))
        .map(WebhookEndpoint::of);
  }

  /**
   * The same, which must be there.
   *
   * @throws ApiException 404
   */
  WebhookEndpoint require(Principal principal, String id) {
    return find(principal, id)
        .orElseThrow(() -> new ApiException(ApiErrors.noSuch(WebhookEndpoint.OBJECT, id, "id")));
  }

  /**
   * It is to begin anew: that it failed before it was disabled, or that another one did before it
   * moved, must not disable it.
   */
  void forgetFailures(Principal principal, String id) {
    database
        .of(principal.account())
        .sql("DELETE FROM webhook_endpoint_health WHERE account = ? AND endpoint = ?")
        .params(principal.account(), id)
        .update();
  }

  /** All of the account and mode, at most {@link WebhookEndpoint#MAX}. */
  List<WebhookEndpoint> all(Principal principal) {
    return page(principal, ListQuery.first(WebhookEndpoint.MAX)).rows().stream()
        .map(WebhookEndpoint::of)
        .toList();
  }

  Page page(Principal principal, ListQuery query) {
    return reader.page(
        WebhookEndpoint.TABLE, WebhookEndpoint.OBJECT, principal, query, List.of(NOT_DELETED));
  }

  @Override
  public Map<String, Integer> pending(Principal principal, Collection<String> events) {
    if (events.isEmpty()) {
      return Map.of();
    }
    Map<String, Integer> pending = new HashMap<>();
    database
        .of(principal.account())
        .sql(
            "SELECT event, count(*) FROM webhook_deliveries WHERE account = ? AND livemode = ?"
                + " AND event = ANY (?) AND state = 'waiting' GROUP BY event")
        .params(principal.account(), principal.livemode(), events.toArray(String[]::new))
        .query(
            row -> {
              pending.put(row.getString(1), row.getInt(2));
            });
    return pending;
  }
}
