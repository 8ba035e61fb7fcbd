package dev.portcullis.gateway.http;

import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Runs a POST once for each idempotency key (Stripe API reference, Idempotent requests).
 *
 * <p>It is optimistic. The key's row is inserted by the commit of the request's own first change,
 * so two requests with one key cannot both write; the second is told by the journal, or fails for a
 * reason that the first one's success explains. Only then is the record read. An honest request
 * that is sent once costs no query.
 */
@Component
final class IdempotentExecution {

  /** A reply and whether it is an earlier one. */
  record Outcome(Reply reply, boolean replayed) {}

  private record Entry(String requestId, String fingerprint, Optional<Reply> reply) {}

  private final Database database;
  private final Sealer sealer;

  IdempotentExecution(Database database, Sealer sealer) {
    this.database = database;
    this.sealer = sealer;
  }

  /**
   * Runs the handler, or answers for a request that was there before.
   *
   * @throws ApiException the handler's, or 400 for a key used with other parameters, or 409 while
   *     the first request is being worked on
   */
  Outcome run(ApiRequest request, Handler handler) {
    Optional<IdempotencyUse> use = request.idempotency();
    if (use.isEmpty()) {
      return new Outcome(handler.handle(request), false);
    }
    try {
      return new Outcome(handler.handle(request), false);
    } catch (IdempotencyTaken taken) {
      return fromRecord(request.principal(), use.get())
          .orElseThrow(() -> new ApiException(ApiErrors.idempotencyKeyInUse()));
    } catch (ApiException refusal) {
      return fromRecord(request.principal(), use.get()).orElseThrow(() -> refusal);
    }
  }

  /** Whether a request with that key was there before. */
  boolean isKnown(Principal principal, IdempotencyUse use) {
    return find(principal, use).isPresent();
  }

  /** The answer from another request's record; empty if there is no other one's. */
  private Optional<Outcome> fromRecord(Principal principal, IdempotencyUse use) {
    return find(principal, use)
        .filter(entry -> !entry.requestId().equals(use.requestId()))
        .map(
            entry -> {
              if (!entry.fingerprint().equals(use.fingerprint())) {
                throw new ApiException(ApiErrors.idempotencyMismatch());
              }
              Reply reply =
                  entry
                      .reply()
                      .orElseThrow(() -> new ApiException(ApiErrors.idempotencyKeyInUse()));
              return new Outcome(reply, true);
            });
  }

  private Optional<Entry> find(Principal principal, IdempotencyUse use) {
    return database
        .of(principal.account())
        .sql(
            "SELECT request, fingerprint, status, body FROM idempotency_keys"
                + " WHERE account = ? AND id = ?")
        .params(principal.account(), use.rowId(principal.livemode()))
        .query(
            (row, _) -> {
              String body = row.getString(4);
              Optional<Reply> reply =
                  body == null
                      ? Optional.empty()
                      : Optional.of(
                          new Reply(row.getInt(3), Json.readObject(opened(principal, use, body))));
              return new Entry(row.getString(1), row.getString(2), reply);
            })
        .optional();
  }

  private String opened(Principal principal, IdempotencyUse use, String body) {
    Place place =
        Place.of(
            principal.account(),
            principal.livemode(),
            IdempotencyUse.TABLE,
            IdempotencyUse.TABLE.column("body"),
            use.rowId(principal.livemode()));
    return Sealer.isSealed(body) ? sealer.open(place, body) : body;
  }
}
