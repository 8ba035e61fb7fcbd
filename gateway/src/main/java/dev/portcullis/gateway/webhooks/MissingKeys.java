package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;

/** Gives endpoints from the time before there were key pairs theirs, when they are first told. */
final class MissingKeys {

  private final EndpointKeys keys;
  private final Journal journal;

  MissingKeys(EndpointKeys keys, Journal journal) {
    this.keys = keys;
    this.journal = journal;
  }

  /** The endpoint with a key pair, or as it is where somebody else changes it at this moment. */
  WebhookEndpoint complete(String account, WebhookEndpoint endpoint) {
    if (endpoint.keys().key() != null) {
      return endpoint;
    }
    EndpointKeys.Fresh key = keys.key(account, endpoint.livemode(), endpoint.id());
    WebhookEndpoint complete = endpoint.withKey(Rolling.fresh(key.sealed()), key.told());
    Change.Builder change = Change.in(account, endpoint.livemode());
    change.update(WebhookEndpoint.TABLE, complete.row());
    return journal.commit(change.build()) instanceof Verdict.Committed ? complete : endpoint;
  }
}
