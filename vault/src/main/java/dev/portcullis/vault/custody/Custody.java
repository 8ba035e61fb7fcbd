package dev.portcullis.vault.custody;

import dev.portcullis.kit.SecretAccess;
import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.vault.crypto.KeyTrouble;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.crypto.TamperedException;
import dev.portcullis.wire.error.ApiError;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.people.TooManyAttempts;
import java.security.GeneralSecurityException;
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
 * authenticator, so a share is its own proof.
 *
 * <p>Every act is in the audit trail before it takes effect; where the trail cannot be written,
 * nothing happens. Of shares it holds their index alone.
 */
public final class Custody {

  /** Custodians at most. */
  public static final int MOST_SHARES = 20;

  /**
   * How many shares may be refused within a minute; nobody guesses 256 bits, but anybody can try.
   */
  static final int REFUSALS = 10;

  private static final Duration REFUSAL_MEMORY = Duration.ofMinutes(1);
  private static final Duration TICKET_LIFE = Duration.ofHours(1);

  /** What the master key is for. */
  public interface Guarded {
    /**
     * Checks that the open master keys are those that wrapped what is stored.
     *
     * @throws RuntimeException if they are not
     */
    void check() throws SQLException;

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
  private record Pending(
      String ticket, SealedKey key, Optional<String> replaced, Actor by, Instant until) {}

  /** The shares to hand out, and what confirms that they were. */
  record HandOut(String ticket, SealedKey key, List<Share> shares) {
    @Override
    public String toString() {
      return "HandOut[" + key + "]";
    }
  }

  private final List<SealedMasterKey> keys;
  private final SealedKeys store;
  private final AuditTrail audit;
  private final Guarded guarded;
  private final SecretAccess access;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  private final Map<String, Gathering> opening = new HashMap<>();
  private @Nullable Rekey rekey;
  private @Nullable Pending pending;
  private final List<Instant> refusals = new ArrayList<>();

  private record Rekey(Gathering gathering, int shares, int threshold) {}

