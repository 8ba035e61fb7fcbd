package dev.portcullis.gateway.provider;

import dev.portcullis.wire.config.ZoneConfig;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.http.HeldCall;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import dev.portcullis.wire.log.RequestScope;
import dev.portcullis.wire.tls.PemIdentity;
import dev.portcullis.wire.tls.TlsContexts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** JSON calls to the vault's internal listener over mutual TLS 1.3 and kept connections. */
public final class VaultLink implements AutoCloseable {

  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/json", "Accept", "application/json");

  /** Nobody needs the vault's answer to a call that was taken back, only its connection. */
  private static final Duration TAKING_BACK = Duration.ofMillis(250);

  private final EgressClient client;
  private final URI base;

  /**
   * @param client shows the gateway's certificate and trusts the development or operator's CA
   * @param base the vault's internal listener
   */
  public VaultLink(EgressClient client, URI base) {
    this.client = client;
    this.base = base;
  }

  /**
   * The link that the configuration describes: to one host, with TLS 1.3 alone, and to no other key
   * than the vault's. A certificate of the same authority, which every zone has, is not enough:
   * whoever listens in the vault's place would be told what to charge and could answer anything.
   */
  public static VaultLink configured(ZoneConfig config) {
    PemIdentity identity =
        PemIdentity.load(config.path("vault.tls.certificate"), config.path("vault.tls.key"));
    String pin = config.string("vault.identity");
    return new VaultLink(
        new EgressClient(
            TlsContexts.pinnedClient(identity, config.path("vault.tls.ca"), pin),
            EgressOptions.to(AddressPolicy.CONFIGURED_HOST).onlyTls13()),
        URI.create(config.string("vault.url")));
  }

  /** What the vault said. */
  public sealed interface Said {
    /** A JSON object. */
    record Answer(int status, Map<String, @Nullable Object> body) implements Said {
      /** The code of its error, or an empty text. */
      public String errorCode() {
        return body.get("error") instanceof Map<?, ?> error
                && error.get("code") instanceof String code
            ? code
            : "";
      }
    }

    /** It is certain that the vault did not get the call. */
    record NotSent(String reason) implements Said {}

    /** The vault may have got the call. */
    record NoAnswer(String reason) implements Said {}
  }

  /**
   * Calls the vault.
   *
   * @param timeLimit from now to the last byte of the answer
   */
  public Said call(String path, Map<String, @Nullable Object> body, Duration timeLimit) {
    return call(path, Json.write(body), timeLimit);
  }

  /** The same with a body that is JSON already. */
  public Said call(String path, String json, Duration timeLimit) {
    return call(path, json.getBytes(StandardCharsets.UTF_8), timeLimit);
  }

  /**
   * The same with a body that the vault gets ready for meanwhile, and does nothing with before it
   * is let go.
   *
   * @param release is asked when the vault has the call, unless it cannot be reached at once, and
   *     says whether it may take effect; if not, or if it throws, the call counts as not sent
   * @param timeLimit for that, and again from there to the last byte of the answer
   */
  public Said call(String path, String json, BooleanSupplier release, Duration timeLimit) {
    Map<String, String> headers = headers();
    headers.put(HeldCall.HEADER, "1");
    EgressRequest request =
        new EgressRequest(
            "POST", base.resolve(path), headers, json.getBytes(StandardCharsets.UTF_8));
    boolean[] goes = {false};
    EgressClient.LastByte last =
        () -> {
          goes[0] = release.getAsBoolean();
          return goes[0]
              ? new EgressClient.End(HeldCall.GO, timeLimit)
              : new EgressClient.End(HeldCall.TAKEN_BACK, TAKING_BACK);
        };
    Said said = said(client.send(request, last, timeLimit));
    return goes[0] || said instanceof Said.NotSent ? said : new Said.NotSent("taken back");
  }

  private Said call(String path, byte[] body, Duration timeLimit) {
    EgressRequest request = new EgressRequest("POST", base.resolve(path), headers(), body);
    return said(client.send(request, timeLimit));
  }

  private static Said said(EgressResult result) {
    return switch (result) {
      case EgressResult.NotSent(String reason) -> new Said.NotSent(reason);
      case EgressResult.NoAnswer(String reason) -> new Said.NoAnswer(reason);
      case EgressResult.Answered answered -> read(answered);
    };
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(HEADERS);
    RequestScope.current().ifPresent(id -> headers.put(RequestScope.HEADER, id));
    return headers;
  }

  private static Said read(EgressResult.Answered answered) {
    try {
      return new Said.Answer(answered.status(), Json.readObject(answered.body()));
    } catch (MalformedJsonException malformed) {
      return new Said.NoAnswer("the vault's answer is not JSON");
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
