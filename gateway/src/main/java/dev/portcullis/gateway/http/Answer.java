package dev.portcullis.gateway.http;

import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * What is sent.
 *
 * @param status the HTTP status
 * @param fields the header fields beyond those that each answer has, or in their place
 * @param body UTF-8 of a JSON object, unless the fields name another type
 */
public record Answer(int status, Map<String, String> fields, byte[] body)
    implements ServerResponse {

  static Answer of(Reply reply) {
    return new Answer(reply.status(), new LinkedHashMap<>(), Json.write(reply.body()));
  }

  static Answer of(ApiError error) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (error.status() == 401) {
      fields.put("WWW-Authenticate", "Basic realm=\"Portcullis\"");
    }
    return new Answer(error.status(), fields, Json.write(error.body()));
  }

  @Override
  public HttpStatusCode statusCode() {
    return HttpStatusCode.valueOf(status);
  }

  @Override
  public HttpHeaders headers() {
    HttpHeaders headers = new HttpHeaders();
    fields.forEach(headers::set);
    return headers;
  }

  @Override
  public MultiValueMap<String, jakarta.servlet.http.Cookie> cookies() {
    return new LinkedMultiValueMap<>();
  }

  @Override
  public @Nullable ModelAndView writeTo(
      HttpServletRequest request, HttpServletResponse response, Context context)
      throws IOException {
    response.setStatus(status);
    response.setHeader("Content-Type", "application/json");
    fields.forEach(response::setHeader);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    return null;
  }
}