  /**
   * @param keys the sealed master keys that are configured, the current one first; may be none
   */
  public Custody(
      List<SealedMasterKey> keys,
      DataSource database,
      Guarded guarded,
      SecretAccess access,
      InstantSource clock) {
    this.keys = List.copyOf(keys);
    this.audit = new AuditTrail(database, clock);
    this.store = new SealedKeys(database, audit, clock);
    this.guarded = guarded;
    this.access = access;
    this.clock = clock;
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
   * Makes the master key and its shares. Nothing counts before {@link #confirm}, and the new vault
   * stays sealed: that custodians can open it is shown before anything is stored under it.
   *
   * @throws ApiException 400 if it is there, or nobody would have to help anybody
   */
  synchronized HandOut create(int shares, int threshold, Actor by) throws SQLException {
    SealedMasterKey first = current();
    requireThreshold(shares, threshold);
    if (store.find(first.name()).isPresent()) {
      throw CustodyErrors.initialised(first.name());
    }
    audit.append(
        "custody.shares_made", first.id(), terms(shares, threshold) + " by " + by.person());
    return handOut(SealedKey.create(first.name(), shares, threshold, random), Optional.empty(), by);
  }

  /**
   * Takes a share towards opening the vault; the last one that is needed opens it.
   *
   * @throws ApiException 400 with why a share is not taken
   * @throws TooManyAttempts if too many were refused
   */
  synchronized void give(String line, String address) throws SQLException {
    sweep();
    Share share = read(line, address);
    try {
      for (SealedMasterKey key : keys) {
        Optional<SealedKey> stored = store.find(key.name());
        if (stored.isPresent() && stored.get().set().equals(share.set())) {
          give(key, stored.get(), share, address);
          return;
        }
      }
      throw refused(CustodyErrors.shareOfOtherSet(share.set()), share.set(), address);
    } finally {
      share.clear();
    }
  }

  private void give(SealedMasterKey key, SealedKey stored, Share share, String address)
      throws SQLException {
    requireAccepted(stored, share, address);
    if (key.isOpen()) {
      return;
    }
    Gathering gathering = opening.get(key.name());
    if (gathering == null || !gathering.key().set().equals(stored.set())) {
      gathering = new Gathering(stored, clock.instant());
      opening.put(key.name(), gathering);
    }
    add(gathering, share, "custody.share_given", address);
    if (gathering.isComplete()) {
      open(key, gathering, address);
    }
  }

  private void open(SealedMasterKey key, Gathering gathering, String address) throws SQLException {
    byte[] master = master(gathering);
    try {
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
    endRekey();
  }

  /**
   * Begins to give the master key new shares; as many old ones as open it must be given first.
   *
   * @throws ApiException 400 if there is no key yet, or nobody would have to help anybody
   */
  synchronized SealedKey beginRekey(int shares, int threshold, Actor by) throws SQLException {
    SealedMasterKey first = current();
    requireThreshold(shares, threshold);
    SealedKey stored =
        store.find(first.name()).orElseThrow(() -> CustodyErrors.notInitialised(first.name()));
    audit.append(
        "custody.rekey_begun", first.id(), terms(shares, threshold) + " by " + by.person());
    endRekey();
    rekey = new Rekey(new Gathering(stored, clock.instant()), shares, threshold);
    return stored;
  }

  /**
   * Takes an old share; the last one that is needed brings the new shares, which count from {@link
   * #confirm} on. Until then the old ones hold.
   *
   * @return the new shares, or empty as long as old ones are missing
   * @throws ApiException 400 with why a share is not taken, or if no rekey is under way
   */
  synchronized Optional<HandOut> giveForRekey(String line, Actor by) throws SQLException {
    sweep();
    Rekey under = rekey;
    if (under == null) {
      throw CustodyErrors.noRekey();
    }
    Gathering gathering = under.gathering();
    Share share = read(line, by.address());
    try {
      if (!share.set().equals(gathering.key().set())) {
        throw refused(CustodyErrors.shareOfOtherSet(share.set()), share.set(), by.address());
      }
      requireAccepted(gathering.key(), share, by.address());
      add(gathering, share, "custody.rekey_share_given", by.address());
    } finally {
      share.clear();
    }
    if (!gathering.isComplete()) {
      return Optional.empty();
    }
    byte[] master = master(gathering);
    try {
      SealedKey old = gathering.key();
      return Optional.of(
          handOut(
              SealedKey.seal(old.name(), master, under.shares(), under.threshold(), random),
              Optional.of(old.set()),
              by));
    } finally {
      Arrays.fill(master, (byte) 0);
      endRekey();
    }
  }

  /** How many old shares a rekey still needs; 0 where none is under way. */
  synchronized int missingForRekey() {
    return rekey == null
        ? 0
        : rekey.gathering().key().threshold() - rekey.gathering().indices().size();
  }

  /**
   * Lets new shares count, and the old ones die: whoever asked has them in safe places. An answer
   * that was lost on its way thus never leaves a vault that nobody can open.
   *
   * @throws ApiException 400 if the ticket is not that of the newest shares
   */
  synchronized SealedKey confirm(String ticket) throws SQLException {
    sweep();
    Pending waiting = pending;
    if (waiting == null || !waiting.ticket().equals(ticket)) {
      throw CustodyErrors.badTicket();
    }
    SealedKey key = waiting.key();
    SealedKeys.Entry entry =
        new SealedKeys.Entry(
            waiting.replaced().isPresent() ? "custody.rekeyed" : "custody.initialised",
            "sealed:" + key.name(),
            "set "
                + key.set()
                + waiting.replaced().map(old -> " for " + old).orElse("")
                + ", "
                + terms(key.shares(), key.threshold())
                + " by "
                + waiting.by().person());
    pending = null;
    if (!store.store(key, waiting.replaced(), entry)) {
      throw CustodyErrors.badTicket();
    }
    return key;
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
    if (rekey != null && rekey.gathering().isOver(now)) {
      endRekey();
    }
    if (pending != null && !now.isBefore(pending.until())) {
      pending = null;
    }
    refusals.removeIf(at -> !now.isBefore(at.plus(REFUSAL_MEMORY)));
  }

  private SealedMasterKey current() {
    if (keys.isEmpty()) {
      throw CustodyErrors.notConfigured();
    }
    return keys.getFirst();
  }

  private static void requireThreshold(int shares, int threshold) {
    if (threshold < 2 || threshold > shares) {
      throw CustodyErrors.badThreshold();
    }
  }

  private Share read(String line, String address) throws SQLException {
    current();
    if (refusals.size() >= REFUSALS) {
      throw new TooManyAttempts(
          Duration.between(clock.instant(), refusals.getFirst().plus(REFUSAL_MEMORY)));
    }
    Optional<Share> share = Share.parse(line);
    if (share.isEmpty()) {
      throw refused(CustodyErrors.malformedShare(), "unreadable", address);
    }
    return share.get();
  }

  private void requireAccepted(SealedKey key, Share share, String address) throws SQLException {
    if (!key.accepts(share)) {
      throw refused(
          CustodyErrors.wrongShare(share.index()), share.set() + " " + share.index(), address);
    }
  }

  private ApiException refused(ApiError error, String subject, String address) throws SQLException {
    refusals.add(clock.instant());
    audit.append("custody.share_refused", subject, error.code() + " " + address);
    return new ApiException(error);
  }

  private void add(Gathering gathering, Share share, String action, String address)
      throws SQLException {
    if (!gathering.has(share.index())) {
      SealedKey key = gathering.key();
      audit.append(
          action,
          "sealed:" + key.name(),
          "share %d of set %s, %d of %d needed, %s"
              .formatted(
                  share.index(),
                  key.set(),
                  gathering.indices().size() + 1,
                  key.threshold(),
                  address));
      gathering.add(share, clock.instant());
    }
  }

  private static byte[] master(Gathering gathering) {
    try {
      return gathering.key().open(gathering.parts());
    } catch (GeneralSecurityException e) {
      // Each share was the right one, so what they open was changed.
      gathering.clear();
      throw new TamperedException("the stored master key does not open with its own shares", e);
    }
  }

  private HandOut handOut(SealedKey.WithShares made, Optional<String> replaced, Actor by) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String ticket = java.util.HexFormat.of().formatHex(bytes);
    pending = new Pending(ticket, made.key(), replaced, by, clock.instant().plus(TICKET_LIFE));
    return new HandOut(ticket, made.key(), made.shares());
  }

  private void endRekey() {
    if (rekey != null) {
      rekey.gathering().clear();
      rekey = null;
    }
  }

  private static String terms(int shares, int threshold) {
    return threshold + " of " + shares + " shares";
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
