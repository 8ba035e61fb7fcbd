package dev.portcullis.cli.webhooks;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import dev.portcullis.wire.key.ApiKey;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The API of an instance, by one key. */
public final class Api {

  /** The variable of the environment that holds a key. */
  public static final String KEY_VARIABLE = "PORTCULLIS_API_KEY";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A page of events with all the evidence of disputes in them. */
  private static EgressOptions bounds(AddressPolicy addresses) {
    return new EgressOptions(
        addresses, List.of("TLSv1.3", "TLSv1.2"), 2, 64 << 20, Duration.ofSeconds(5));
  }

  private final EgressClient client;
  private final String base;
  private final String key;

  /**
   * @param base where it is, without a slash at its end; without TLS on this machine alone, since
   *     the key goes with each request
   * @param key a secret or restricted key
   * @param tls whom to trust
   */
  public Api(String base, String key, SSLContext tls) {
    boolean sealed = base.toLowerCase(Locale.ROOT).startsWith("https://");
    this.client =
        new EgressClient(
            tls, bounds(sealed ? AddressPolicy.CONFIGURED_HOST : AddressPolicy.LOOPBACK));
    this.base = base;
    this.key = key;
  }

  /** Whether nothing that happens moves money. */
  boolean isTestMode() {
    return key.startsWith("sk_test_") || key.startsWith("rk_test_");
  }

  /**
   * What it said.
   *
   * @param retryAfter how long it wants to be left alone
   */
  record Answer(int status, Map<String, @Nullable Object> body, Duration retryAfter) {

    boolean isOk() {
      return status == 200;
    }

    /** The message of an error. */
    String message() {
      return body.get("error") instanceof Map<?, ?> error
          ? String.valueOf(error.get("message"))
          : "status " + status;
    }
  }

  /** Nobody answers; whether the request arrived is not known. */
  static final class AwayException extends Exception {
    private static final long serialVersionUID = 1L;

    AwayException(String reason) {
      super(reason);
    }
  }

  Answer get(String path, Map<String, String> query) throws AwayException {
    String uri = base + path + (query.isEmpty() ? "" : "?" + form(query));
    return send(EgressRequest.get(URI.create(uri), headers()));
  }

  Answer post(String path, Map<String, String> form) throws AwayException {
    Map<String, String> headers = new LinkedHashMap<>(headers());
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    return send(
        new EgressRequest(
            "POST", URI.create(base + path), headers, form(form).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Sends what a shopper enters on a page, as the page's script does: without the key.
   *
   * @param page the page's address; it is asked where the API is, which serves it
   */
  Answer payOnPage(String page, Map<String, String> entry) throws AwayException {
    URI shown = URI.create(page);
    Map<String, String> headers =
        Map.of(
            "Content-Type",
            "application/json",
            "Origin",
            shown.getScheme() + "://" + shown.getRawAuthority());
    return send(
        new EgressRequest(
            "POST", URI.create(base + shown.getRawPath() + "/pay"), headers, Json.write(entry)));
  }

  Answer delete(String path) throws AwayException {
    return send(new EgressRequest("DELETE", URI.create(base + path), headers(), new byte[0]));
  }

  private Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + key);
  }

  private Answer send(EgressRequest request) throws AwayException {
    return switch (client.send(request, PATIENCE)) {
      case EgressResult.Answered answered -> read(answered);
      case EgressResult.NotSent(String reason) -> throw new AwayException(words(reason));
      case EgressResult.NoAnswer(String reason) -> throw new AwayException(words(reason));
    };
  }

  /** The client's reasons are names of classes. */
  private String words(String reason) {
    return switch (reason) {
      case "HttpHostConnectException" -> "nobody listens at " + base;
      case "UnknownHostException" -> "the name of its host is not known";
      case "deadline", "ConnectTimeoutException", "SocketTimeoutException" ->
          base + " takes too long";
      case "SSLException", "SSLHandshakeException" ->
          "its certificate is not trusted, or no version of TLS fits";
      default -> "the connection to " + base + " failed";
    };
  }

  /** Enough of a key to know which one it is; nothing of what may be another secret. */
  private String shown() {
    return ApiKey.parse(key)
        .map(
            known ->
                "the key "
                    + known.redacted()
                    + ": it was revoked or rolled, has expired, or is another instance's")
        .orElse("what it was given as a key, which has not the form of one");
  }

  private Answer read(EgressResult.Answered answered) throws AwayException {
    try {
      Map<String, @Nullable Object> body = Json.readObject(answered.body());
      if (answered.status() == 401) {
        throw new Refusal(
            base
                + " does not take "
                + shown()
                + ". Make a key with ./portcullis keys create, and put"
                + " it into "
                + KEY_VARIABLE
                + ".");
      }
      String wait = answered.headers().getOrDefault("retry-after", "");
      return new Answer(
          answered.status(),
          body,
          Duration.ofSeconds(wait.matches("[0-9]{1,4}") ? Long.parseLong(wait) : 0));
    } catch (MalformedJsonException _) {
      throw new AwayException("status " + answered.status() + " without JSON");
    }
  }

  private static String form(Map<String, String> form) {
    return form.entrySet().stream()
        .map(each -> encoded(each.getKey()) + "=" + encoded(each.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
