package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.sealing.PersonalData;
import dev.portcullis.gateway.sealing.Resealing;
import dev.portcullis.gateway.sealing.SealedTables;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.gateway.sealing.TableResealing;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Seals by the newest key what older keys have sealed, or none: one bounded part a call, which says
 * where the next one goes on, so that it can be ended and taken up again at any time.
 */
@Component
final class SealingRoutes implements AdminRoutes {

  private static final int MOST = 500;
  private static final Shape PART =
      Shape.of(
          Param.string("table").max(60),
          Param.string("after").max(200),
          Param.integer("limit").range(1, MOST));

  private final List<Resealing> tables;
  private final Sealer sealer;
  private final AuditTrail audit;

  SealingRoutes(
      List<SealedTables> features,
      List<Resealing> others,
      Database database,
      Sealer sealer,
      PersonalData personal,
      AuditTrail audit) {
    this.tables =
        Stream.concat(
                features.stream()
                    .flatMap(feature -> feature.tables().stream())
                    .map(table -> TableResealing.of(database, table, sealer, personal)),
                others.stream())
            .sorted(Comparator.comparing(Resealing::table))
            .toList();
    this.sealer = sealer;
    this.audit = audit;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.post("/admin/v1/sealing/reseal", Right.MANAGE_KEYS, PART, this::reseal));
  }

  private Map<String, ? extends @Nullable Object> reseal(AdminRequest request) {
    String after = request.arguments().string("after").orElse("");
    int limit = Math.toIntExact(request.arguments().integer("limit").orElse(MOST));
    int at = request.arguments().string("table").map(this::find).orElse(0);
    if (at == 0 && after.isEmpty()) {
      note(request, "sealing.reseal_begun", "");
    }
    Resealing.Part part = tables.get(at).next(after, limit);
    boolean over = part.next() == null && at + 1 == tables.size();
    if (over) {
      note(request, "sealing.reseal_ended", "");
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "resealing");
    body.put("table", tables.get(at).table());
    body.put("key", (long) sealer.newest());
    body.put("looked", part.looked());
    body.put("sealed", part.sealed());
    body.put("next_table", over ? null : tables.get(part.next() == null ? at + 1 : at).table());
    body.put("next_after", "".equals(part.next()) ? null : part.next());
    return body;
  }

  private void note(AdminRequest request, String action, String detail) {
    audit.append(new Actor(request.session().person(), request.address()), action, "", "", detail);
  }

  private int find(String table) {
    for (int at = 0; at < tables.size(); at++) {
      if (tables.get(at).table().equals(table)) {
        return at;
      }
    }
    throw new ApiException(ApiErrors.noSuch("table", table, "table"));
  }
}
