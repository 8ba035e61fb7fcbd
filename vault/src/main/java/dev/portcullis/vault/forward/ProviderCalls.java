package dev.portcullis.vault.forward;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.forward.RegistrationRoutes.Subject;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import java.security.SecureRandom;
import java.util.Map;

/**
 * What the gateway may know of provider accounts: their names, operations and their secrets'
 * versions, and whether a test call works.
 */
public final class ProviderCalls {

  private static final int LONGEST_URL = 500;

  private final Providers providers;
  private final RegistrationCheck check;
  private final SecureRandom random = new SecureRandom();

  public ProviderCalls(Providers providers, RegistrationCheck check) {
    this.providers = providers;
    this.check = check;
  }

  /** {@code POST /internal/v1/providers}: an account's, of one mode. */
  public Answer list(InternalArguments arguments) {
    Owner owner = owner(arguments);
    arguments.refuseOthers();
    return Answer.json(
        200,
        Map.of(
            "data",
            providers.all().stream()
                .filter(provider -> provider.credentials().isFor(owner))
                .map(Probe::describe)
                .toList()));
  }

  /** {@code POST /internal/v1/providers/test}: a test call; 404 {@code unknown_operation}. */
  public Answer test(InternalArguments arguments) {
    Owner owner = owner(arguments);
    String name = arguments.name("provider_account");
    arguments.refuseOthers();
    return Answer.json(
        200, Probe.send(providers.find(name, owner).orElseThrow(ForwardRefusal::unknownOperation)));
  }

  /**
   * {@code POST /internal/v1/providers/notifications}: whether the provider knows that its
   * notifications go to that URL, by its own API; {@code outcome} {@code by_hand} where the policy
   * does not say how it is asked. 404 {@code unknown_operation}.
   */
  public Answer notifications(InternalArguments arguments) {
    Owner owner = owner(arguments);
    String name = arguments.name("provider_account");
    String url = arguments.text("url", LONGEST_URL);
    arguments.refuseOthers();
    Provider provider = providers.find(name, owner).orElseThrow(ForwardRefusal::unknownOperation);
    if (provider.policy().registration() == null) {
      return Answer.json(200, Map.of("outcome", "by_hand"));
    }
    Subject subject = new Subject(provider, url, random);
    return Answer.json(200, check.body(subject, subject.registrar().places(url)));
  }

  private static Owner owner(InternalArguments arguments) {
    return new Owner(arguments.name("account"), arguments.bool("livemode"));
  }
}
