package dev.portcullis.vault.rotation;

import dev.portcullis.vault.rotation.RotationRun.Kind;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Beginning rotations, how they stand, and what the tables hold. */
public final class RotationRoutes {

  private final Rotation rotation;

  /** The routes over those rotations. */
  public RotationRoutes(Rotation rotation) {
    this.rotation = rotation;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String v1 = "/admin/v1/";
    return List.of(
        AdminRoute.get(v1 + "keys", Right.READ_VAULT, Shape.NONE, _ -> statement()),
        AdminRoute.get(v1 + "rotations", Right.READ_VAULT, Shape.NONE, _ -> list()),
        AdminRoute.post(
            v1 + "rotations",
            Right.MANAGE_VAULT,
            Shape.of(
                Param.choice("kind", "master", "data", "fingerprint").required(),
                Param.id("account")),
            this::begin));
  }

  private Map<String, @Nullable Object> statement() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "key_statement");
    tree.putAll(rotation.statement());
    return tree;
  }

  private Map<String, @Nullable Object> list() {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "list");
    tree.put("data", rotation.list().stream().map(RotationRoutes::body).toList());
    return tree;
  }

  private Map<String, @Nullable Object> begin(AdminRequest request) {
    return body(
        rotation.begin(
            Kind.valueOf(request.arguments().requiredString("kind").toUpperCase(Locale.ROOT)),
            request.arguments().string("account").orElse(null),
            request.session().person()));
  }

  private static Map<String, @Nullable Object> body(RotationRun run) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Instant finished = run.finished();
    String statement = run.statement();
    tree.put("object", "rotation");
    tree.put("id", run.id());
    tree.put("kind", run.kind().wireName());
    tree.put("account", run.account());
    tree.put("status", run.state().name().toLowerCase(Locale.ROOT));
    tree.put("started_by", run.startedBy());
    tree.put("created", run.started().getEpochSecond());
    tree.put("finished_at", finished == null ? null : finished.getEpochSecond());
    tree.put("total", run.total());
    tree.put("moved", run.moved());
    tree.put("statement", statement == null ? null : Json.readObject(statement));
    return tree;
  }
}
