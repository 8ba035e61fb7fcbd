package dev.portcullis.vault.custody;

import dev.portcullis.kit.Secret;
import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.Evidence;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.MasterKey;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.people.TooManyAttempts;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Split knowledge and dual control over the master key (PCI DSS 3.7.6): custodians open it
 * together, each with a share that alone says nothing. A share is worth nothing to whoever is
 * signed in, and signing in nothing without shares: a sealed vault can check nobody's
 * authenticator, so a share is its own proof. {@link Rekeying} gives it new shares.
 *
 * <p>Every act is in the audit trail before it takes effect; where the trail cannot be written,
 * nothing happens. Of shares it holds their index alone.
 */
public final class Custody {

  /** Custodians at most. */
  public static final int MOST_SHARES = 20;

  private static final Duration TICKET_LIFE = Duration.ofHours(1);

  /** What the master key is for. */
  public interface Guarded {
    /**
     * Checks that the open master keys are those that wrapped what is stored.
     *
     * @throws RuntimeException if they are not
     */
    void check() throws SQLException;

    /** What is stored says of a key that shares open, before it is used. */
    Evidence evidence(MasterKey key) throws SQLException;

    /** Forgets all that was opened with them. */
    void forget();
  }

  /** Who does something, and from where. */
  record Actor(String person, String address) {}

  /**
   * How one of the keys stands.
   *
   * @param key what is stored, or null before it was made
   * @param open whether it is in memory
   * @param given the indices of the shares that were given for opening it
   */
  record Standing(String name, @Nullable SealedKey key, boolean open, Set<Integer> given) {}

  /** New shares that do not count before they are confirmed to have been handed out. */
  private record Pending(Secret ticket, SealedKey key, Actor by, Instant until) {}

  private final List<SealedMasterKey> keys;
  private final SealedKeys store;
  private final AuditTrail audit;
  private final Guarded guarded;
  private final SecretAccess access;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;
  private final GivenShares givenShares;
  private final KeyProof proof;
  private final Rekeying rekeying;

  private final Map<String, Gathering> opening = new HashMap<>();
  private @Nullable Pending pending;

  /**
   * @param keys the sealed master keys that are configured, the current one first; may be none
   * @param settling how long somebody who was let in or reset neither asks for new shares nor gets
   *     one
   */
  public Custody(
      List<SealedMasterKey> keys,
      DataSource database,
      Guarded guarded,
      SecretAccess access,
      Duration settling,
      InstantSource clock) {
    this.keys = List.copyOf(keys);
    this.audit = new AuditTrail(database, clock);
    this.store = new SealedKeys(database, audit, clock, settling);
    this.guarded = guarded;
    this.access = access;
    this.clock = clock;
    this.givenShares = new GivenShares(audit, clock);
    this.proof = new KeyProof(guarded, access);
    this.rekeying =
        new Rekeying(keys.stream().findFirst(), store, audit, givenShares, proof, clock);
  }

  /** New shares for the current key. */
  Rekeying rekeying() {
    return rekeying;
  }

  /** How each of the keys stands; none where custodians hold none. */
  synchronized List<Standing> standings() throws SQLException {
    sweep();
    List<Standing> standings = new ArrayList<>();
    for (SealedMasterKey key : keys) {
      Gathering gathering = opening.get(key.name());
      standings.add(
          new Standing(
              key.name(),
              store.find(key.name()).orElse(null),
              key.isOpen(),
              gathering == null ? Set.of() : gathering.indices()));
    }
    return standings;
  }

  /**
   * Makes the master key and its shares, all for whoever asks: while nobody could take one alone.
   * {@link Rekeying#make} hands them out to people. Nothing counts before {@link #confirm}, and the
   * new vault stays sealed: that custodians can open it is shown before anything is stored under
   * it.
   *
   * @throws ApiException 400 if it is there, or nobody would have to help anybody
   */
  synchronized HandOut create(int shares, int threshold, Actor by) throws SQLException {
    SealedMasterKey first = current();
    SealedKey.requireThreshold(shares, threshold);
    if (store.find(first.name()).isPresent()) {
      throw CustodyErrors.initialised(first.name());
    }
    audit.append(
        "custody.shares_made",
        first.id(),
        SealedKey.terms(shares, threshold) + " by " + by.person());
    SealedKey.WithShares made = SealedKey.create(first.name(), shares, threshold, random);
    String ticket = HandOut.newTicket(random);
    pending = new Pending(Secret.of(ticket), made.key(), by, clock.instant().plus(TICKET_LIFE));
    return new HandOut(ticket, made.key(), made.shares());
  }

