package dev.portcullis.vault.changes;

import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Seeing, confirming and refusing what others proposed. */
public final class ChangeRoutes {

  private static final Param HASH =
      Param.string("hash", Pattern.compile("[0-9a-f]{64}"), "the change's hash");

  private final FourEyes changes;

  /** The routes over those changes. */
  public ChangeRoutes(FourEyes changes) {
    this.changes = changes;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String path = "/admin/v1/changes";
    return List.of(
        AdminRoute.get(path, Right.READ_VAULT, Shape.NONE, this::list),
        AdminRoute.get(path + "/{id}", Right.READ_VAULT, Shape.NONE, this::show),
        AdminRoute.post(
            path + "/{id}/confirm",
            Right.MANAGE_VAULT,
            Shape.of(HASH.required()),
            request ->
                body(
                    changes.confirm(
                        request.variable("id"),
                        request.arguments().requiredString("hash"),
                        request.session().person(),
                        request.address()))),
        AdminRoute.post(
            path + "/{id}/refuse",
            Right.MANAGE_VAULT,
            Shape.NONE,
            request ->
                body(
                    changes.refuse(
                        request.variable("id"), request.session().person(), request.address()))));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    return Map.of(
        "object", "list", "data", changes.list().stream().map(ChangeRoutes::body).toList());
  }

  private Map<String, ? extends @Nullable Object> show(AdminRequest request) {
    Change change = changes.find(request.variable("id"));
    Map<String, @Nullable Object> tree = body(change);
    tree.put("consequences", changes.consequences(change));
    tree.put("obstacle", changes.obstacle(change, request.session().person()).orElse(null));
    return tree;
  }

  /** A change as the wire shows it. */
  public static Map<String, @Nullable Object> body(Change change) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "change");
    tree.put("id", change.id());
    tree.put("action", change.action());
    tree.put("subject", change.subject());
    tree.put("content", change.content());
    tree.put("hash", change.hash());
    tree.put("status", change.state().name().toLowerCase(Locale.ROOT));
    tree.put("proposed_by", change.proposedBy());
    tree.put("created", change.proposedAt().getEpochSecond());
    tree.put("expires_at", change.expires().getEpochSecond());
    tree.put("decided_by", change.decidedBy());
    tree.put("outcome", change.outcome());
    return tree;
  }
}
