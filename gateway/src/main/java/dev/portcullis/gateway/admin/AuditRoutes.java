package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.audit.AuditEntry;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The gateway's audit trail, newest first, and whether it is whole. */
@Component
final class AuditRoutes implements AdminRoutes {

  private static final String AUDIT = "/admin/v1/audit";
  private static final int LIMIT = 50;
  private static final Shape PAGE =
      Shape.of(
          Param.integer("limit").range(1, 1_000), Param.integer("before").range(1, Long.MAX_VALUE));

  private final AuditTrail trail;

  AuditRoutes(AuditTrail trail) {
    this.trail = trail;
  }

  @Override
  public List<AdminRoute> routes() {
    return List.of(
        AdminRoute.get(AUDIT, Right.READ_AUDIT, PAGE, this::list),
        AdminRoute.get(AUDIT + "/verdict", Right.READ_AUDIT, Shape.NONE, this::verify));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    long before = request.arguments().integer("before").orElse(Long.MAX_VALUE);
    int limit = Math.toIntExact(request.arguments().integer("limit").orElse(LIMIT));
    return Map.of(
        "object",
        "list",
        "data",
        trail.newest(before, limit).stream().map(AuditRoutes::body).toList());
  }

  private static Map<String, @Nullable Object> body(AuditEntry entry) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "audit_entry");
    body.put("seq", entry.seq());
    body.put("at", entry.at().toString());
    body.put("actor", entry.actor().name());
    body.put("address", entry.actor().address());
    body.put("action", entry.action());
    body.put("account", entry.account());
    body.put("subject", entry.subject());
    body.put("detail", entry.detail());
    return body;
  }

  private Map<String, ? extends @Nullable Object> verify(AdminRequest request) {
    AuditTrail.Verdict verdict = trail.verify();
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "audit_verdict");
    body.put("entries", verdict.entries());
    body.put("head", verdict.head());
    body.put(
        "broken", verdict.firstBroken().isPresent() ? verdict.firstBroken().getAsLong() : null);
    return body;
  }
}
