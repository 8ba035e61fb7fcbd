package dev.portcullis.gateway.openapi;

import dev.portcullis.gateway.http.Access;
import dev.portcullis.gateway.http.ApiRequest;
import dev.portcullis.gateway.http.Reply;
import dev.portcullis.gateway.http.Resource;
import dev.portcullis.gateway.http.Result;
import dev.portcullis.gateway.http.Route;
import dev.portcullis.gateway.http.Routes;
import dev.portcullis.wire.params.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * {@code GET /v1/openapi.json}: the description of the API. It takes a secret key like everything
 * else on this origin: nothing here answers to a stranger, who would learn from it exactly what to
 * try.
 */
@Component
final class OpenApiRoutes implements Routes {

  private final ObjectProvider<Routes> features;
  private final ObjectProvider<Resource> resources;
  private volatile @Nullable Map<String, @Nullable Object> document;

  /** The routes are asked for at the first request: this bean is one of them. */
  OpenApiRoutes(ObjectProvider<Routes> features, ObjectProvider<Resource> resources) {
    this.features = features;
    this.resources = resources;
  }

  @Override
  public List<Route> routes() {
    return List.of(
        Route.get(
            "/v1/openapi.json",
            Access.anyServer(),
            Shape.NONE,
            Result.one("openapi"),
            this::describe));
  }

  private Reply describe(ApiRequest request) {
    Map<String, @Nullable Object> made = document;
    if (made == null) {
      // The provider leaves out the bean that asks it.
      List<Route> routes =
          Stream.concat(features.stream(), Stream.of(this))
              .distinct()
              .flatMap(feature -> feature.routes().stream())
              .toList();
      made = new Description(routes, resources.stream().toList()).document();
      document = made;
    }
    return Reply.ok(made);
  }
}
