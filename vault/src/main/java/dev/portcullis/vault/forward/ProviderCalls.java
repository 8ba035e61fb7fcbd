package dev.portcullis.vault.forward;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import java.util.Map;

/**
 * What the gateway may know of provider accounts: their names, operations and their secrets'
 * versions, and whether a test call works.
 */
public final class ProviderCalls {

  private final Providers providers;

  public ProviderCalls(Providers providers) {
    this.providers = providers;
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

  private static Owner owner(InternalArguments arguments) {
    return new Owner(arguments.name("account"), arguments.bool("livemode"));
  }
}
