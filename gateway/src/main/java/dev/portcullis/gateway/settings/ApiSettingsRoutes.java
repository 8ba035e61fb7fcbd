package dev.portcullis.gateway.settings;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Commits;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.gateway.journal.Change;
import dev.portcullis.gateway.keys.Principal;
import dev.portcullis.gateway.versions.DefaultVersions;
import dev.portcullis.gateway.versions.Version;
import dev.portcullis.gateway.versions.VersionGates;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiResource;
import dev.portcullis.wire.params.Param;
import dev.portcullis.wire.params.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code /v1/api_settings}: the version of the API that an account's requests and events have where
 * nobody names one, in the key's mode, and what changed between the versions. Stripe keeps this in
 * its dashboard; the path is this product's own.
 */
@Component
final class ApiSettingsRoutes implements Routes {

  private static final String PATH = "/v1/api_settings";
  private static final Shape UPDATE = Shape.of(Param.string("api_version").max(50).required());

  private final DefaultVersions versions;
  private final Commits commits;

  ApiSettingsRoutes(DefaultVersions versions, Commits commits) {
    this.versions = versions;
    this.commits = commits;
  }

  @Override
  public List<Route> routes() {
    Result one = Result.one("api_settings");
    return List.of(
        Route.get(PATH, Access.read(ApiResource.API_SETTINGS), Shape.NONE, one, this::retrieve),
        Route.post(PATH, Access.write(ApiResource.API_SETTINGS), UPDATE, one, this::update));
  }

  private Reply retrieve(ApiRequest request) {
    return Reply.ok(body(request.principal(), versions.of(request.principal())));
  }

  /**
   * Chooses the default version.
   *
   * @throws ApiException 400 for a version that is not supported
   */
  private Reply update(ApiRequest request) {
    Principal principal = request.principal();
    String wanted = request.arguments().requiredString("api_version");
    Version version =
        Version.find(wanted)
            .orElseThrow(
                () ->
                    new ApiException(
                        ApiErrors.invalid(
                            "api_version",
                            "parameter_invalid",
                            "Invalid Stripe API version: "
                                + ApiErrors.shown(wanted)
                                + ". Supported are "
                                + Version.SUPPORTED
                                + ".")));
    Change.Builder change = Change.in(principal.account(), principal.livemode());
    change.write(versions.choose(principal, version));
    Reply reply = commits.reply(request, change, body(principal, version));
    versions.chosen(principal);
    return reply;
  }

  private static Map<String, @Nullable Object> body(Principal principal, Version version) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("object", "api_settings");
    body.put("api_version", version.text());
    body.put(
        "changes",
        VersionGates.described().stream()
            .map(change -> Map.of("since", change.since(), "description", change.description()))
            .toList());
    body.put("livemode", principal.livemode());
    body.put("newest_api_version", Version.NEWEST.text());
    body.put("oldest_api_version", Version.OLDEST.text());
    return body;
  }
}
