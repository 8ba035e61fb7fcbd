package dev.portcullis.vault.forward;

import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.secrets.SecretRoutes;
import dev.portcullis.wire.admin.AdminRequest;
import dev.portcullis.wire.admin.AdminRoute;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import dev.portcullis.wire.people.Right;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Telling a provider where its notifications go, by its own API, and asking whether it knows: one
 * person has it told the address that the policy of two people names, two have it forget one. A
 * signing secret that comes of it is kept as a version of the policy's secret: the first one is
 * used at once, of every other one a second administrator says from when on.
 */
public final class RegistrationRoutes {

  private static final Param PROVIDER =
      Param.string(
          "provider_account", Pattern.compile("[0-9A-Za-z_.-]{1,64}"), "a provider account");
  private static final Param URL = Param.string("url", Registration.ADDRESS, "an HTTPS URL");
  private static final Shape SHAPE =
      Shape.of(
          PROVIDER.required(),
          Param.id("account").required(),
          Param.bool("livemode").required(),
          URL.required());

  private final Providers providers;
  private final RegistrationStore known;
  private final RegistrationCheck check;
  private final Registering registering;
  private final SecureRandom random;

  /**
   * @param secrets keeps what a provider signs with
   * @param changes what two people change
   */
  public RegistrationRoutes(
      Providers providers,
      RegistrationStore known,
      RegistrationCheck check,
      SecretRoutes secrets,
      FourEyes changes,
      SecureRandom random) {
    this.providers = providers;
    this.known = known;
    this.check = check;
    this.registering = new Registering(known, check, secrets, changes);
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
    return check.body(subject, subject.registrar().places(subject.url()));
  }

  private Map<String, ? extends @Nullable Object> register(AdminRequest request) {
    Subject subject = subject(request);
    requireAgreed(subject);
    return alone(() -> registering.register(subject, request));
  }

  /** What payments became of is told there: one person alone could send it anywhere. */
  private static void requireAgreed(Subject subject) {
    Registration how = subject.provider().policy().registration();
    if (how == null || !subject.url().equals(how.url())) {
      throw new ApiException(
          ApiErrors.invalid(
              "url",
              "notifications_url_not_agreed",
              "The forward policy, which two administrators installed, names "
                  + (how == null || how.url() == null ? "no address" : "another address")
                  + " for notifications: install one that names this."));
    }
  }

  private Map<String, ? extends @Nullable Object> remove(AdminRequest request) {
    Subject subject = subject(request);
    return alone(() -> registering.remove(subject, request));
  }

  private Map<String, @Nullable Object> alone(Supplier<Map<String, @Nullable Object>> work) {
    return known
        .alone(work)
        .orElseThrow(
            () ->
                new ApiException(
                    ApiErrors.badRequest(
                            "Somebody else is registering or removing an address with a provider"
                                + " right now; try again when that is over.")
                        .withCode("registration_under_way")));
  }

  /** Whose notifications go where. */
  record Subject(Provider provider, String url, SecureRandom random) {
    Registrar registrar() {
      return new Registrar(provider, random);
    }

    RegistrationStore.Key key() {
      return new RegistrationStore.Key(
          provider.credentials().binding().account(),
          provider.policy().livemode(),
          provider.policy().provider(),
          url);
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
                        ApiErrors.noSuch(
                            "forward policy for the provider account", name, "provider_account")));
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
