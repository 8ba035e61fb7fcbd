package dev.portcullis.simulator;

import dev.portcullis.wire.json.MalformedJsonException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request to a {@link ProviderApi}. */
public final class Call {
  private final ProviderApi api;
  private final ServerRequest request;
  private final byte[] bytes;
  private final String reference;
  private @Nullable Map<String, @Nullable Object> body;

  Call(ProviderApi api, ServerRequest request, String fresh) {
    this.api = api;
    this.request = request;
    this.bytes = request.content().hasEntity() ? request.content().as(byte[].class) : new byte[0];
    String key = isRead() ? null : api.idempotencyKey(this);
    this.reference = key == null ? fresh : key;
  }

  /** Whether it only asks. */
  public boolean isRead() {
    return method().equals("GET");
  }

  /** The idempotency key, or a text that was never there. */
  public String reference() {
    return reference;
  }

  /** {@code GET}, {@code POST} and so on. */
  public String method() {
    return request.prologue().method().text();
  }

  /** The path as it came. */
  public String path() {
    return request.path().path();
  }

  /** The value of the path's variable. */
  public String variable(String name) {
    return request.path().pathParameters().get(name);
  }

  /** The whole query as it came, without its question mark. */
  public String query() {
    return request.query().rawValue();
  }

  /** The query's parameter, or an empty text. */
  public String query(String name) {
    return request.query().first(name).orElse("");
  }

  /** The header's first value, or an empty text. */
  public String header(String name) {
    return request.headers().first(HeaderNames.create(name)).orElse("");
  }

  /** The body as it came. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * The body as the provider's API reads it.
   *
   * @throws Refused with 400 {@code malformed}
   */
  public Map<String, @Nullable Object> body() {
    if (body == null) {
      try {
        body = api.read(bytes);
      } catch (MalformedJsonException e) {
        throw new Refused(400, "malformed", "The body cannot be read.", null);
      }
    }
    return body;
  }

  /** What makes two requests the same; of a card only its last digits, and never its CVC. */
  String comparable() {
    StringBuilder text = new StringBuilder(method()).append(' ').append(path()).append('\n');
    append(text, body());
    return text.toString();
  }

  private static void append(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((name, each) -> sorted.put(String.valueOf(name), each));
        text.append('{');
        sorted.forEach(
            (name, each) -> {
              text.append(name).append('=');
              append(text, CardMembers.safe(name, each));
              text.append(';');
            });
        text.append('}');
      }
      case Iterable<?> list -> {
        text.append('[');
        list.forEach(
            each -> {
              append(text, each);
              text.append(',');
            });
        text.append(']');
      }
      case null, default -> text.append(value);
    }
  }
}
