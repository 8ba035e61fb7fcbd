package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An account's webhook endpoints and what they were told, as the API shows them. */
public final class Endpoints {

  private static final String PATH = "/v1/webhook_endpoints";
  private static final int MOST = 100;

  private final Api api;

  public Endpoints(Api api) {
    this.api = api;
  }

  /** All there are: an account has fewer than a page. */
  public Map<String, @Nullable Object> list() {
    return get(PATH, Map.of("limit", Integer.toString(MOST)));
  }

  /**
   * The newest deliveries to one.
   *
   * @param status one of them alone, or null
   * @param limit 1 to 100
   */
  public Map<String, @Nullable Object> deliveries(
      String endpoint, @Nullable String status, int limit) {
    Map<String, String> query = new LinkedHashMap<>(Map.of("limit", Integer.toString(limit)));
    if (status != null) {
      query.put("status", status);
    }
    return get(one(endpoint) + "/deliveries", query);
  }

  /** A delivery with its attempts. */
  public Map<String, @Nullable Object> delivery(String endpoint, String event) {
    return get(one(endpoint) + "/deliveries/" + id(event), Map.of());
  }

  /** Tells one endpoint of an event once more. */
  public Map<String, @Nullable Object> resend(String endpoint, String event) {
    return post(one(endpoint) + "/deliveries/" + id(event) + "/resend", Map.of());
  }

  /** Tells every endpoint that is enabled and wants events of its type of an event once more. */
  public List<Map<String, @Nullable Object>> resendToAll(String event) {
    Object type = get("/v1/events/" + id(event), Map.of()).get("type");
    List<Map<String, @Nullable Object>> told = new ArrayList<>();
    if (list().get("data") instanceof List<?> endpoints) {
      for (Object each : endpoints) {
        if (each instanceof Map<?, ?> endpoint
            && "enabled".equals(endpoint.get("status"))
            && endpoint.get("enabled_events") instanceof List<?> wanted
            && (wanted.contains("*") || wanted.contains(type))) {
          told.add(resend(String.valueOf(endpoint.get("id")), event));
        }
      }
    }
    return told;
  }

  /**
   * Tells one endpoint once more of all that failed, or of all since then, in the background.
   *
   * @param since a Unix second, or null for what failed
   */
  public Map<String, @Nullable Object> resendMany(String endpoint, @Nullable Long since) {
    return post(
        one(endpoint) + "/resend",
        since == null ? Map.of("status", "failed") : Map.of("created[gte]", since.toString()));
  }

  /** Sends a test event to one. */
  public Map<String, @Nullable Object> test(String endpoint) {
    return post(one(endpoint) + "/test", Map.of());
  }

  /**
   * Rolls the secret.
   *
   * @param overlap for how many seconds the one before signs too
   */
  public Map<String, @Nullable Object> roll(String endpoint, long overlap) {
    return post(one(endpoint) + "/roll_secret", Map.of("expire_in", Long.toString(overlap)));
  }

  /**
   * Rolls the key pair.
   *
   * @param overlap for how many seconds the one before signs too
   */
  public Map<String, @Nullable Object> rollKey(String endpoint, long overlap) {
    return post(one(endpoint) + "/roll_key", Map.of("expire_in", Long.toString(overlap)));
  }

  private static String one(String endpoint) {
    return PATH + "/" + id(endpoint);
  }

  /** It becomes a part of a path. */
  private static String id(String text) {
    if (!text.matches("[A-Za-z0-9_]{1,64}")) {
      throw new Refusal("That is no id: name an endpoint (we_...) and an event (evt_...).");
    }
    return text;
  }

  private Map<String, @Nullable Object> get(String path, Map<String, String> query) {
    return done(() -> api.get(path, query));
  }

  private Map<String, @Nullable Object> post(String path, Map<String, String> form) {
    return done(() -> api.post(path, form));
  }

  /** What the API is asked. */
  @FunctionalInterface
  interface Call {
    Api.Answer make() throws Api.AwayException;
  }

  /**
   * What it answers.
   *
   * @throws Refusal if it refuses, or nobody answers
   */
  static Map<String, @Nullable Object> done(Call call) {
    try {
      Api.Answer answer = call.make();
      if (!answer.isOk()) {
        throw new Refusal(answer.message());
      }
      return answer.body();
    } catch (Api.AwayException e) {
      throw new Refusal("The API does not answer: " + e.getMessage() + ".", e);
    }
  }
}
