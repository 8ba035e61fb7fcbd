package dev.portcullis.gateway.http;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.journal.Journal;
import dev.portcullis.gateway.journal.Verdict;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.json.Json;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Commits a change on behalf of a request: what did not become durable becomes an error. */
@Component
public final class Commits {

  private static final Logger LOG = Logger.getLogger(Commits.class.getName());

  private final Journal journal;
  private final IdempotentExecution executions;
  private final Ids ids;
  private final InstantSource clock;

  Commits(Journal journal, IdempotentExecution executions, Ids ids, InstantSource clock) {
    this.journal = journal;
    this.executions = executions;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Commits the change together with its answer for the request's idempotency key, if it has one.
   *
   * @return the answer, 200
   * @throws ApiException as {@link #commit(Change)}
   */
  public Reply reply(
      ApiRequest request, Change.Builder change, Map<String, @Nullable Object> body) {
    request
        .idempotency()
        .ifPresent(use -> change.done(use, clock.instant(), 200, Json.writeString(body)));
    commit(change.build());
    return Reply.ok(body);
  }

  /**
   * For a request that does something before its key is committed: one that was there before does
   * it no more.
   *
   * @throws IdempotencyTaken if its idempotency key is on record
   */
  public void unlessDone(ApiRequest request) {
    request
        .idempotency()
        .filter(use -> executions.isKnown(request.principal(), use))
        .ifPresent(
            _ -> {
              throw new IdempotencyTaken();
            });
  }

  /**
   * An event that a request causes.
   *
   * @param type for instance {@code customer.updated}
   * @param version of the object after this
   * @param before the object before this, or null for a new one
   * @param after the object after this; both as stored
   */
  public Event event(
      ApiRequest request,
      String type,
      int version,
      @Nullable Map<String, @Nullable Object> before,
      Map<String, @Nullable Object> after) {
    return new Event(
        ids.next("evt"),
        clock.instant(),
        type,
        (String) Objects.requireNonNull(after.get("object")),
        (String) Objects.requireNonNull(after.get("id")),
        version,
        request.requestId(),
        request.idempotency().map(IdempotencyUse::key).orElse(null),
        before == null ? null : Json.writeString(changed(before, after)),
        Json.writeString(after));
  }

  /** The members that differ, as they were before; within a hash only those of its members. */
  private static Map<String, @Nullable Object> changed(Map<?, ?> before, Map<?, ?> after) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>();
    before.forEach(
        (name, old) -> {
          Object now = after.get(name);
          if (old instanceof Map<?, ?> oldHash && now instanceof Map<?, ?> nowHash) {
            Map<String, @Nullable Object> within = changed(oldHash, nowHash);
            if (!within.isEmpty()) {
              changed.put((String) name, within);
            }
          } else if (!Objects.equals(old, now)) {
            changed.put((String) name, old);
          }
        });
    after.keySet().stream()
        .filter(name -> !before.containsKey(name))
        .forEach(name -> changed.put((String) name, null));
    return changed;
  }

  /**
   * Returns when the change is durable.
   *
   * @throws IdempotencyTaken if its idempotency key is on record
   * @throws ApiException 409 if somebody else changed a row meanwhile, 503 if it could not be
   *     written, 500 if the change was refused or nobody can tell
   */
  public void commit(Change change) {
    require(journal.commit(change));
  }

  /**
   * Returns if that is what the verdict says.
   *
   * @throws ApiException as {@link #commit(Change)}
   */
  public void require(Verdict verdict) {
    switch (verdict) {
      case Verdict.Committed _ -> {}
      case Verdict.Conflict conflict -> {
        if (conflict.isIdempotencyKey()) {
          throw new IdempotencyTaken();
        }
        throw new ApiException(ApiErrors.lockTimeout());
      }
      case Verdict.Rejected(String reason) -> {
        LOG.log(Level.SEVERE, "The database refused a change: {0}", reason);
        throw new ApiException(ApiErrors.internal());
      }
      case Verdict.Unavailable _ -> throw new ApiException(ApiErrors.unavailable());
      case Verdict.Unknown _ -> throw new ApiException(ApiErrors.internal());
    }
  }
}
