package dev.portcullis.vault.keys;

import dev.portcullis.vault.crypto.Owner;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.Credentials;
import dev.portcullis.wire.key.KeyRefusals;
import dev.portcullis.wire.net.Cidr;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds whom an API key speaks for. Rows are cached for half a second, so that a revocation holds
 * within one second in every vault, and at once in the one that was told.
 */
public final class Authenticator {

  static final Duration CACHED = Duration.ofMillis(500);

  private static final int BOUND = 10_000;

  private final KeyStore store;
  private final ApiKeyHasher hasher;
  private final InstantSource clock;
  private final KeyUses uses = new KeyUses();
  private final Map<String, Cached> cache = new LinkedHashMap<>();

  /** What is being looked up now; both are guarded by the cache. */
  private final Map<String, CompletableFuture<Optional<KeyRow>>> lookups = new HashMap<>();

  private record Cached(KeyRow row, Instant until) {}

  /**
   * @param database in which keys are looked up; nothing else should wait for its connections
   */
  public Authenticator(DataSource database, ApiKeyHasher hasher, InstantSource clock) {
    this.store = new KeyStore(database);
    this.hasher = hasher;
    this.clock = clock;
  }

  /**
   * Whom the request's key speaks for.
   *
   * @param authorization the header's value, or null
   * @param peer where the request came from
   * @param beforeGuess is run before a key is looked up that was not found lately, and may refuse
   * @throws ApiException 401 if there is no key, or it is unknown, revoked or expired; 403 if it
   *     may not be used from there
   * @throws SQLException if the database cannot be reached
   */
  public Principal authenticate(
      @Nullable String authorization, InetAddress peer, Runnable beforeGuess) throws SQLException {
    ApiKey key = key(authorization, beforeGuess);
    byte[] hash = hasher.hash(key);
    KeyRow row =
        find(hash, beforeGuess)
            // The index found it by the hash; the comparison that decides takes constant time.
            .filter(found -> MessageDigest.isEqual(found.hash(), hash))
            .filter(found -> found.livemode() == key.livemode() && found.kind() == key.kind())
            .orElseThrow(() -> new ApiException(Credentials.invalid(key.text())));
    Instant now = clock.instant();
    Instant end = row.expiresAt();
    if (row.revoked() || (end != null && !now.isBefore(end))) {
      throw new ApiException(KeyRefusals.expired(key));
    }
    if (!row.cidrs().isEmpty() && row.cidrs().stream().noneMatch(block -> holds(block, peer))) {
      throw new ApiException(KeyRefusals.otherAddress(key));
    }
    uses.note(row, now, peer);
    return new Principal(
        row.id(),
        key.redacted(),
        new Owner(row.account(), row.livemode()),
        row.kind(),
        Set.copyOf(row.scopes()));
  }

  /** When and from where keys were used here. */
  public KeyUses uses() {
    return uses;
  }

  private static ApiKey key(@Nullable String authorization, Runnable beforeGuess) {
    try {
      return Credentials.fromAuthorization(authorization);
    } catch (ApiException e) {
      beforeGuess.run();
      throw e;
    }
  }

  /**
   * Not if it was found lately, as it stood then: that says nothing of what the key may do now,
   * only that naming it is no guess. Nor if it is looked up already: that is one guess.
   */
  private boolean mayBeGuess(String name) {
    synchronized (cache) {
      return !cache.containsKey(name) && !lookups.containsKey(name);
    }
  }

  private static String name(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private static boolean holds(String block, InetAddress peer) {
    return Cidr.parse(block).filter(cidr -> cidr.contains(peer)).isPresent();
  }

  private Optional<KeyRow> find(byte[] hash, Runnable beforeGuess) throws SQLException {
    String name = name(hash);
    Instant now = clock.instant();
    if (mayBeGuess(name)) {
      beforeGuess.run();
    }
    CompletableFuture<Optional<KeyRow>> own = new CompletableFuture<>();
    CompletableFuture<Optional<KeyRow>> underWay;
    synchronized (cache) {
      Cached cached = cache.get(name);
      if (cached != null && now.isBefore(cached.until())) {
        return Optional.of(cached.row());
      }
      underWay = lookups.putIfAbsent(name, own);
    }
    return underWay == null ? lookUp(name, hash, now, own) : result(underWay);
  }

  /** One for all who ask with the same key at once: they must not take each other's connections. */
  private Optional<KeyRow> lookUp(
      String name, byte[] hash, Instant now, CompletableFuture<Optional<KeyRow>> lookup)
      throws SQLException {
    try {
      Optional<KeyRow> found = store.find(hash);
      lookup.complete(found);
      synchronized (cache) {
        // Unless somebody said meanwhile that what was read before does not count.
        if (lookups.get(name) == lookup) {
          remember(name, found, now);
        }
      }
      return found;
    } catch (SQLException | RuntimeException | Error e) {
      lookup.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (cache) {
        lookups.remove(name, lookup);
      }
    }
  }

  /** Only keys that exist are cached: a flood of wrong ones must not push them out. */
  private void remember(String name, Optional<KeyRow> found, Instant now) {
    cache.remove(name);
    found.ifPresent(row -> cache.put(name, new Cached(row, now.plus(CACHED))));
    if (cache.size() > BOUND) {
      cache.remove(cache.keySet().iterator().next());
    }
  }

  private static Optional<KeyRow> result(CompletableFuture<Optional<KeyRow>> lookup)
      throws SQLException {
    try {
      return lookup.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof SQLException failed) {
        throw failed;
      }
      throw e;
    }
  }

  /** Nothing that was read before is relied on; after a push. */
  void forgetCached() {
    synchronized (cache) {
      cache.replaceAll((_, cached) -> new Cached(cached.row(), Instant.MIN));
      lookups.clear();
    }
  }
}
