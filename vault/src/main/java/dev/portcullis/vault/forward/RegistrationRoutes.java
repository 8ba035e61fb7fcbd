package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.forward.Registrar.Outcome;
import dev.portcullis.vault.forward.Registrar.Place;
import dev.portcullis.vault.forward.Registrar.Registered;
import dev.portcullis.vault.secrets.ProviderSecret.Use;
import dev.portcullis.vault.secrets.SecretRoutes;
import dev.portcullis.vault.store.StoreFailure;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Telling a provider where its notifications go, by its own API, and asking whether it knows. A
 * signing secret that comes of it is kept as a version of the policy's secret: the first one is
 * used at once, of every other one a second administrator says from when on.
 */
public final class RegistrationRoutes {

  private static final Param PROVIDER =
      Param.string(
          "provider_account", Pattern.compile("[0-9A-Za-z_.-]{1,64}"), "a provider account");
  private static final Param URL =
      Param.string(
          "url", Pattern.compile("https?://[\\x21-\\x7e&&[^\"\\\\{}]]{3,480}"), "an HTTPS URL");
  private static final Shape SHAPE =
      Shape.of(
          PROVIDER.required(),
          Param.id("account").required(),
          Param.bool("livemode").required(),
          URL.required());

  private final Providers providers;
  private final SecretRoutes secrets;
  private final AuditTrail audit;
  private final SecureRandom random;

  /**
   * @param secrets keeps what a provider signs with
   * @param audit where it is put down who had a provider told what
   */
  public RegistrationRoutes(
      Providers providers, SecretRoutes secrets, AuditTrail audit, SecureRandom random) {
    this.providers = providers;
    this.secrets = secrets;
    this.audit = audit;
    this.random = random;
  }

  /** All of them. */
  public List<AdminRoute> routes() {
    String path = "/admin/v1/providers/notifications/";
    return List.of(
        AdminRoute.post(path + "check", Right.READ_VAULT, SHAPE, this::check),
        AdminRoute.post(path + "register", Right.MANAGE_VAULT, SHAPE, this::register),
        AdminRoute.post(path + "remove", Right.MANAGE_VAULT, SHAPE, this::remove));
  }

  private Map<String, ? extends @Nullable Object> check(AdminRequest request) {
    Subject subject = subject(request);
    return body(subject, subject.registrar().places(subject.url()));
  }

  /** What the provider knows, or why nobody can say. */
  static Map<String, @Nullable Object> body(Subject subject, Outcome<List<Place>> outcome) {
    Map<String, @Nullable Object> tree = tree(subject);
    switch (outcome) {
      case Outcome.Failed<List<Place>> failed -> failure(tree, failed);
      case Outcome.Done<List<Place>>(List<Place> places) -> {
        boolean active = places.stream().anyMatch(Place::active);
        tree.put("outcome", active ? "registered" : places.isEmpty() ? "not_there" : "inactive");
        tree.put("ids", places.stream().map(Place::id).toList());
      }
    }
    return tree;
  }

  private static Map<String, @Nullable Object> tree(Subject subject) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "notification_registration");
    tree.put("provider_account", subject.provider().policy().provider());
    tree.put("livemode", subject.provider().policy().livemode());
    tree.put("url", subject.url());
    return tree;
  }

  private static void failure(Map<String, @Nullable Object> tree, Outcome.Failed<?> failed) {
    tree.put("outcome", "failed");
    tree.put("reason", failed.reason());
    tree.put("status", failed.status() == 0 ? null : failed.status());
  }

  /** One that is there stays: its secret cannot be had again, and two would tell all twice. */
  private Map<String, ? extends @Nullable Object> register(AdminRequest request) {
    Subject subject = subject(request);
    Registrar registrar = subject.registrar();
    Outcome<List<Place>> before = registrar.places(subject.url());
    if (!(before instanceof Outcome.Done<List<Place>>(List<Place> places) && places.isEmpty())) {
      return body(subject, before);
    }
    Map<String, @Nullable Object> tree = tree(subject);
    switch (registrar.register(subject.url())) {
      case Outcome.Failed<Registered> failed -> failure(tree, failed);
      case Outcome.Done<Registered>(Registered registered) -> {
        tree.put("outcome", "registered");
        tree.put("ids", List.of(registered.id()));
        Secret secret = registered.secret();
        if (secret != null) {
          tree.put("secret", kept(request, subject, secret));
        }
        put(request, "notifications.registered", subject, registered.id());
      }
    }
    return tree;
  }

  private Map<String, @Nullable Object> kept(AdminRequest request, Subject subject, Secret secret) {
    Provider provider = subject.provider();
    Use credential = provider.credentials().binding();
    return secrets.enter(
        request,
        subject.secretName(),
        new Use(
            credential.account(),
            credential.livemode(),
            credential.providerAccount(),
            Credentials.host(provider.policy().origin())),
        secret);
  }

  private Map<String, ? extends @Nullable Object> remove(AdminRequest request) {
    Subject subject = subject(request);
    Registrar registrar = subject.registrar();
    Outcome<List<Place>> before = registrar.places(subject.url());
    if (!(before instanceof Outcome.Done<List<Place>>(List<Place> places))) {
      return body(subject, before);
    }
    Map<String, @Nullable Object> tree = tree(subject);
    tree.put("outcome", "not_there");
    tree.put("ids", places.stream().map(Place::id).toList());
    for (Place place : places) {
      if (registrar.remove(place.id()) instanceof Outcome.Failed<String> failed) {
        failure(tree, failed);
        return tree;
      }
      put(request, "notifications.removed", subject, place.id());
      tree.put("outcome", "removed");
    }
    return tree;
  }

  private void put(AdminRequest request, String what, Subject subject, String id) {
    Policy policy = subject.provider().policy();
    try {
      audit.append(
          what,
          policy.provider(),
          "%s in %s mode at %s, by %s from %s"
              .formatted(
                  id,
                  policy.livemode() ? "live" : "test",
                  subject.url(),
                  request.session().person(),
                  request.address()));
    } catch (SQLException e) {
      throw new StoreFailure(e);
    }
  }

  /** Whose notifications go where. */
  record Subject(Provider provider, String url, SecureRandom random) {
    Registrar registrar() {
      return new Registrar(provider, random);
    }

    String secretName() {
      Policy.Notifications how = provider.policy().notifications();
      return how instanceof Policy.Notifications.Keyed keyed
          ? keyed.secret().substring(Providers.ENTERED.length())
          : "";
    }
  }

  private Subject subject(AdminRequest request) {
    Arguments sent = request.arguments();
    String name = sent.requiredString("provider_account");
    Owner owner = new Owner(sent.requiredString("account"), sent.bool("livemode").orElseThrow());
    Provider provider =
        providers
            .find(name, owner)
            .orElseThrow(
                () ->
                    new ApiException(
                        ApiErrors.noSuch("provider account", name, "provider_account")));
    if (provider.policy().registration() == null) {
      throw new ApiException(
          ApiErrors.invalid(
              "provider_account",
              "parameter_invalid",
              "The forward policy of this provider account does not say how it is told where its"
                  + " notifications go; tell it by the provider's own pages."));
    }
    String url = sent.requiredString("url");
    if (!url.startsWith("https://") && !provider.policy().allowLoopback()) {
      throw new ApiException(
          ApiErrors.invalid("url", "url_invalid", "Notifications go to an HTTPS URL alone."));
    }
    return new Subject(provider, url, random);
  }
}
