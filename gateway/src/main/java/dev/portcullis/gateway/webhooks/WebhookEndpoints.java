package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.events.PendingWebhooks;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.Filter;
import dev.portcullis.gateway.store.ListQuery;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.gateway.store.Page;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds webhook endpoints. */
@Component
final class WebhookEndpoints implements PendingWebhooks {

  private static final Filter NOT_DELETED = Filter.is("deleted", false);

  private final ObjectReader reader;

  WebhookEndpoints(ObjectReader reader) {
    this.reader = reader;
  }

  /** The endpoint of that id, unless it was deleted. */
  Optional<WebhookEndpoint> find(Principal principal, String id) {
    return reader
        .find(WebhookEndpoint.TABLE, principal, id, List.of(NOT_DELETED))
        .map(WebhookEndpoint::of);
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
  public Count count(Principal principal) {
    List<WebhookEndpoint> endpoints = all(principal);
    return (type, happened) ->
        Math.toIntExact(endpoints.stream().filter(e -> e.waitsFor(type, happened)).count());
  }
}
