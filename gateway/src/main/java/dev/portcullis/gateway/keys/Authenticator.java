package dev.portcullis.gateway.keys;

import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.Credentials;
import dev.portcullis.wire.key.KeyKind;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Says whose key a request carries. Keys are found by their keyed hash; one that was found is
 * remembered for a second, so that a revocation counts after a second at most. What was not found
 * is not remembered: guesses must not fill the memory.
 */
@Component
public final class Authenticator {

  private static final long LIFE_MILLIS = 1_000;
  private static final int MAX_REMEMBERED = 10_000;

  private record Remembered(Principal principal, long until) {}

  private final JdbcClient jdbc;
  private final ApiKeyHasher hasher;
  private final InstantSource clock;
  private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

  Authenticator(JdbcClient jdbc, ApiKeyHasher hasher, InstantSource clock) {
    this.jdbc = jdbc;
    this.hasher = hasher;
    this.clock = clock;
  }

  /**
   * The principal of an {@code Authorization} header.
   *
   * @throws ApiException 401 if there is no key in it, or one that is not known
   */
  public Principal authenticate(@Nullable String authorization) {
    ApiKey key = Credentials.fromAuthorization(authorization);
    String hash = HexFormat.of().formatHex(hasher.hash(key));
    long now = clock.millis();
    Remembered hit = remembered.get(hash);
    if (hit != null && now < hit.until()) {
      return hit.principal();
    }
    Principal found =
        find(hash).orElseThrow(() -> new ApiException(Credentials.invalid(key.text())));
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(hash, new Remembered(found, now + LIFE_MILLIS));
    return found;
  }

  private Optional<Principal> find(String hash) {
    return jdbc.sql(
            "SELECT account, livemode, id, kind FROM api_keys WHERE hash = ? AND NOT revoked")
        .param(hash)
        .query(
            (row, _) ->
                new Principal(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getString(3),
                    KeyKind.ofWireName(row.getString(4))))
        .optional();
  }
}
