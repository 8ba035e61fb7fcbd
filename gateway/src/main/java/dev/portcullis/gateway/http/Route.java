package dev.portcullis.gateway.http;

import dev.portcullis.wire.params.Shape;

/**
 * One endpoint.
 *
 * @param method the method
 * @param path the path with its variables in braces: {@code /v1/customers/{id}}
 * @param access which keys may call it
 * @param parameters every parameter but {@code expand}, which each route takes
 * @param result what it answers with
 * @param handler the use case
 */
public record Route(
    Method method, String path, Access access, Shape parameters, Result result, Handler handler) {

  /** A route that reads. */
  public static Route get(
      String path, Access access, Shape parameters, Result result, Handler handler) {
    return new Route(Method.GET, path, access, parameters, result, handler);
  }

  /** A route that creates or changes. */
  public static Route post(
      String path, Access access, Shape parameters, Result result, Handler handler) {
    return new Route(Method.POST, path, access, parameters, result, handler);
  }

  /** A route that deletes. */
  public static Route delete(
      String path, Access access, Shape parameters, Result result, Handler handler) {
    return new Route(Method.DELETE, path, access, parameters, result, handler);
  }
}
