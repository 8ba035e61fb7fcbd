package dev.portcullis.gateway.keys;

import com.github.benmanes.caffeine.cache.Cache;
import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.gateway.work.Caches;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.Credentials;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.key.KeyRefusals;
import dev.portcullis.wire.key.Permissions;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says whose key a request carries. Keys are found by their keyed hash; what was found is believed
 * for half a second, so that a revocation counts within a second in every gateway. That it was
 * found is remembered for longer: such a key is looked up again whoever guesses keys at its
 * address. What was not found is not remembered: guesses must not fill the memory.
 */
@Component
public final class Authenticator {

  private static final long LIFE_MILLIS = 500;
  private static final Duration REMEMBERED = Duration.ofMinutes(15);
  private static final int MAX_REMEMBERED = 10_000;

  /** A key, as a request is judged by it. */
  private record Known(KeyRecord key, boolean rolled) {}

  private record Remembered(Known known, long until) {}

  private final Database database;
  private final ApiKeyHasher hasher;
  private final KeyUses uses;
  private final InstantSource clock;
  private final Cache<String, Remembered> remembered;
  private final Map<String, CompletableFuture<Optional<Known>>> lookups = new ConcurrentHashMap<>();

  Authenticator(Database database, ApiKeyHasher hasher, KeyUses uses, InstantSource clock) {
    this.database = database;
    this.hasher = hasher;
    this.uses = uses;
    this.clock = clock;
    this.remembered =
        Caches.bounded()
            .maximumSize(MAX_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /**
   * The principal of an {@code Authorization} header.
   *
   * @param address where the request comes from
   * @param beforeGuess is run before anything that may be a guess is looked at, and may refuse it
   * @throws ApiException 401 if there is no key in it, or one that is not known, was revoked or has
   *     expired; 403 if the key may not come from there
   */
  public Principal authenticate(
      @Nullable String authorization, InetAddress address, Runnable beforeGuess) {
    ApiKey key = key(authorization, beforeGuess);
    byte[] hash = hasher.hash(key);
    Known known =
        find(hash, beforeGuess)
            .filter(found -> isOf(found.key(), key, hash))
            .orElseThrow(() -> new ApiException(Credentials.invalid(key.text())));
    KeyRecord found = known.key();
    Instant now = clock.instant();
    if (hasEnded(found, now)) {
      throw new ApiException(KeyRefusals.expired(key));
    }
    if (!found.terms().cidrs().isEmpty()
        && found.terms().cidrs().stream().noneMatch(block -> block.contains(address))) {
      throw new ApiException(KeyRefusals.otherAddress(key));
    }
    uses.note(found, known.rolled(), now, address);
    return new Principal(
        found.account(),
        found.livemode(),
        found.id(),
        found.kind(),
        found.terms().permissions(),
        key.redacted());
  }

  private static ApiKey key(@Nullable String authorization, Runnable beforeGuess) {
    try {
      return Credentials.fromAuthorization(authorization);
    } catch (ApiException e) {
      beforeGuess.run();
      throw e;
    }
  }

  private static boolean hasEnded(KeyRecord key, Instant now) {
    return key.revoked() || key.terms().expiresAt().filter(end -> !now.isBefore(end)).isPresent();
  }

  /** The index found it by the hash; the comparison that decides takes constant time. */
  private static boolean isOf(KeyRecord found, ApiKey key, byte[] hash) {
    return MessageDigest.isEqual(HexFormat.of().parseHex(found.hash()), hash)
        && found.kind() == key.kind()
        && found.livemode() == key.livemode();
  }

  private Optional<Known> find(byte[] hash, Runnable beforeGuess) {
    String name = HexFormat.of().formatHex(hash);
    Instant now = clock.instant();
    Remembered hit = remembered.getIfPresent(name);
    CompletableFuture<Optional<Known>> underWay = lookups.get(name);
    boolean ended = hit != null && hasEnded(hit.known().key(), now);
    if (ended || (hit == null && underWay == null)) {
      beforeGuess.run();
    }
    if (hit != null && now.toEpochMilli() < hit.until()) {
      return Optional.of(hit.known());
    }
    CompletableFuture<Optional<Known>> own = new CompletableFuture<>();
    underWay = lookups.putIfAbsent(name, own);
    return underWay == null ? lookUp(name, now, own) : result(underWay);
  }

  /** One for all who ask with the same key at once: it is one guess, and one query. */
  private Optional<Known> lookUp(
      String name, Instant now, CompletableFuture<Optional<Known>> lookup) {
    try {
      Optional<Known> found = read(name);
      found.ifPresentOrElse(
          known -> remembered.put(name, new Remembered(known, now.toEpochMilli() + LIFE_MILLIS)),
          () -> remembered.invalidate(name));
      lookup.complete(found);
      return found;
    } catch (RuntimeException | Error e) {
      lookup.completeExceptionally(e);
      throw e;
    } finally {
      lookups.remove(name, lookup);
    }
  }

  private static Optional<Known> result(CompletableFuture<Optional<Known>> lookup) {
    try {
      return lookup.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      throw e;
    }
  }

  private Optional<Known> read(String hash) {
    return database
        .across(AllAccounts.AUTHENTICATION)
        .sql(
            "SELECT id, version, account, livemode, kind, hash, permissions, cidrs, expires_at,"
                + " revoked, rolled_to IS NOT NULL FROM api_keys WHERE hash = ?")
        .param(hash)
        .query(Authenticator::row)
        .optional();
  }

  private static Known row(ResultSet row, int number) throws SQLException {
    KeyTerms terms =
        new KeyTerms(
            Permissions.parse(KeyTable.texts(row.getArray(7))),
            KeyTable.cidrs(row.getArray(8)),
            KeyTable.instant(row, 9),
            "");
    KeyRecord key =
        new KeyRecord(
            row.getString(1),
            row.getInt(2),
            row.getString(3),
            row.getBoolean(4),
            KeyKind.ofWireName(row.getString(5)),
            row.getString(6),
            terms,
            row.getBoolean(10));
    return new Known(key, row.getBoolean(11));
  }
}
