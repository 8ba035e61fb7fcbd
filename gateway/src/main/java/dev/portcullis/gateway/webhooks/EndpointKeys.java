package dev.portcullis.gateway.webhooks;

import dev.portcullis.gateway.sealing.Place;
import dev.portcullis.gateway.sealing.Sealer;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.wire.webhook.SigningKey;
import dev.portcullis.wire.webhook.SigningSecret;
import dev.portcullis.wire.webhook.WebhookSigner;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/**
 * Makes and opens what signs deliveries. Secrets that were opened lately are kept: to open one
 * costs as much as to sign ten times.
 */
@Component
final class EndpointKeys {

  private static final int MOST_OPENED = 2_000;
  private static final String SECRET_KIND = "webhook_endpoint.secret";
  private static final String KEY_KIND = "webhook_endpoint.signing_key";

  private final Sealer sealer;
  private final SecureRandom random;
  private final SecretAccess access = SecretAccess.insecureGrant();

  /** By the sealed text, which is another one for each value, place and sealing. */
  private final Map<String, Object> opened =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
          return size() > MOST_OPENED;
        }
      };

  EndpointKeys(Sealer sealer, SecureRandom random) {
    this.sealer = sealer;
    this.random = random;
  }

  /** Where the secrets that receivers share may be opened. */
  static Place secretPlace(String account, boolean livemode, String id) {
    return new Place(account, livemode, SECRET_KIND, id);
  }

  /** Where the private key may be opened. */
  static Place keyPlace(String account, boolean livemode, String id) {
    return new Place(account, livemode, KEY_KIND, id);
  }

  /**
   * A value and its sealed form.
   *
   * @param told what the receiver is told: the whole secret, or the public key
   */
  record Fresh(String told, String sealed) {
    @Override
    public String toString() {
      return "Fresh";
    }
  }

  /** A new secret for that endpoint. */
  Fresh secret(String account, boolean livemode, String id) {
    String text = SigningSecret.generate(random).text(access);
    return new Fresh(text, sealer.seal(secretPlace(account, livemode, id), text));
  }

  /** A new key pair for that endpoint. */
  Fresh key(String account, boolean livemode, String id) {
    SigningKey key = SigningKey.generate(random);
    return new Fresh(
        key.publicHalf().text(), sealer.seal(keyPlace(account, livemode, id), key.text(access)));
  }

  /** What signs the endpoint's deliveries at that time. */
  WebhookSigner signer(String account, boolean livemode, WebhookEndpoint endpoint, Instant at) {
    Place shared = secretPlace(account, livemode, endpoint.id());
    Place own = keyPlace(account, livemode, endpoint.id());
    Rolling key = endpoint.keys().key();
    List<String> keys = key == null ? List.of() : key.at(at);
    return new WebhookSigner(
        endpoint.keys().secret().at(at).stream().map(one -> secret(shared, one)).toList(),
        keys.stream().map(one -> key(own, one)).toList());
  }

  private SigningSecret secret(Place place, String sealed) {
    return (SigningSecret) open(place, sealed, text -> SigningSecret.parse(text).orElseThrow());
  }

  private SigningKey key(Place place, String sealed) {
    return (SigningKey) open(place, sealed, text -> SigningKey.parse(text).orElseThrow());
  }

  /** Within the place too: what was copied to another row does not open there. */
  private Object open(Place place, String sealed, Function<String, Object> reading) {
    String name = place + sealed;
    synchronized (opened) {
      Object known = opened.get(name);
      if (known != null) {
        return known;
      }
    }
    Object read = reading.apply(sealer.open(place, sealed));
    synchronized (opened) {
      opened.put(name, read);
    }
    return read;
  }
}
