package dev.portcullis.gateway.paymentmethods;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Aliases: digits in a card number's form, for systems that take nothing else. The vault makes one
 * when it is asked for and keeps it as long as the card; this product's own, Stripe has none.
 */
@Component
final class CardAliasRoutes implements Routes {

  private static final Result ONE = Result.one("card_alias");
  private static final Pattern FORM = Pattern.compile("[1-9][0-9]{11,18}");

  private final CardVault vault;
  private final Commits commits;

  CardAliasRoutes(CardVault vault, Commits commits) {
    this.vault = vault;
    this.commits = commits;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(
            "/v1/payment_methods/{id}/alias",
            Access.write(ApiResource.PAYMENT_METHOD),
            Shape.NONE,
            ONE,
            this::create),
        Route.get(
            "/v1/card_aliases/{id}",
            Access.read(ApiResource.PAYMENT_METHOD),
            Shape.NONE,
            ONE,
            this::retrieve));
  }

  /** Makes one, or answers with the one that was made before. */
  private Reply create(ApiRequest request) {
    String id = request.path("id");
    Optional<String> alias =
        Ids.isWellFormed("pm", id) ? vault.alias(request.principal(), id) : Optional.empty();
    Map<String, @Nullable Object> object =
        object(
            request,
            alias.orElseThrow(
                () -> new ApiException(ApiErrors.noSuch("PaymentMethod", id, "payment_method"))),
            id);
    // Nothing changes here, but the idempotency key is used as by any other request.
    return request.idempotency().isPresent()
        ? commits.reply(
            request,
            Change.in(request.principal().account(), request.principal().livemode()),
            object)
        : Reply.ok(object);
  }

  private Reply retrieve(ApiRequest request) {
    String alias = request.path("id");
    Optional<String> card =
        FORM.matcher(alias).matches()
            ? vault.ofAlias(request.principal(), alias)
            : Optional.empty();
    return Reply.ok(
        object(
            request,
            alias,
            card.orElseThrow(() -> new ApiException(ApiErrors.noSuch("card_alias", alias, "id")))));
  }

  private static Map<String, @Nullable Object> object(
      ApiRequest request, String alias, String paymentMethod) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("id", alias);
    object.put("object", "card_alias");
    object.put("livemode", request.principal().livemode());
    object.put("payment_method", paymentMethod);
    return object;
  }
}
