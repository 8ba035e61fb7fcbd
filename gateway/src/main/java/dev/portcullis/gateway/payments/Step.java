package dev.portcullis.gateway.payments;

import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.IdempotencyUse;
import dev.portcullis.gateway.journal.Write;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns transitions into changes for the journal. */
public final class Step {

  private final Change.Builder change;
  private final Ids ids;
  private final Instant now;
  private final IdentityHashMap<Entity, String> docs = new IdentityHashMap<>();

  /** A change in that account and mode. */
  public Step(String account, boolean livemode, Ids ids, Instant now) {
    this.change = Change.in(account, livemode);
    this.ids = ids;
    this.now = now;
  }

  /** The rows of the transition's objects, its events and its balance transactions. */
  public Step take(Transition transition, Operation.@Nullable Caller caller) {
    transition.objects().forEach(object -> Tables.put(change, object, doc(object)));
    for (Fact fact : transition.facts()) {
      change.event(event(fact, caller));
    }
    transition.bookings().forEach(booking -> booking.book(change));
    return this;
  }

  /** A provider operation, new or changed. */
  public Step operation(Operation operation) {
    Tables.put(change, operation);
    return this;
  }

  /** Further rows. */
  public Step write(List<Write> writes) {
    for (Write write : writes) {
      switch (write) {
        case Write.Insert insert -> change.insert(insert.table(), insert.row());
        case Write.Ensure ensure -> change.ensure(ensure.table(), ensure.row());
        case Write.Update update -> change.update(update.table(), update.row());
      }
    }
    return this;
  }

  /** Takes the caller's idempotency key, if it has one. */
  public Step begin(Operation.@Nullable Caller caller) {
    IdempotencyUse use = caller == null ? null : caller.idempotency();
    if (use != null) {
      change.begin(use, now);
    }
    return this;
  }

  /** The change itself, for what is not a transition's. */
  public Change.Builder change() {
    return change;
  }

  private Event event(Fact fact, Operation.@Nullable Caller caller) {
    Head head = fact.subject().head();
    IdempotencyUse use = caller == null ? null : caller.idempotency();
    return new Event(
        ids.next("evt"),
        now,
        fact.type(),
        fact.subject().object(),
        head.id(),
        head.version(),
        caller == null ? null : caller.requestId(),
        use == null ? null : use.key(),
        null,
        doc(fact.subject()));
  }

  /** Written once, though the row and several events hold it. */
  private String doc(Entity entity) {
    return docs.computeIfAbsent(entity, e -> Json.writeString(e.doc()));
  }
}
