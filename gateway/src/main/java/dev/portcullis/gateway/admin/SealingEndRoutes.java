package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.gateway.sealing.SealingCensus;
import dev.portcullis.gateway.sealing.SealingFence;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/**
 * The end of older sealing keys: first nothing is sealed by them any more, then what they alone
 * open is counted, one bounded part a call, and at last it goes on record that they are taken away.
 */
@Component
final class SealingEndRoutes implements AdminRoutes {

  private static final int MOST_COUNTED = 2_000;
  private static final Shape COUNTED =
      Shape.of(
          Param.string("table").max(60),
          Param.string("after").max(2_000),
          Param.integer("limit").range(1, MOST_COUNTED));
  private static final Param IDS =
      Param.string("keys", Pattern.compile("[0-9]{1,9}(,[0-9]{1,9}){0,99}"), "ids and commas")
          .required();
  private static final Shape KEYS =
      Shape.of(IDS, Param.integer("looked").range(0, Long.MAX_VALUE).required());

  private final Sealer sealer;
  private final SealingCensus census;
  private final SealingFence fence;
  private final AuditTrail audit;

  SealingEndRoutes(Sealer sealer, SealingCensus census, SealingFence fence, AuditTrail audit) {
    this.sealer = sealer;
    this.census = census;
    this.fence = fence;
    this.audit = audit;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.post("/admin/v1/sealing/end", Right.MANAGE_KEYS, Shape.of(IDS), this::end),
        AdminRoute.post("/admin/v1/sealing/count", Right.MANAGE_KEYS, COUNTED, this::count),
        AdminRoute.post("/admin/v1/sealing/retire", Right.MANAGE_KEYS, KEYS, this::retire));
  }

  private Map<String, ? extends @Nullable Object> count(AdminRequest request) {
    String table = request.arguments().string("table").orElse("");
    String after = request.arguments().string("after").orElse("");
    int limit = Math.toIntExact(request.arguments().integer("limit").orElse(MOST_COUNTED));
    if (table.isEmpty()) {
      note(request, "sealing.count_begun", "");
    }
    SealingCensus.Part part;
    try {
      part = census.next(table, after, limit);
    } catch (SealingCensus.NoSuchPlace | DataIntegrityViolationException _) {
      throw new ApiException(ApiErrors.noSuch("place", table, "table"));
    }
    Map<String, @Nullable Object> rows = new LinkedHashMap<>();
    part.rows().forEach((key, count) -> rows.put(key.toString(), count));
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "sealing_count");
    body.put("table", part.table());
    body.put("key", (long) sealer.newest());
    body.put("looked", part.looked());
    body.put("rows", rows);
    body.put("next_table", part.nextTable());
    body.put("next_after", part.nextAfter());
    return body;
  }

  /** From now on no gateway of this database seals by them; it refuses while one still does. */
  private Map<String, ? extends @Nullable Object> end(AdminRequest request) {
    List<Integer> keys = keys(request);
    for (int key : fence.end(keys)) {
      throw inUse(
          "A gateway that runs still seals by the key "
              + key
              + ": start each gateway anew, with the newest key first.");
    }
    note(request, "sealing.keys_ended", "keys " + joined(keys));
    return Map.of("object", "sealing_keys", "ended", joined(keys));
  }

  /** Before they are taken out of the file, by whoever owns it: what is not on record stays. */
  private Map<String, ? extends @Nullable Object> retire(AdminRequest request) {
    List<Integer> keys = keys(request);
    for (int key : keys) {
      if (!fence.isEnded(key)) {
        throw inUse("The key " + key + " was not ended, so that rows may still be sealed by it.");
      }
    }
    long looked = request.arguments().requiredInteger("looked");
    note(
        request,
        "sealing.keys_retired",
        "keys " + joined(keys) + ", which open none of " + looked + " rows");
    return Map.of("object", "sealing_keys", "retired", joined(keys));
  }

  private List<Integer> keys(AdminRequest request) {
    List<Integer> keys =
        Stream.of(request.arguments().requiredString("keys").split(",", -1))
            .map(Integer::valueOf)
            .toList();
    if (keys.contains(sealer.newest())) {
      throw inUse("The key " + sealer.newest() + " is the one that seals.");
    }
    return keys;
  }

  private static String joined(List<Integer> keys) {
    return keys.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static ApiException inUse(String sentence) {
    return new ApiException(ApiErrors.invalid("keys", "key_in_use", sentence));
  }

  private void note(AdminRequest request, String action, String detail) {
    audit.append(new Actor(request.session().person(), request.address()), action, "", "", detail);
  }
}
