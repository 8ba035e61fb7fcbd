package dev.portcullis.gateway.checkout;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Arguments;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code /v1/page_branding}: how the account's hosted pages look, in the key's mode. Stripe keeps
 * this in its dashboard; the path is this product's own.
 */
@Component
final class BrandingRoutes implements Routes {

  private static final String OBJECT = "page_branding";
  private static final String PATH = "/v1/page_branding";
  private static final int LONGEST_LOGO = (Logo.MOST_BYTES + 2) / 3 * 4;

  private static final Shape UPDATE =
      Shape.of(
          Param.string("display_name").max(80).unsettable(),
          Param.string(
              "primary_color",
              Pattern.compile("#[0-9A-Fa-f]{6}"),
              "a colour as # and six hexadecimal digits"),
          Param.integer("corner_radius").range(0, Branding.MAX_RADIUS),
          Param.string(
                  "logo",
                  Pattern.compile("[0-9A-Za-z+/]{16," + LONGEST_LOGO + "}={0,2}"),
                  "a picture in base64, of " + (Logo.MOST_BYTES >> 10) + " KB or less")
              .max(LONGEST_LOGO)
              .unsettable());

  private final Brandings brandings;
  private final CheckoutUrls urls;
  private final Commits commits;
  private final InstantSource clock;

  BrandingRoutes(Brandings brandings, CheckoutUrls urls, Commits commits, InstantSource clock) {
    this.brandings = brandings;
    this.urls = urls;
    this.commits = commits;
    this.clock = clock;
  }

  @Override
  public List<Route> routes() {
    Result one = Result.one(OBJECT);
    return List.of(
        Route.get(PATH, Access.read(ApiResource.API_SETTINGS), Shape.NONE, one, this::retrieve),
        Route.post(PATH, Access.write(ApiResource.API_SETTINGS), UPDATE, one, this::update));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(body(request.principal(), brandings.said(request.principal())));
  }

  /**
   * Changes what is sent.
   *
   * @throws ApiException 400 for a logo that is no picture of a kind that is taken
   */
  private Reply update(ApiRequest request) {
    Principal principal = request.principal();
    Arguments sent = request.arguments();
    Brandings.Said before = brandings.said(principal);
    Brandings.Said after =
        new Brandings.Said(
            before.version(),
            sent.isUnset("display_name") ? null : sent.string("display_name").orElse(before.name()),
            sent.string("primary_color")
                .map(color -> color.substring(1).toLowerCase(Locale.ROOT))
                .orElse(before.color()),
            Math.toIntExact(sent.integer("corner_radius").orElse(before.radius())),
            sent.isUnset("logo")
                ? null
                : sent.string("logo").map(BrandingRoutes::picture).orElse(before.logo()));
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.write(Brandings.write(principal, after, clock.instant()));
    return commits.reply(request, change, body(principal, after));
  }

  private static String picture(String logo) {
    if (decoded(logo).flatMap(Logo::of).isEmpty()) {
      throw new ApiException(
          ApiErrors.invalid(
              "logo",
              "parameter_invalid",
              "The logo must be a PNG, JPEG or WebP picture of "
                  + (Logo.MOST_BYTES >> 10)
                  + " KB at most, in base64."));
    }
    return logo;
  }

  private static Optional<byte[]> decoded(String base64) {
    try {
      return Optional.of(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private Map<String, @Nullable Object> body(Principal principal, Brandings.Said said) {
    String logo = brandings.logoPath(principal, said);
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", OBJECT);
    body.put("corner_radius", said.radius());
    body.put("display_name", said.name());
    body.put("livemode", principal.livemode());
    body.put("logo", logo == null ? null : urls.base() + logo);
    body.put("primary_color", "#" + said.color());
    return body;
  }
}
