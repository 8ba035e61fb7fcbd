package dev.portcullis.vault.forward;

import dev.portcullis.vault.changes.Change;
import dev.portcullis.vault.changes.ChangeRoutes;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.crypto.Sha256;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which policies there are, proposing others, and test calls. */
public final class PolicyRoutes {

  private static final int LONGEST = 64 << 10;
  private static final Param NAME =
      Param.string(
          "name", Pattern.compile("[a-z0-9][a-z0-9-]{1,63}"), "lower-case letters and digits");
  private static final Param POLICY = Param.lines("policy").max(LONGEST);
  private static final Param ACCOUNT = Param.id("account");
  private static final Param PROVIDER = Param.string("provider_account").max(64);

  private final Providers providers;
  private final PolicyStore policies;
  private final FourEyes changes;

  public PolicyRoutes(Providers providers, PolicyStore policies, FourEyes changes) {
    this.providers = providers;
    this.policies = policies;
    this.changes = changes;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String v1 = "/admin/v1/";
    return List.of(
        AdminRoute.get(v1 + "policies", Right.READ_VAULT, Shape.NONE, this::list),
        AdminRoute.post(
            v1 + "policies",
            Right.MANAGE_VAULT,
            Shape.of(NAME.required(), POLICY.required()),
            request ->
                proposed(
                    PolicyChanges.INSTALL,
                    request.arguments().requiredString("name"),
                    request.arguments().requiredString("policy"),
                    request)),
        AdminRoute.post(
            v1 + "policies/check",
            Right.READ_VAULT,
            Shape.of(NAME.required(), POLICY.required()),
            this::check),
        AdminRoute.post(
            v1 + "policies/{name}/remove",
            Right.MANAGE_VAULT,
            Shape.NONE,
            request -> proposed(PolicyChanges.REMOVE, request.variable("name"), "", request)),
        AdminRoute.get(v1 + "providers", Right.READ_VAULT, Shape.NONE, this::providers),
        AdminRoute.post(
            v1 + "providers/test",
            Right.MANAGE_VAULT,
            Shape.of(PROVIDER.required(), ACCOUNT.required(), Param.bool("livemode").required()),
            this::test));
  }

  private Map<String, @Nullable Object> proposed(
      String action, String name, String content, AdminRequest request) {
    Change change =
        changes.propose(action, name, content, request.session().person(), request.address());
    return ChangeRoutes.body(change);
  }

  /** All that is wrong with one, and whether its secrets are there; changes nothing. */
  private Map<String, ? extends @Nullable Object> check(AdminRequest request) {
    String content = request.arguments().requiredString("policy");
    List<PolicyException.Fault> faults = List.of();
    try {
      providers.check(request.arguments().requiredString("name"), content);
    } catch (PolicyException e) {
      faults = e.faults();
    }
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "policy_check");
    tree.put("sha256", Sha256.hex(content));
    tree.put(
        "faults",
        faults.stream()
            .map(fault -> Map.of("where", fault.where(), "what", fault.what()))
            .toList());
    return tree;
  }

  private Map<String, ? extends @Nullable Object> list(AdminRequest request) {
    return Map.of(
        "object", "list", "data", policies.current().stream().map(PolicyRoutes::body).toList());
  }

  private static Map<String, @Nullable Object> body(PolicyStore.Installed policy) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "policy");
    tree.put("name", policy.name());
    tree.put("version", policy.version());
    tree.put("policy", policy.content());
    tree.put("sha256", Sha256.hex(policy.content()));
    tree.put("installed_by", policy.installedBy());
    tree.put("confirmed_by", policy.confirmedBy());
    tree.put("installed_at", policy.installedAt().getEpochSecond());
    return tree;
  }

  private Map<String, ? extends @Nullable Object> providers(AdminRequest request) {
    return Map.of("object", "list", "data", providers.all().stream().map(Probe::describe).toList());
  }

  private Map<String, ? extends @Nullable Object> test(AdminRequest request) {
    Arguments sent = request.arguments();
    String name = sent.requiredString("provider_account");
    Owner owner = new Owner(sent.requiredString("account"), sent.bool("livemode").orElseThrow());
    return Probe.send(
        providers
            .find(name, owner)
            .orElseThrow(
                () ->
                    new ApiException(
                        ApiErrors.noSuch(
                            "forward policy for the provider account", name, "provider_account"))));
  }
}
