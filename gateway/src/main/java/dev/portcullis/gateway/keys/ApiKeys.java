package dev.portcullis.gateway.keys;

import dev.portcullis.gateway.audit.Actor;
import dev.portcullis.gateway.audit.AuditTrail;
import dev.portcullis.kit.Ids;
import dev.portcullis.wire.json.Json;
import dev.portcullis.wire.key.ApiKey;
import dev.portcullis.wire.key.ApiKeyHasher;
import dev.portcullis.wire.key.KeyKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes, rolls and revokes API keys. Each change is one commit with its entry in the audit trail.
 * The gateways know of it within a second; the vault is told by the {@link KeyPusher}, and until it
 * has committed the change {@link StoredKey#isPendingAtVault()} says so.
 */
@Component
public final class ApiKeys {

  /** How long a rolled key may go on at most. */
  public static final Duration MAX_OVERLAP = Duration.ofDays(7);

  private static final int MAX_DESCRIPTION = 500;
  private static final int MAX_CIDRS = 50;

  private final KeyTable table;
  private final AuditTrail audit;
  private final ApiKeyHasher hasher;
  private final Ids ids;
  private final SecureRandom random;
  private final InstantSource clock;

  ApiKeys(
      KeyTable table,
      AuditTrail audit,
      ApiKeyHasher hasher,
      Ids ids,
      SecureRandom random,
      InstantSource clock) {
    this.table = table;
    this.audit = audit;
    this.hasher = hasher;
    this.ids = ids;
    this.random = random;
    this.clock = clock;
  }

  /** An account's keys, newest first, the revoked ones too; at most 1,000. */
  public List<StoredKey> list(String account) {
    return table.list(account);
  }

  /** One key. */
  public Optional<StoredKey> find(String account, String id) {
    return table.find(account, id);
  }

  /**
   * Makes a key.
   *
   * @return {@code Issued}, or {@code Refused} with {@code no_such_account} or {@code
   *     invalid_terms}
   */
  public KeyChange create(
      Actor actor, String account, boolean livemode, KeyKind kind, KeyTerms terms) {
    Optional<String> fault = fault(kind, terms);
    if (fault.isPresent()) {
      return new KeyChange.Refused("invalid_terms", fault.get());
    }
    return table.within(
        () -> {
          if (!table.hasAccount(account)) {
            return new KeyChange.Refused("no_such_account", "There is no account " + account + ".");
          }
          KeyChange.Issued issued = issue(actor, account, livemode, kind, terms);
          audit.append(actor, "key.created", account, issued.key().id(), detail(issued.key()));
          return issued;
        });
  }

  /**
   * Puts a new key of the same kind and terms in the place of one, which goes on for a while and
   * whose use is reported meanwhile.
   *
   * @param overlap how long the old one goes on, 0 to {@link #MAX_OVERLAP}
   * @param expiresAt when the new one ends by itself
   * @return {@code Issued}, or {@code Refused} with {@code no_such_key}, {@code not_usable} for one
   *     that is revoked, expired or rolled already, or {@code invalid_terms}
   */
  public KeyChange roll(
      Actor actor, String account, String id, Duration overlap, Optional<Instant> expiresAt) {
    if (overlap.isNegative() || overlap.compareTo(MAX_OVERLAP) > 0) {
      return new KeyChange.Refused(
          "invalid_terms", "A rolled key may go on for 0 to " + MAX_OVERLAP.toDays() + " days.");
    }
    return table.within(
        () -> {
          StoredKey old = table.lock(account, id).orElse(null);
          if (old == null) {
            return noSuchKey(id);
          }
          Instant now = clock.instant();
          StoredKey.Status status = old.status(now);
          if (status != StoredKey.Status.ACTIVE) {
            return new KeyChange.Refused(
                "not_usable", "The key " + id + " cannot be rolled: it is " + word(status) + ".");
          }
          KeyTerms terms =
              new KeyTerms(
                  old.terms().permissions(),
                  old.terms().cidrs(),
                  expiresAt,
                  old.terms().description());
          Optional<String> fault = fault(old.kind(), terms);
          if (fault.isPresent()) {
            return new KeyChange.Refused("invalid_terms", fault.get());
          }
          KeyChange.Issued issued = issue(actor, account, old.livemode(), old.kind(), terms);
          Instant end = now.plus(overlap);
          Instant sooner = old.terms().expiresAt().filter(e -> e.isBefore(end)).orElse(end);
          table.roll(account, id, issued.key().id(), sooner);
          audit.append(
              actor,
              "key.rolled",
              account,
              id,
              Json.writeString(
                  Map.of("rolled_to", issued.key().id(), "expires_at", sooner.toString())));
          return issued;
        });
  }

  /**
   * Changes what a key may do, from where and until when.
   *
   * @return {@code Changed}, or {@code Refused} with {@code no_such_key}, {@code not_usable} for
   *     one that is revoked or expired, or {@code invalid_terms}
   */
  public KeyChange update(Actor actor, String account, String id, UnaryOperator<KeyTerms> change) {
    return table.within(
        () -> {
          StoredKey old = table.lock(account, id).orElse(null);
          if (old == null) {
            return noSuchKey(id);
          }
          StoredKey.Status status = old.status(clock.instant());
          if (status == StoredKey.Status.REVOKED || status == StoredKey.Status.EXPIRED) {
            return new KeyChange.Refused(
                "not_usable", "The key " + id + " cannot be changed: it is " + word(status) + ".");
          }
          KeyTerms terms = change.apply(old.terms());
          Optional<String> fault =
              status == StoredKey.Status.ROLLED && goesOnLonger(old.terms(), terms)
                  ? Optional.of("A key that was rolled ends when its overlap does, or sooner.")
                  : fault(old.kind(), terms);
          if (fault.isPresent()) {
            return new KeyChange.Refused("invalid_terms", fault.get());
          }
          table.update(account, id, terms);
          StoredKey now = table.find(account, id).orElseThrow();
          audit.append(actor, "key.updated", account, id, detail(now));
          return new KeyChange.Changed(now);
        });
  }

  private static boolean goesOnLonger(KeyTerms before, KeyTerms after) {
    Instant end = before.expiresAt().orElse(Instant.MAX);
    return after.expiresAt().orElse(Instant.MAX).isAfter(end);
  }

  /** The stored key that this is, if it is one of ours. */
  public Optional<StoredKey> lookUp(ApiKey key) {
    return table.byHash(HexFormat.of().formatHex(hasher.hash(key)));
  }

  /**
   * Ends a key for good. One that is revoked already stays as it is.
   *
   * @return {@code Changed}, or {@code Refused} with {@code no_such_key}
   */
  public KeyChange revoke(Actor actor, String account, String id) {
    return table.within(
        () -> {
          StoredKey old = table.lock(account, id).orElse(null);
          if (old == null) {
            return noSuchKey(id);
          }
          if (old.life().revokedAt().isPresent()) {
            return new KeyChange.Changed(old);
          }
          table.revoke(account, id, clock.instant());
          audit.append(actor, "key.revoked", account, id, detail(old));
          return new KeyChange.Changed(table.find(account, id).orElseThrow());
        });
  }

  /**
   * Brings a key to a version above the vault's, which knows it at one as new; nothing is done when
   * the key has changed since it was sent.
   */
  void outrun(KeyRecord sent, KeyRegister.Held held) {
    boolean revokes = held.revoked() && !sent.revoked();
    table.within(
        () -> {
          boolean changed = table.outrun(sent, held.version(), revokes ? clock.instant() : null);
          if (changed) {
            audit.append(
                Actor.SYSTEM,
                revokes ? "key.revoked" : "key.told_again",
                sent.account(),
                sent.id(),
                "the vault knows it at version " + held.version());
          }
          return changed;
        });
  }

  private KeyChange.Issued issue(
      Actor actor, String account, boolean livemode, KeyKind kind, KeyTerms terms) {
    ApiKey key = ApiKey.generate(kind, livemode, random);
    String id = ids.next("key");
    StoredKey.Life life =
        new StoredKey.Life(
            clock.instant(),
            actor.name(),
            1,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    StoredKey stored = new StoredKey(account, livemode, id, kind, key.redacted(), terms, life);
    table.insert(stored, HexFormat.of().formatHex(hasher.hash(key)));
    return new KeyChange.Issued(stored, key);
  }

  /** What is wrong with the terms, one sentence; empty if nothing is. */
  private Optional<String> fault(KeyKind kind, KeyTerms terms) {
    if (kind == KeyKind.RESTRICTED && terms.permissions().isEmpty()) {
      return Optional.of("A restricted key needs at least one permission.");
    }
    if (kind != KeyKind.RESTRICTED && !terms.permissions().isEmpty()) {
      return Optional.of("Only a restricted key has permissions.");
    }
    if (kind == KeyKind.PUBLISHABLE && !terms.cidrs().isEmpty()) {
      return Optional.of("A publishable key is used from shoppers' browsers, wherever they are.");
    }
    if (terms.cidrs().size() > MAX_CIDRS) {
      return Optional.of("A key may have at most " + MAX_CIDRS + " blocks of addresses.");
    }
    if (terms.expiresAt().filter(end -> !end.isAfter(clock.instant())).isPresent()) {
      return Optional.of("The time at which a key expires must lie ahead.");
    }
    if (terms.description().length() > MAX_DESCRIPTION) {
      return Optional.of("A description may have at most " + MAX_DESCRIPTION + " characters.");
    }
    return Optional.empty();
  }

  private static KeyChange noSuchKey(String id) {
    return new KeyChange.Refused("no_such_key", "The account has no key " + id + ".");
  }

  private static String word(StoredKey.Status status) {
    return switch (status) {
      case ACTIVE -> "active";
      case ROLLED -> "rolled already";
      case EXPIRED -> "expired";
      case REVOKED -> "revoked";
    };
  }

  private static String detail(StoredKey key) {
    Map<String, @Nullable Object> detail = new LinkedHashMap<>();
    detail.put("kind", key.kind().wireName());
    detail.put("livemode", key.livemode());
    detail.put("permissions", key.terms().permissions().names());
    detail.put("cidrs", key.terms().cidrs().stream().map(Object::toString).toList());
    detail.put("expires_at", key.terms().expiresAt().map(Instant::toString).orElse(null));
    detail.put("description", key.terms().description());
    return Json.writeString(detail);
  }
}
