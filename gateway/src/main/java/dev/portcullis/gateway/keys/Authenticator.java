package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Says whose key a request carries. Keys are found by their keyed hash; one that was found is
 * remembered for half a second, so that a revocation counts within a second in every gateway. What
 * was not found is not remembered: guesses must not fill the memory.
 */
@Component
public final class Authenticator {

  private static final long LIFE_MILLIS = 500;
  private static final int MAX_REMEMBERED = 10_000;

  /** A key, as a request is judged by it. */
  private record Known(KeyRecord key, boolean rolled) {}

  private record Remembered(Known known, long until) {}

  private final Database database;
  private final ApiKeyHasher hasher;
  private final KeyUses uses;
  private final InstantSource clock;
  private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

  Authenticator(Database database, ApiKeyHasher hasher, KeyUses uses, InstantSource clock) {
    this.database = database;
    this.hasher = hasher;
    this.uses = uses;
    this.clock = clock;
  }

  /**
   * The principal of an {@code Authorization} header.
   *
   * @param address where the request comes from
   * @throws ApiException 401 if there is no key in it, or one that is not known, was revoked or has
   *     expired; 403 if the key may not come from there
   */
  public Principal authenticate(@Nullable String authorization, InetAddress address) {
    ApiKey key = Credentials.fromAuthorization(authorization);
    byte[] hash = hasher.hash(key);
    Known known =
        find(hash)
            .filter(found -> isOf(found.key(), key, hash))
            .orElseThrow(() -> new ApiException(Credentials.invalid(key.text())));
    KeyRecord found = known.key();
    Instant now = clock.instant();
    if (found.revoked()
        || found.terms().expiresAt().filter(end -> !now.isBefore(end)).isPresent()) {
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

  /** The index found it by the hash; the comparison that decides takes constant time. */
  private static boolean isOf(KeyRecord found, ApiKey key, byte[] hash) {
    return MessageDigest.isEqual(HexFormat.of().parseHex(found.hash()), hash)
        && found.kind() == key.kind()
        && found.livemode() == key.livemode();
  }

  private Optional<Known> find(byte[] hash) {
    String name = HexFormat.of().formatHex(hash);
    long now = clock.millis();
    Remembered hit = remembered.get(name);
    if (hit != null && now < hit.until()) {
      return Optional.of(hit.known());
    }
    Optional<Known> found = read(name);
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    found.ifPresentOrElse(
        known -> remembered.put(name, new Remembered(known, now + LIFE_MILLIS)),
        () -> remembered.remove(name));
    return found;
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
