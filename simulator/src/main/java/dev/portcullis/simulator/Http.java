package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the listeners share: keys, bodies, answers. */
final class Http {
  private static final String BEARER = "Bearer ";

  private Http() {}

  /**
   * Lets only the holder of that key pass.
   *
   * @throws Refused with 401
   */
  static void requireKey(ServerRequest request, Secret key) {
    String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
    if (!header.startsWith(BEARER) || !key.equals(Secret.of(header.substring(BEARER.length())))) {
      throw new Refused(401, "unauthorized", "The key is missing or wrong.", null);
    }
  }

  /**
   * The request's JSON object.
   *
   * @throws Refused with 400
   */
  static Map<String, @Nullable Object> body(ServerRequest request) {
    try {
      return Json.readObject(
          request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0]);
    } catch (MalformedJsonException e) {
      throw new Refused(400, "malformed", "The body is not a JSON object.", null);
    }
  }

  static void send(ServerResponse response, Answer answer) {
    send(response, answer.status(), ProviderApi.json(answer));
  }

  static void send(ServerResponse response, int status, ProviderApi.Message message) {
    message.headers().forEach(response::header);
    response.status(status).header(HeaderNames.CACHE_CONTROL, "no-store");
    if (message.body().length == 0) {
      response.send();
    } else {
      response.send(message.body());
    }
  }
}
