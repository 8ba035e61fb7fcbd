package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.journal.Row;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who wants to be told of events.
 *
 * @param id {@code we_...}
 * @param version of the row
 * @param created when it was made
 * @param shown the object as the wire shows it, complete; the secret is never in it
 * @param wanted since when it has wanted each type ({@code *} for all), in microseconds since 1970;
 *     empty while it is disabled
 * @param slot its place among the account's endpoints, 1 to {@link #MAX}
 * @param keys what signs the deliveries, sealed
 */
record WebhookEndpoint(
    String id,
    int version,
    Instant created,
    Map<String, @Nullable Object> shown,
    Map<String, Long> wanted,
    int slot,
    SealedKeys keys) {

  /** How many an account can have in each mode. */
  static final int MAX = 32;

  static final String OBJECT = "webhook_endpoint";

  static final String ENABLED = "enabled";
  static final String DISABLED = "disabled";
  static final String PAYLOAD = "payload";
  static final String PUBLIC_KEY = "public_key";

  /**
   * The slot is unique within account and mode, so that the database, too, holds the bound. A
   * deleted endpoint has none.
   */
  static final Table TABLE =
      Table.of("webhook_endpoints", "slot smallint", "deleted boolean", "doc jsonb");

  @SuppressWarnings("unchecked") // the document is our own
  static WebhookEndpoint of(Stored stored) {
    Map<String, @Nullable Object> doc = Json.readObject(stored.doc());
    Map<String, @Nullable Object> shown =
        (Map<String, @Nullable Object>) Objects.requireNonNull(doc.get("object"));
    // One from the time before there was a choice, and before there were keys.
    shown.putIfAbsent(PAYLOAD, Payload.NAMES.getFirst());
    shown.putIfAbsent(PUBLIC_KEY, null);
    return new WebhookEndpoint(
        stored.id(),
        stored.version(),
        stored.created(),
        shown,
        (Map<String, Long>) Objects.requireNonNull(doc.get("wanted")),
        ((Long) Objects.requireNonNull(doc.get("slot"))).intValue(),
        SealedKeys.of(doc));
  }

  /** Whether it is in live mode. */
  boolean livemode() {
    return Boolean.TRUE.equals(shown.get("livemode"));
  }

  /** Whether it is told of events. */
  boolean isEnabled() {
    return ENABLED.equals(shown.get("status"));
  }

  /** Where it is. */
  String url() {
    return (String) Objects.requireNonNull(shown.get("url"));
  }

  /** The version of the API that it is told in; empty for the account's. */
  Optional<String> apiVersion() {
    return Optional.ofNullable((String) shown.get("api_version"));
  }

  /** How much of an event it is told. */
  Payload payload() {
    return Payload.of(String.valueOf(shown.get(PAYLOAD)));
  }

  /** The next version, with other members. */
  WebhookEndpoint with(Map<String, @Nullable Object> members, Instant now) {
    return new WebhookEndpoint(
        id, version + 1, created, members, wanted(members, wanted, now), slot, keys);
  }

  /** The next version, signed for by others. */
  WebhookEndpoint with(SealedKeys others) {
    return new WebhookEndpoint(id, version + 1, created, shown, wanted, slot, others);
  }

  /** The next version, with a private key and the public one that is shown. */
  WebhookEndpoint withKey(Rolling key, String publicKey) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>(shown);
    members.put(PUBLIC_KEY, publicKey);
    return new WebhookEndpoint(id, version + 1, created, members, wanted, slot, keys.withKey(key));
  }

  /**
   * A type that goes on being wanted keeps its time; a new one, or all after a pause, begin now.
   */
  static Map<String, Long> wanted(
      Map<String, @Nullable Object> members, Map<String, Long> before, Instant now) {
    Map<String, Long> wanted = new LinkedHashMap<>();
    if (ENABLED.equals(members.get("status"))
        && members.get("enabled_events") instanceof List<?> types) {
      types.forEach(
          type -> wanted.put((String) type, before.getOrDefault((String) type, micros(now))));
    }
    return wanted;
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  /** The row to write. */
  Row row() {
    Map<String, @Nullable Object> doc = new LinkedHashMap<>();
    doc.put("object", shown);
    doc.put("wanted", wanted);
    doc.put("slot", (long) slot);
    doc.putAll(keys.doc());
    return Row.of(id, version, created, slot, false, Json.writeString(doc));
  }

  /** What is said of it once it is deleted. */
  Map<String, @Nullable Object> tombstone() {
    Map<String, @Nullable Object> rest = new LinkedHashMap<>();
    rest.put("id", id);
    rest.put("object", OBJECT);
    rest.put("deleted", true);
    return rest;
  }

  /** The row once it is deleted: nothing but the id is kept, the secret least of all. */
  Row deletedRow() {
    return Row.of(id, version + 1, created, null, true, Json.writeString(tombstone()));
  }
}
