package dev.portcullis.simulator;

import dev.portcullis.kit.Secret;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One real provider's API, spoken closely enough for the provider's own SDK. It only translates:
 * what is decided, is decided by an {@link Acquirer} of its own. Found by {@link
 * java.util.ServiceLoader}: a package with a public class of this kind and a line in {@code
 * META-INF/services}.
 */
public interface ProviderApi {

  /** The name of its connector: of its ledger's folder, its faults and its metrics too. */
  String name();

  /** Adds its routes, the more particular path before the more general one. */
  void routes(Desk desk);

  /**
   * Lets only the holder of the key pass. The key stands where the provider has its secret; an
   * identifier beside it is free but must be there.
   *
   * @throws Refused with 401
   */
  void authenticate(Call call, Secret key);

  /** The key by which a request that comes twice is known again, or null if it has none. */
  @Nullable String idempotencyKey(Call call);

  /** Reads a request's body; JSON unless the provider takes forms. */
  default Map<String, @Nullable Object> read(byte[] body) throws MalformedJsonException {
    if (body.length == 0) {
      return new LinkedHashMap<>();
    }
    return Json.readObject(body);
  }

  /** An answer as it is sent; JSON unless the provider has other ways to write. */
  default Message write(Call call, Answer answer) {
    return json(answer);
  }

  /** An answer in JSON. */
  static Message json(Answer answer) {
    Map<String, ? extends @Nullable Object> body = answer.body();
    if (body == null) {
      return new Message(answer.headers(), new byte[0]);
    }
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    headers.putIfAbsent("Content-Type", "application/json");
    return new Message(headers, Json.write(body));
  }

  /** A refusal in the provider's words: its own, and those of the books. */
  Answer refusal(Refused refused);

  /** Whether the same idempotency key gets that answer again, and nothing is done anew. */
  default boolean isKept(Answer answer) {
    return answer.status() < 300;
  }

  /** What the same request gets that was answered so before. */
  default Answer again(Answer first) {
    return first;
  }

  /** Where a shopper goes after a challenge. */
  default String returnUrl(Desk desk, Operation.Authorization authorization) {
    return authorization.challenge() == null ? "" : authorization.challenge().returnUrl();
  }

  /**
   * What is to be told by itself of a change. Called within the change's step.
   *
   * @param before how the operation was, or null if it is new
   */
  List<Map<String, @Nullable Object>> notices(
      Desk desk, @Nullable Operation before, Operation after);

  /** A notice as it is sent, signed; each time that it is sent again too. */
  Message message(Map<String, @Nullable Object> notice, byte[] secret, Instant now);

  /** What is sent: an answer, or a request to whoever is notified. */
  record Message(Map<String, String> headers, byte[] body) {}
}
