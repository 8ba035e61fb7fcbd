package dev.portcullis.gateway.mandates;

import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.store.ObjectReader;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The mandates that there are. */
@Component
public final class Mandates {

  private final ObjectReader reader;
  private final Commits commits;

  Mandates(ObjectReader reader, Commits commits) {
    this.reader = reader;
    this.commits = commits;
  }

  Optional<Mandate> find(Principal principal, String id) {
    return reader.find(Mandate.TABLE, principal, id).map(Mandate::of);
  }

  /**
   * The mandate that a payment names.
   *
   * @throws ApiException 404 if there is none of that id, 400 if it is no longer active
   */
  public Mandate require(Principal principal, String id) {
    Mandate mandate =
        find(principal, id)
            .orElseThrow(
                () -> new ApiException(ApiErrors.noSuch(Mandate.OBJECT, id, Mandate.OBJECT)));
    if (!mandate.isActive()) {
      throw invalid("The provided mandate is inactive: its PaymentMethod was detached.");
    }
    return mandate;
  }

  /** Whether there is a mandate of that id that has not ended. */
  public boolean isActive(Principal principal, String id) {
    return find(principal, id).filter(Mandate::isActive).isPresent();
  }

  /** 400: the payment cannot be made under that mandate. */
  public static ApiException invalid(String message) {
    return new ApiException(
        ApiErrors.invalid(Mandate.OBJECT, "payment_intent_mandate_invalid", message));
  }

  /** Ends, in the same change, what was agreed of a card that is detached. */
  public void end(ApiRequest request, Change.Builder change, String paymentMethod) {
    reader.findBy(Mandate.TABLE, request.principal(), "payment_method", paymentMethod).stream()
        .map(Mandate::of)
        .filter(Mandate::isActive)
        .forEach(
            mandate -> {
              Mandate ended = mandate.ended();
              change.update(Mandate.TABLE, ended.row());
              change.event(
                  commits.event(
                      request, "mandate.updated", ended.version(), mandate.doc(), ended.doc()));
            });
  }
}
