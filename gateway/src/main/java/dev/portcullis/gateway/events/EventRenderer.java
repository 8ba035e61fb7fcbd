package dev.portcullis.gateway.events;

import dev.portcullis.gateway.http.Expansion;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.journal.Event;
import dev.portcullis.gateway.journal.Table;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.store.Stored;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.gateway.versions.VersionGates;
import dev.portcullis.wire.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Shows stored events, to those who ask for them and to those who are told of them. */
@Component
public final class EventRenderer {

  /** Read as one document, so that events are listed by the same query as everything else. */
  public static final Table EVENTS =
      Table.of(
          "(SELECT account, livemode, id, version, created, type, jsonb_build_object('type', type,"
              + " 'object_type', object_type, 'object', object, 'object_version', object_version,"
              + " 'request', request, 'idempotency_key', idempotency_key, 'previous', previous,"
              + " 'snapshot', doc::jsonb) AS doc FROM events) AS readable_events");

  private final Expansion resources;
  private final PersonalData personal;

  EventRenderer(Expansion resources, PersonalData personal) {
    this.resources = resources;
    this.personal = personal;
  }

  /**
   * An event as that version shows it.
   *
   * @param stored a row of {@link #EVENTS}
   * @param pending how many have yet to be told of it
   */
  public Map<String, @Nullable Object> render(
      String account, Stored stored, Version version, int pending) {
    Map<String, @Nullable Object> row = Json.readObject(stored.doc());
    open(account, stored, "doc", row.get("snapshot"));
    open(account, stored, "previous", row.get("previous"));
    String type = (String) Objects.requireNonNull(row.get("type"));
    Map<String, @Nullable Object> data = new LinkedHashMap<>();
    data.put("object", VersionGates.render(version, snapshot(stored, row)));
    if (row.get("previous") != null) {
      data.put("previous_attributes", row.get("previous"));
    }
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("id", row.get("request"));
    request.put("idempotency_key", row.get("idempotency_key"));
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("id", stored.id());
    event.put("object", "event");
    event.put("api_version", version.text());
    event.put("created", stored.created().getEpochSecond());
    event.put("data", data);
    event.put("livemode", stored.livemode());
    event.put("pending_webhooks", pending);
    event.put("request", request);
    event.put("type", type);
    return event;
  }

  @SuppressWarnings("unchecked") // the journal writes objects only
  private void open(String account, Stored event, String column, @Nullable Object document) {
    if (document instanceof Map<?, ?> members) {
      Place place =
          Place.of(account, event.livemode(), Event.TABLE, Event.TABLE.column(column), event.id());
      personal.open(place, (Map<String, @Nullable Object>) members);
    }
  }

  /** The object in the wire's form, as it was then. */
  private Map<String, @Nullable Object> snapshot(Stored event, Map<String, @Nullable Object> row) {
    @SuppressWarnings("unchecked") // the journal writes objects only
    Map<String, @Nullable Object> doc =
        (Map<String, @Nullable Object>) Objects.requireNonNull(row.get("snapshot"));
    Resource resource = resources.resource((String) Objects.requireNonNull(row.get("object_type")));
    if (resource == null) {
      return doc;
    }
    Instant created =
        doc.get("created") instanceof Long seconds
            ? Instant.ofEpochSecond(seconds)
            : event.created();
    int version = ((Long) Objects.requireNonNull(row.get("object_version"))).intValue();
    return resource.render(
        new Stored(
            (String) Objects.requireNonNull(row.get("object")),
            event.livemode(),
            version,
            created,
            Json.writeString(doc)));
  }
}
