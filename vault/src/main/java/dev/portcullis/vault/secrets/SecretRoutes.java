package dev.portcullis.vault.secrets;

import dev.portcullis.kit.Secret;
import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeRoutes;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.secrets.ProviderSecret.Use;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Entering, listing and retiring providers' secrets. A secret goes in and never comes out. */
public final class SecretRoutes {

  private static final long MOST_AHEAD = 90L * 24 * 3_600;
  private static final int LONGEST = 4_096;
  private static final Param NAME =
      Param.string(
          "name", Pattern.compile("[a-z0-9][a-z0-9._-]{1,63}"), "lower-case letters and digits");
  private static final Param VALUE = Param.lines("value").max(LONGEST);
  private static final Param ACCOUNT =
      Param.string("account", Pattern.compile("[0-9A-Za-z_]{1,64}"), "an account's id");
  private static final Param PROVIDER =
      Param.string(
          "provider_account", Pattern.compile("[0-9A-Za-z_.-]{1,64}"), "a provider account");
  private static final String ONE_HOST = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?";
  private static final Param HOST =
      Param.string(
          "host",
          Pattern.compile(ONE_HOST + "(," + ONE_HOST + ")?"),
          "a host in lower case, with its port where that is not 443; where another host makes the"
              + " provider's tokens, that one after a comma");

  private final SecretStore secrets;
  private final FourEyes changes;
  private final InstantSource clock;
  private final Runnable changed;

  /**
   * @param changed told after each change
   */
  public SecretRoutes(
      SecretStore secrets, FourEyes changes, InstantSource clock, Runnable changed) {
    this.secrets = secrets;
    this.changes = changes;
    this.clock = clock;
    this.changed = changed;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String path = "/admin/v1/secrets";
    return List.of(
        AdminRoute.get(path, Right.READ_VAULT, Shape.NONE, this::list),
        AdminRoute.post(
            path,
            Right.MANAGE_VAULT,
            Shape.of(
                NAME.required(),
                VALUE.required(),
                ACCOUNT.required(),
                Param.bool("livemode").required(),
                PROVIDER.required(),
                HOST.required(),
                Param.timestamp("active_from")),
            this::put),
        AdminRoute.post(
            path + "/{name}/retire",
            Right.MANAGE_VAULT,
            Shape.of(Param.integer("version").range(1, Integer.MAX_VALUE).required()),
            this::retire));
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    Instant now = clock.instant();
    return Map.of(
        "object",
        "list",
        "data",
        secrets.list().stream().map(secret -> body(secret, now)).toList());
  }

  private Map<String, ? extends @Nullable Object> put(AdminRequest request) {
    Arguments sent = request.arguments();
    Instant now = clock.instant();
    Instant from =
        sent.has("active_from") ? Instant.ofEpochSecond(sent.requiredInteger("active_from")) : now;
    if (from.isAfter(now.plusSeconds(MOST_AHEAD))) {
      throw new ApiException(
          ApiErrors.invalid(
              "active_from", "parameter_invalid_integer", "This is more than 90 days ahead."));
    }
    return enter(
        request,
        sent.requiredString("name"),
        new Use(
            sent.requiredString("account"),
            sent.bool("livemode").orElseThrow(),
            sent.requiredString("provider_account"),
            sent.requiredString("host")),
        Secret.of(sent.requiredString("value")),
        from,
        (_, _) -> {});
  }

  /**
   * Keeps a secret that a provider has made or was told: used at once where it is the first one,
   * else as soon as another administrator says so.
   *
   * @param also what is durable with it, or neither is
   * @throws ApiException if the name is bound to another use
   */
  public Map<String, @Nullable Object> enter(
      AdminRequest request, String name, Use use, Secret value, Also also) {
    return enter(request, name, use, value, clock.instant(), also);
  }

  /** What else is written with a secret. */
  public interface Also {
    void with(Connection connection, ProviderSecret made) throws SQLException;
  }

  private Map<String, @Nullable Object> enter(
      AdminRequest request, String name, Use use, Secret value, Instant from, Also also) {
    Instant now = clock.instant();
    String by = request.session().person();
    Map<String, @Nullable Object> tree =
        secrets.put(
            name,
            use,
            value,
            from.isBefore(now) ? now : from,
            by,
            request.address(),
            (connection, made) -> {
              also.with(connection, made);
              Map<String, @Nullable Object> shown = body(made, now);
              if (made.version() > 1) {
                Change change =
                    changes.proposeWithin(
                        connection,
                        SecretChanges.USE,
                        SecretChanges.subject(made.name(), made.version()),
                        from + " on, for " + made.use(),
                        by,
                        request.address());
                shown.put("change", ChangeRoutes.body(change));
              }
              return shown;
            });
    changed.run();
    return tree;
  }

  private Map<String, ? extends @Nullable Object> retire(AdminRequest request) {
    int version = Math.toIntExact(request.arguments().requiredInteger("version"));
    return ChangeRoutes.body(
        changes.propose(
            SecretChanges.RETIRE,
            SecretChanges.subject(request.variable("name"), version),
            "",
            request.session().person(),
            request.address()));
  }

  private static Map<String, @Nullable Object> body(ProviderSecret secret, Instant now) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    Instant retired = secret.retired();
    tree.put("object", "secret");
    tree.put("name", secret.name());
    tree.put("version", secret.version());
    tree.put("account", secret.use().account());
    tree.put("livemode", secret.use().livemode());
    tree.put("provider_account", secret.use().providerAccount());
    tree.put("host", secret.use().host());
    tree.put("created", secret.created().getEpochSecond());
    tree.put("created_by", secret.createdBy());
    tree.put(
        "active_from",
        secret.activeFrom().equals(SecretStore.NEVER)
            ? null
            : secret.activeFrom().getEpochSecond());
    tree.put("retired_at", retired == null ? null : retired.getEpochSecond());
    tree.put(
        "status",
        retired != null ? "retired" : secret.activeFrom().isAfter(now) ? "waiting" : "active");
    return tree;
  }
}
