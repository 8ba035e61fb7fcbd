package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Registrar.Outcome;
import dev.portcullis.vault.forward.Registrar.Place;
import dev.portcullis.vault.forward.RegistrationRoutes.Subject;
import dev.portcullis.vault.forward.RegistrationStore.Kept;
import dev.portcullis.vault.forward.RegistrationStore.Known;
import dev.portcullis.vault.secrets.SecretStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How registrations stand: by what the provider says, and by what is known here. */
public final class RegistrationCheck {

  private final RegistrationStore known;
  private final SecretStore secrets;

  /**
   * @param known what was told to providers
   * @param secrets says whether what they sign with is kept
   */
  public RegistrationCheck(RegistrationStore known, SecretStore secrets) {
    this.known = known;
    this.secrets = secrets;
  }

  /** How one stands. Only the first of them brings notifications that are taken for genuine. */
  enum Standing {
    REGISTERED("registered", null),
    INACTIVE("inactive", null),
    NOT_THERE("not_there", null),
    /** It was begun, and nobody can say that the secret is kept. */
    NOT_KEPT("half_registered", "secret_not_kept"),
    /** Another administrator has not said yet that its secret is used. */
    WAITING("half_registered", "secret_waits"),
    /** Its secret was refused, forgotten or retired. */
    GONE("half_registered", "secret_gone"),
    /** There is another place at the same URL, whose secret is not the one that is kept. */
    TWICE("half_registered", "there_twice");

    private final String outcome;
    private final @Nullable String reason;

    Standing(String outcome, @Nullable String reason) {
      this.outcome = outcome;
      this.reason = reason;
    }

    /** Whether nothing that is there is worth keeping. */
    boolean isToBegin() {
      return switch (this) {
        case NOT_THERE, NOT_KEPT, GONE -> true;
        case REGISTERED, INACTIVE, WAITING, TWICE -> false;
      };
    }
  }

  /** How it stands with those places at the provider. */
  Standing of(Subject subject, List<Place> places) {
    if (places.isEmpty()) {
      return Standing.NOT_THERE;
    }
    Known is = known.find(subject.key()).orElse(null);
    return is == null ? byHand(places) : of(is, places);
  }

  private Standing of(Known is, List<Place> places) {
    return switch (is.state()) {
      case REGISTERING -> Standing.NOT_KEPT;
      case REGISTERED, REMOVING -> {
        boolean ours = places.stream().anyMatch(place -> place.id().equals(is.place()));
        yield ours && places.size() > 1 ? Standing.TWICE : signed(is, places);
      }
    };
  }

  private Standing signed(Known is, List<Place> places) {
    Kept secret = is.secret();
    return switch (secret == null ? null : secrets.standing(secret.name(), secret.version())) {
      case WAITING -> Standing.WAITING;
      case GONE -> Standing.GONE;
      case ACTIVE -> byHand(places);
      case null -> byHand(places);
    };
  }

  /** What people have told the provider by its pages, they have entered the secret of too. */
  private static Standing byHand(List<Place> places) {
    return places.stream().anyMatch(Place::active) ? Standing.REGISTERED : Standing.INACTIVE;
  }

  /** That as the wire shows it, or why nobody can say. */
  Map<String, @Nullable Object> body(Subject subject, Outcome<List<Place>> outcome) {
    return switch (outcome) {
      case Outcome.Failed<List<Place>> failed -> failure(subject, "failed", failed);
      case Outcome.Done<List<Place>>(List<Place> places) ->
          body(subject, of(subject, places), places);
    };
  }

  static Map<String, @Nullable Object> body(
      Subject subject, Standing standing, List<Place> places) {
    Map<String, @Nullable Object> tree = tree(subject, standing.outcome);
    if (standing.reason != null) {
      tree.put("reason", standing.reason);
    }
    tree.put("ids", places.stream().map(Place::id).toList());
    return tree;
  }

  static Map<String, @Nullable Object> failure(
      Subject subject, String outcome, Outcome.Failed<?> failed) {
    Map<String, @Nullable Object> tree = tree(subject, outcome);
    tree.put("reason", failed.reason());
    tree.put("status", failed.status() == 0 ? null : failed.status());
    return tree;
  }

  static Map<String, @Nullable Object> tree(Subject subject, String outcome) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("object", "notification_registration");
    tree.put("provider_account", subject.provider().policy().provider());
    tree.put("livemode", subject.provider().policy().livemode());
    tree.put("url", subject.url());
    tree.put("outcome", outcome);
    return tree;
  }
}
