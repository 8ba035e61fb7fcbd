package dev.portcullis.gateway.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to an object, for {@code /v1/events} and the webhooks.
 *
 * @param id {@code evt_...}
 * @param created when
 * @param type for instance {@code payment_intent.succeeded}
 * @param objectType the object's type on the wire, for instance {@code payment_intent}
 * @param objectId the object
 * @param objectVersion its version after this; the event's sequence
 * @param requestId the request that caused it, or null when the gateway itself did
 * @param idempotencyKey that request's key, or null without one
 * @param previousJson the members that changed as they were before, a JSON object, or null
 * @param snapshotJson the object's stored document after this
 */
public record Event(
    String id,
    Instant created,
    String type,
    String objectType,
    String objectId,
    int objectVersion,
    @Nullable String requestId,
    @Nullable String idempotencyKey,
    @Nullable String previousJson,
    String snapshotJson) {

  /** Holds that the type is on the list from which endpoints choose. */
  public Event {
    assert EventTypes.ALL.contains(type) : type + " is missing in EventTypes";
  }

  /** Where they are stored. */
  public static final Table TABLE =
      Table.withKeyAlone(
          "events",
          "fixed type text",
          "fixed object_type text",
          "fixed object text",
          "fixed object_version integer",
          "fixed request text",
          "fixed idempotency_key text",
          "state text",
          "fixed personal previous jsonb",
          "fixed personal doc text");

  Row row() {
    return Row.of(
        id,
        1,
        created,
        type,
        objectType,
        objectId,
        objectVersion,
        requestId,
        idempotencyKey,
        "pending",
        previousJson,
        snapshotJson);
  }
}
