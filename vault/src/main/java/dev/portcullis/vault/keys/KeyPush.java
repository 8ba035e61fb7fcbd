package dev.portcullis.vault.keys;

import dev.portcullis.vault.http.Answer;
import dev.portcullis.vault.http.InternalArguments;
import dev.portcullis.vault.http.InternalException;
import dev.portcullis.wire.key.KeyKind;
import dev.portcullis.wire.net.Cidr;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /internal/v1/keys}: the gateway hands over hashes of API keys. What is answered is
 * committed, and holds in this vault from now on; {@code taken} is false where something else holds
 * than what was sent, because this vault knew the key at a version as new. So it is after one of
 * the two zones was restored.
 *
 * <p>Errors: 400 {@code invalid_request} names the member; 409 {@code key_conflict} when the hash
 * belongs to another key.
 */
public final class KeyPush {

  private static final int MOST = 1_000;
  private static final int HASH_BYTES = 32;
  private static final String UNIQUE_VIOLATION = "23505";

  private final KeyStore store;
  private final Authenticator authenticator;

  /**
   * @param database to which keys are written
   * @param authenticator told, so that what it has read before is read anew
   */
  public KeyPush(DataSource database, Authenticator authenticator) {
    this.store = new KeyStore(database);
    this.authenticator = authenticator;
  }

  /** Takes the keys in. */
  public Answer handle(InternalArguments arguments) throws SQLException {
    List<KeyRow> keys = new ArrayList<>();
    List<InternalArguments> sent = arguments.objects("keys", MOST);
    for (InternalArguments key : sent) {
      keys.add(read(key));
    }
    arguments.refuseOthers();
    List<KeyRow> standing;
    try {
      standing = store.push(keys);
    } catch (SQLException e) {
      if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw new InternalException(409, "key_conflict", "A hash belongs to another key.");
      }
      throw e;
    }
    authenticator.forgetCached();
    List<Object> applied = new ArrayList<>();
    for (int at = 0; at < keys.size(); at++) {
      KeyRow now = standing.get(at);
      applied.add(
          Map.of(
              "account",
              now.account(),
              "id",
              now.id(),
              "version",
              now.version(),
              "taken",
              now.isSame(keys.get(at)),
              "revoked",
              now.revoked()));
    }
    return Answer.json(200, Map.of("applied", applied));
  }

  private static KeyRow read(InternalArguments key) {
    KeyRow row =
        new KeyRow(
            key.name("account"),
            key.name("id"),
            key.integer("version", 0, Long.MAX_VALUE),
            key.bool("livemode"),
            kind(key),
            hash(key),
            key.texts("scopes"),
            cidrs(key),
            expiry(key),
            key.bool("revoked"));
    key.refuseOthers();
    return row;
  }

  private static KeyKind kind(InternalArguments key) {
    try {
      return KeyKind.ofWireName(key.text("kind", 20));
    } catch (IllegalArgumentException e) {
      throw key.invalid("kind", "must be secret, publishable or restricted");
    }
  }

  private static byte[] hash(InternalArguments key) {
    try {
      byte[] hash = HexFormat.of().parseHex(key.text("hash", HASH_BYTES * 2));
      if (hash.length == HASH_BYTES) {
        return hash;
      }
    } catch (IllegalArgumentException e) {
      throw key.invalid("hash", "must be hexadecimal");
    }
    throw key.invalid("hash", "must be 64 hexadecimal digits");
  }

  private static List<String> cidrs(InternalArguments key) {
    List<String> blocks = key.texts("cidrs");
    if (blocks.stream().anyMatch(block -> Cidr.parse(block).isEmpty())) {
      throw key.invalid("cidrs", "must be blocks of addresses");
    }
    return blocks;
  }

  /** Seconds since 1970, or an ISO 8601 instant. */
  private static @Nullable Instant expiry(InternalArguments key) {
    return switch (key.optional("expires_at")) {
      case null -> null;
      case Long seconds -> Instant.ofEpochSecond(seconds);
      case String text -> {
        try {
          yield Instant.parse(text);
        } catch (DateTimeException e) {
          throw key.invalid("expires_at", "must be seconds since 1970 or an ISO 8601 instant");
        }
      }
      default -> throw key.invalid("expires_at", "must be seconds since 1970 or an instant");
    };
  }
}
