package dev.portcullis.vault.forward;

import dev.portcullis.vault.forward.Policy.Operation;
import dev.portcullis.vault.forward.Policy.SlotRule;
import dev.portcullis.wire.egress.EgressRequest;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the request that leaves, of a policy's operation and what a caller may add to it. */
final class OutgoingRequest {

  private static final Pattern PLACE_NAME = Pattern.compile("[a-z_]{1,32}");

  private OutgoingRequest() {}

  /**
   * Where it goes. The origin is the policy's; of path and query, only named places are the
   * caller's.
   *
   * @param values what to fill in, by the place's name: ids, which have no character that means
   *     something in a URL
   * @throws dev.portcullis.vault.http.InternalException {@code policy_violation} if they do not fit
   */
  static URI uri(URI origin, Policy.Request request, Map<String, String> values) {
    String templates = request.path() + String.join("", request.query().values());
    for (String name : values.keySet()) {
      if (!PLACE_NAME.matcher(name).matches()) {
        throw ForwardRefusal.violation("a place of the path has a name of letters");
      }
      if (!templates.contains(place(name))) {
        throw ForwardRefusal.violation("the path has no place for " + place(name));
      }
    }
    String query =
        request.query().entrySet().stream()
            .map(
                one ->
                    PercentEncoding.of(one.getKey())
                        + "="
                        + PercentEncoding.of(filled(one.getValue(), values)))
            .collect(Collectors.joining("&"));
    return origin.resolve(filled(request.path(), values) + (query.isEmpty() ? "" : "?" + query));
  }

  private static String filled(String template, Map<String, String> values) {
    String filled = template;
    for (Map.Entry<String, String> value : values.entrySet()) {
      filled = filled.replace(place(value.getKey()), value.getValue());
    }
    if (filled.contains("{")) {
      throw ForwardRefusal.violation("the path is not filled in");
    }
    return filled;
  }

  private static String place(String name) {
    return "{" + name + "}";
  }

  /**
   * All of it; the body is to be cleared by the caller.
   *
   * @param idempotencyKey null only where the operation has no header for it
   * @param values what fills the body's slots
   */
  static EgressRequest of(
      Operation operation,
      URI uri,
      @Nullable String idempotencyKey,
      BodyTemplate template,
      Map<SlotRule, byte[]> values,
      Authorization.Granted granted) {
    Map<String, String> headers = new HashMap<>(operation.request().headers());
    headers.put("Accept", "application/json");
    String idempotencyHeader = operation.request().idempotencyHeader();
    if (idempotencyHeader != null) {
      if (idempotencyKey == null) {
        throw ForwardRefusal.violation("the operation needs an idempotency key");
      }
      headers.put(idempotencyHeader, idempotencyKey);
    }
    headers.putAll(granted.insecureHeaders());
    byte[] body = template.fill(values, granted.insecureMembers());
    if (body.length > 0) {
      headers.put("Content-Type", operation.body().encoding().mediaType());
    }
    return new EgressRequest(operation.request().method(), uri, headers, body);
  }
}