  /**
   * Takes a share towards opening the vault; the last one that is needed opens it.
   *
   * @return whether it counts now and did not before
   * @throws ApiException 400 with why a share is not taken
   * @throws TooManyAttempts if too many were refused
   */
  synchronized boolean give(String line, String address) throws SQLException {
    sweep();
    current();
    Share share = givenShares.read(line, address, address);
    try {
      for (SealedMasterKey key : keys) {
        Optional<SealedKey> stored = store.find(key.name());
        if (stored.isPresent() && stored.get().set().equals(share.set())) {
          return give(key, stored.get(), share, address);
        }
      }
      throw givenShares.ofOtherSet(share, address, address);
    } finally {
      share.clear();
    }
  }

  private boolean give(SealedMasterKey key, SealedKey stored, Share share, String address)
      throws SQLException {
    givenShares.requireAccepted(stored, share, address, address);
    if (key.isOpen()) {
      return false;
    }
    Gathering gathering = opening.get(key.name());
    if (gathering == null || !gathering.key().set().equals(stored.set())) {
      gathering = new Gathering(stored, clock.instant());
      opening.put(key.name(), gathering);
    }
    boolean counts = !gathering.has(share.index());
    givenShares.add(gathering, share, "custody.share_given", address);
    if (gathering.isComplete()) {
      open(key, gathering, address);
    }
    return counts;
  }

  private void open(SealedMasterKey key, Gathering gathering, String address) throws SQLException {
    byte[] master = gathering.master();
    try {
      // Asked before it is open, since whatever comes meanwhile would be wrapped by it.
      if (!proof.mayOpen(key, master)) {
        throw givenShares.ofForeignKey("custody.unseal_refused", gathering, address);
      }
      audit.append("custody.unsealed", key.id(), "shares " + gathering.indices() + " " + address);
      key.open(master, access);
      opening.remove(key.name());
    } finally {
      Arrays.fill(master, (byte) 0);
      gathering.clear();
    }
    if (keys.stream().allMatch(SealedMasterKey::isOpen)) {
      check();
    }
  }

  /** A key that opens nothing of what is stored must not wrap what comes. */
  private void check() throws SQLException {
    try {
      guarded.check();
    } catch (SQLException | RuntimeException e) {
      closeAll();
      throw e;
    }
  }

  /** Seals the vault: every key leaves the memory's reach at once. */
  synchronized void seal(Actor by) throws SQLException {
    SealedMasterKey first = current();
    audit.append("custody.sealed", first.id(), "by " + by.person() + " " + by.address());
    closeAll();
  }

  private void closeAll() {
    keys.forEach(SealedMasterKey::close);
    guarded.forget();
    opening.values().forEach(Gathering::clear);
    opening.clear();
    rekeying.end();
  }

  /**
   * Lets the first shares count: whoever asked has them in safe places.
   *
   * @throws ApiException 400 if the ticket is not that of the newest shares
   */
  synchronized SealedKey confirm(String ticket) throws SQLException {
    sweep();
    Pending waiting = pending;
    if (waiting == null || !waiting.ticket().equals(Secret.of(ticket))) {
      throw CustodyErrors.badTicket(store.find(current().name()));
    }
    store.create(waiting.key(), waiting.by().person());
    pending = null;
    return waiting.key();
  }

  /** Lets go of shares that were given long ago; to be called every few seconds. */
  public synchronized void sweep() {
    Instant now = clock.instant();
    opening
        .values()
        .removeIf(
            gathering -> {
              boolean over = gathering.isOver(now);
              if (over) {
                gathering.clear();
              }
              return over;
            });
    rekeying.sweep();
    if (pending != null && !now.isBefore(pending.until())) {
      pending = null;
    }
  }

  private SealedMasterKey current() {
    if (keys.isEmpty()) {
      throw CustodyErrors.notConfigured();
    }
    return keys.getFirst();
  }

  /** Lets nobody past while a key that custodians hold is not open. */
  public void requireOpen() {
    for (SealedMasterKey key : keys) {
      Optional<KeyTrouble> trouble = key.trouble();
      if (trouble.isPresent()) {
        throw new KeyUnavailableException(trouble.get());
      }
    }
  }

  /** Whether a key that custodians hold is not open. */
  public boolean isSealed() {
    return keys.stream().anyMatch(key -> !key.isOpen());
  }
}
