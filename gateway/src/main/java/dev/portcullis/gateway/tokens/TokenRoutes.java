package dev.portcullis.gateway.tokens;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.CardDataGuard;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.http.Unsupported;
import dev.portcullis.gateway.paymentmethods.CardVault;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** {@code /v1/tokens}: they are shown here, and made at the cards origin alone. */
@Component
final class TokenRoutes implements Routes {

  private static final String PATH = "/v1/tokens";
  private static final Result ONE = Result.one("token");

  /** What a client of the cards origin sends, without the number, which is refused before. */
  private static final Shape CREATE =
      Shape.of(
              Param.hash(
                      "card",
                      Shape.of(
                          Param.string("exp_month"),
                          Param.string("exp_year"),
                          Param.string("name"),
                          Param.string("address_city"),
                          Param.string("address_country"),
                          Param.lines("address_line1"),
                          Param.lines("address_line2"),
                          Param.string("address_state"),
                          Param.string("address_zip"),
                          Param.string("currency")))
                  .required())
          .refusing(Unsupported.CARDS_ONLY, "bank_account", "cvc_update", "person", "pii")
          .refusing(Unsupported.CONNECT, "account", "customer");

  private final CardVault vault;
  private final CardDataGuard cardData;

  TokenRoutes(CardVault vault, CardDataGuard cardData) {
    this.vault = vault;
    this.cardData = cardData;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.post(PATH, Access.orAtCards(ApiResource.TOKEN), CREATE, ONE, this::create),
        Route.get(PATH + "/{id}", Access.read(ApiResource.TOKEN), Shape.NONE, ONE, this::retrieve));
  }

  /** A card does not come here, whatever of it is sent. */
  private Reply create(ApiRequest request) {
    throw cardData.refused("card");
  }

  private Reply retrieve(ApiRequest request) {
    String id = request.path("id");
    Optional<Map<String, @Nullable Object>> token =
        Ids.isWellFormed("tok", id) ? vault.token(request.principal(), id) : Optional.empty();
    return Reply.ok(
        token.orElseThrow(() -> new ApiException(ApiErrors.noSuch("token", id, "token"))));
  }
}
