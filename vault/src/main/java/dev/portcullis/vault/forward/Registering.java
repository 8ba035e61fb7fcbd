package dev.portcullis.vault.forward;

import dev.portcullis.kit.Secret;
import dev.portcullis.vault.changes.ChangeRoutes;
import dev.portcullis.vault.changes.FourEyes;
import dev.portcullis.vault.forward.Registrar.Outcome;
import dev.portcullis.vault.forward.Registrar.Place;
import dev.portcullis.vault.forward.Registrar.Registered;
import dev.portcullis.vault.forward.RegistrationCheck.Standing;
import dev.portcullis.vault.forward.RegistrationRoutes.Subject;
import dev.portcullis.vault.forward.RegistrationStore.By;
import dev.portcullis.vault.forward.RegistrationStore.Kept;
import dev.portcullis.vault.secrets.ProviderSecret.Use;
import dev.portcullis.vault.secrets.SecretRoutes;
import dev.portcullis.wire.admin.AdminRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has a provider told where its notifications go, so that whatever fails at whichever step is to be
 * seen afterwards and mended by doing the same again: what is there without its secret goes before
 * another one is made, so that no two of them tell everything twice.
 */
final class Registering {

  private final RegistrationStore known;
  private final RegistrationCheck check;
  private final SecretRoutes secrets;
  private final FourEyes changes;

  /**
   * @param secrets keeps what a provider signs with
   * @param changes what two people change
   */
  Registering(
      RegistrationStore known, RegistrationCheck check, SecretRoutes secrets, FourEyes changes) {
    this.known = known;
    this.check = check;
    this.secrets = secrets;
    this.changes = changes;
  }

  /** One that is there with its secret stays: the secret cannot be had again. */
  Map<String, @Nullable Object> register(Subject subject, AdminRequest request) {
    Registrar registrar = subject.registrar();
    Outcome<List<Place>> before = registrar.places(subject.url());
    if (!(before instanceof Outcome.Done<List<Place>>(List<Place> places))) {
      return check.body(subject, before);
    }
    By by = by(request);
    Standing standing = check.of(subject, places);
    if (standing == Standing.TWICE) {
      return withoutOthers(subject, places, by);
    }
    if (!standing.isToBegin()) {
      return RegistrationCheck.body(subject, standing, places);
    }
    known.begin(subject.key(), by);
    Map<String, @Nullable Object> failed = forget(subject, places, by);
    return failed == null ? begun(subject, request, registrar.register(subject.url())) : failed;
  }

  private Map<String, @Nullable Object> begun(
      Subject subject, AdminRequest request, Outcome<Registered> outcome) {
    return switch (outcome) {
      case Outcome.Failed<Registered> failed -> {
        known.failed(subject.key(), failed.reason(), failed.mayBeDone(), by(request));
        yield RegistrationCheck.failure(
            subject, failed.mayBeDone() ? "half_registered" : "failed", failed);
      }
      case Outcome.Done<Registered>(Registered registered) -> kept(subject, request, registered);
    };
  }

  /** The secret, and that it is kept, are durable together. */
  private Map<String, @Nullable Object> kept(
      Subject subject, AdminRequest request, Registered registered) {
    Map<String, @Nullable Object> tree = RegistrationCheck.tree(subject, "registered");
    tree.put("ids", List.of(registered.id()));
    Secret secret = registered.secret();
    RegistrationStore.Key key = subject.key();
    if (secret == null) {
      known.end(key, registered.id(), by(request));
      return tree;
    }
    Provider provider = subject.provider();
    Use credential = provider.credentials().binding();
    tree.put(
        "secret",
        secrets.enter(
            request,
            subject.secretName(),
            new Use(
                credential.account(),
                credential.livemode(),
                credential.providerAccount(),
                Credentials.host(provider.policy().origin())),
            secret,
            (connection, made) ->
                known.end(connection, key, registered.id(), Kept.of(made), by(request))));
    return tree;
  }

  private Map<String, @Nullable Object> withoutOthers(Subject subject, List<Place> places, By by) {
    String ours = known.find(subject.key()).map(RegistrationStore.Known::place).orElse("");
    List<Place> others = places.stream().filter(place -> !place.id().equals(ours)).toList();
    Map<String, @Nullable Object> failed = forget(subject, others, by);
    return failed == null ? check.body(subject, subject.registrar().places(subject.url())) : failed;
  }

  /** Has the provider forget it, when two people have said so; proposes it before. */
  Map<String, @Nullable Object> remove(Subject subject, AdminRequest request) {
    Outcome<List<Place>> before = subject.registrar().places(subject.url());
    if (!(before instanceof Outcome.Done<List<Place>>(List<Place> places))) {
      return check.body(subject, before);
    }
    RegistrationStore.Key key = subject.key();
    if (!places.isEmpty() && !known.mayRemove(key)) {
      Map<String, @Nullable Object> proposed = RegistrationCheck.tree(subject, "proposed");
      proposed.put(
          "change", ChangeRoutes.body(RegistrationChanges.propose(changes, key, by(request))));
      return proposed;
    }
    Map<String, @Nullable Object> failed = forget(subject, places, by(request));
    if (failed != null) {
      return failed;
    }
    known.forget(key);
    Map<String, @Nullable Object> tree =
        RegistrationCheck.tree(subject, places.isEmpty() ? "not_there" : "removed");
    tree.put("ids", places.stream().map(Place::id).toList());
    return tree;
  }

  /** Null when the provider has forgotten all of them; else why not. */
  private @Nullable Map<String, @Nullable Object> forget(
      Subject subject, List<Place> places, By by) {
    for (Place place : places) {
      known.removing(subject.key(), place.id(), by);
      if (subject.registrar().remove(place.id()) instanceof Outcome.Failed<String> failed) {
        return RegistrationCheck.failure(subject, "failed", failed);
      }
      known.removed(subject.key(), place.id(), by);
    }
    return null;
  }

  private static By by(AdminRequest request) {
    return new By(request.session().person(), request.address());
  }
}
