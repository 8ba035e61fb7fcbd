package dev.portcullis.vault.masterkey;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.wire.egress.AddressPolicy;
import dev.portcullis.wire.egress.EgressClient;
import dev.portcullis.wire.egress.EgressOptions;
import dev.portcullis.wire.egress.EgressReasons;
import dev.portcullis.wire.egress.EgressRequest;
import dev.portcullis.wire.egress.EgressResult;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.json.MalformedJsonException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A key in the transit engine of HashiCorp Vault or OpenBao. The context goes along as {@code
 * associated_data}, which its AES-GCM keys authenticate.
 *
 * <p>The token is read anew for each call, so that an agent beside the vault may replace it; a
 * renewable one is renewed when half of its life is over.
 */
final class TransitMasterKey implements MasterKey {

  private static final Logger LOG = Logger.getLogger(TransitMasterKey.class.getName());
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration RENEW_AGAIN = Duration.ofMinutes(1);
  private static final Duration RENEW_LATEST = Duration.ofHours(1);
  private static final int CONNECTIONS = 8;
  private static final int LONGEST_ANSWER = 64 << 10;

  /**
   * Where the key is.
   *
   * @param base the server
   * @param mount where the engine is mounted, without slashes around it
   * @param key the key's name
   * @param namespace of Vault Enterprise or OpenBao, or null
   */
  record Place(URI base, String mount, String key, @Nullable String namespace) {}

  private final Place place;
  private final Supplier<Secret> token;
  private final SecretAccess access;
  private final EgressClient client;
  private final Attempts attempts;
  private final InstantSource clock;
  private Instant renew = Instant.EPOCH;

  TransitMasterKey(
      Place place,
      Supplier<Secret> token,
      SecretAccess access,
      SSLContext tls,
      Duration limit,
      InstantSource clock) {
    this.place = place;
    this.token = token;
    this.access = access;
    this.clock = clock;
    this.attempts = new Attempts(limit, clock);
    this.client =
        new EgressClient(
            tls,
            new EgressOptions(
                AddressPolicy.CONFIGURED_HOST,
                EgressOptions.to(AddressPolicy.CONFIGURED_HOST).protocols(),
                CONNECTIONS,
                LONGEST_ANSWER,
                CONNECT));
  }

  @Override
  public String id() {
    return "transit:" + place.mount() + "/" + place.key();
  }

  @Override
  public byte[] wrap(byte[] dataKey, byte[] context) throws GeneralSecurityException {
    Map<String, @Nullable Object> answer =
        call("encrypt", "plaintext", Base64.getEncoder().encodeToString(dataKey), context);
    return text(answer, "ciphertext").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] unwrap(byte[] wrapped, byte[] context) throws GeneralSecurityException {
    String ciphertext = new String(wrapped, StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(ciphertext.getBytes(StandardCharsets.UTF_8), wrapped)) {
      throw new GeneralSecurityException("not a ciphertext of the transit engine");
    }
    Map<String, @Nullable Object> answer = call("decrypt", "ciphertext", ciphertext, context);
    try {
      return Base64.getDecoder().decode(text(answer, "plaintext"));
    } catch (IllegalArgumentException e) {
      throw unavailable(KeyTrouble.Kind.UNREACHABLE, "gives an answer that makes no sense");
    }
  }

  private Map<String, @Nullable Object> call(
      String operation, String name, String value, byte[] context) throws GeneralSecurityException {
    byte[] body =
        Json.write(
            Map.of(name, value, "associated_data", Base64.getEncoder().encodeToString(context)));
    return attempts.of(
        left ->
            data(
                send(place.mount() + "/" + operation + "/" + place.key(), body, left),
                operation.equals("decrypt")));
  }

  private EgressResult send(String path, byte[] body, Duration left) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("X-Vault-Request", "true");
    headers.put("X-Vault-Token", token.get().reveal(access));
    if (place.namespace() != null) {
      headers.put("X-Vault-Namespace", place.namespace());
    }
    String base = place.base().toString().replaceAll("/$", "");
    return client.send(
        new EgressRequest("POST", URI.create(base + "/v1/" + path), headers, body), left);
  }

  private Map<String, @Nullable Object> data(EgressResult result, boolean decrypts)
      throws GeneralSecurityException {
    return switch (result) {
      case EgressResult.NotSent(String reason) ->
          throw away("cannot be reached (" + EgressReasons.inWords(reason) + ")");
      case EgressResult.NoAnswer(String reason) ->
          throw away("does not answer (" + EgressReasons.inWords(reason) + ")");
      case EgressResult.Answered answered -> data(answered, decrypts);
    };
  }

  /** The statuses are those of the HTTP API's documentation. */
  private Map<String, @Nullable Object> data(EgressResult.Answered answered, boolean decrypts)
      throws GeneralSecurityException {
    int status = answered.status();
    return switch (status) {
      case 200 -> object(answered.body(), "data");
      case 400 -> {
        if (decrypts) {
          throw new GeneralSecurityException("the transit engine does not decrypt this");
        }
        throw unavailable(KeyTrouble.Kind.REFUSED, "does not take the request (400)");
      }
      case 403 ->
          throw unavailable(
              KeyTrouble.Kind.REFUSED,
              "refuses the token (403): it has expired, or its policy lacks the key");
      case 404 -> throw unavailable(KeyTrouble.Kind.REFUSED, "knows no such key (404)");
      case 429 -> throw away("asks to come back later (429)");
      case 503 -> throw away("is sealed or down for maintenance (503)");
      default -> throw away("answers " + status);
    };
  }

  private Map<String, @Nullable Object> object(byte[] body, String member) {
    try {
      if (Json.readObject(body).get(member) instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new HashMap<>();
        map.forEach((name, value) -> copy.put(String.valueOf(name), value));
        return copy;
      }
    } catch (MalformedJsonException _) {
      // Said below, and without the body.
    }
    throw away("gives an answer that makes no sense");
  }

  private String text(Map<String, @Nullable Object> data, String member) {
    if (data.get(member) instanceof String text) {
      return text;
    }
    throw away("gives an answer that makes no sense");
  }

  private KeyUnavailableException away(String what) {
    return unavailable(KeyTrouble.Kind.UNREACHABLE, what);
  }

  private KeyUnavailableException unavailable(KeyTrouble.Kind kind, String what) {
    return new KeyUnavailableException(
        new KeyTrouble(
            kind, "The transit engine at %s %s.".formatted(place.base().getAuthority(), what)));
  }

  /** Renews the token; where that fails, the calls will say so, and it is tried again. */
  @Override
  public synchronized void tend() {
    if (clock.instant().isBefore(renew)) {
      return;
    }
    renew = clock.instant().plus(RENEW_AGAIN);
    try {
      EgressResult result =
          send("auth/token/renew-self", "{}".getBytes(StandardCharsets.US_ASCII), CONNECT);
      if (result instanceof EgressResult.Answered answered && answered.status() == 200) {
        Object lease = object(answered.body(), "auth").get("lease_duration");
        Duration half =
            Duration.ofSeconds(lease instanceof Long seconds ? seconds : 0).dividedBy(2);
        renew = clock.instant().plus(half.compareTo(RENEW_LATEST) < 0 ? half : RENEW_LATEST);
      } else {
        LOG.log(Level.FINE, "the transit token was not renewed: {0}", result);
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the transit token was not renewed", e);
    }
  }

  @Override
  public void close() {
    attempts.close();
    client.close();
  }
}
