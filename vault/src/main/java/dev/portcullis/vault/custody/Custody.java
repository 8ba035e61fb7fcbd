package dev.portcullis.vault.custody;

import dev.portcullis.kit.Secret;
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
import java.util.HexFormat;
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
  private record Pending(Secret ticket, SealedKey key, Actor by, Instant until) {}

  private final List<SealedMasterKey> keys;
  private final SealedKeys store;
  private final AuditTrail audit;
  private final Guarded guarded;
  private final SecretAccess access;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  private final Map<String, Gathering> opening = new HashMap<>();
  private @Nullable Rekey rekey;
  private @Nullable HandingOut handingOut;
  private @Nullable Pending pending;
  private final RefusedShares refusals = new RefusedShares();

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
    SealedKey.WithShares made = SealedKey.create(first.name(), shares, threshold, random);
    String ticket = ticket();
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
    Share share = read(line, address, address);
    try {
      for (SealedMasterKey key : keys) {
        Optional<SealedKey> stored = store.find(key.name());
        if (stored.isPresent() && stored.get().set().equals(share.set())) {
          return give(key, stored.get(), share, address);
        }
      }
      throw refused(CustodyErrors.shareOfOtherSet(share.set()), share.set(), address, address);
    } finally {
      share.clear();
    }
  }

  private boolean give(SealedMasterKey key, SealedKey stored, Share share, String address)
      throws SQLException {
    requireAccepted(stored, share, address, address);
    if (key.isOpen()) {
      return false;
    }
    Gathering gathering = opening.get(key.name());
    if (gathering == null || !gathering.key().set().equals(stored.set())) {
      gathering = new Gathering(stored, clock.instant());
      opening.put(key.name(), gathering);
    }
    boolean counts = !gathering.has(share.index());
    add(gathering, share, "custody.share_given", address);
    if (gathering.isComplete()) {
      open(key, gathering, address);
    }
    return counts;
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
   * @param custodians who gets one each
   * @throws ApiException 400 if there is no key yet, another rekey is under way, or nobody would
   *     have to help anybody; 403 if somebody named, or whoever asks, enrolled too lately
   */
  synchronized Rekey.About beginRekey(List<String> custodians, int threshold, Actor by)
      throws SQLException {
    sweep();
    SealedMasterKey first = current();
    requireThreshold(custodians.size(), threshold);
    SealedKey stored =
        store.find(first.name()).orElseThrow(() -> CustodyErrors.notInitialised(first.name()));
    Optional<Rekey.About> running = rekeyUnderWay();
    if (running.isPresent()) {
      throw CustodyErrors.rekeyRuns(running.get());
    }
    Instant now = clock.instant();
    requireSettled(by.person(), now);
    for (String custodian : custodians) {
      requireSettled(custodian, now);
    }
    Rekey.About about = new Rekey.About("rky_" + ticket(), custodians, threshold, by.person(), now);
    audit.append(
        "custody.rekey_begun",
        first.id(),
        "%s: %s for %s by %s"
            .formatted(
                about.id(),
                terms(custodians.size(), threshold),
                String.join(", ", custodians),
                by.person()));
    rekey = new Rekey(about, new Gathering(stored, now));
    return about;
  }

  private void requireSettled(String person, Instant time) throws SQLException {
    if (store.hasEnrolledTooLately(person, time)) {
      throw CustodyErrors.enrolledLately(person);
    }
  }

  /** The rekey that old shares are given for, or whose new ones are taken. */
  synchronized Optional<Rekey.About> rekeyUnderWay() {
    sweep();
    return rekey != null
        ? Optional.of(rekey.about())
        : Optional.ofNullable(handingOut).map(HandingOut::about);
  }

  /**
   * Ends a rekey where it is; the shares that count hold.
   *
   * @throws ApiException 400 if none with that id is under way
   */
  synchronized void cancelRekey(String id, Actor by) throws SQLException {
    if (rekeyUnderWay().filter(about -> about.id().equals(id)).isEmpty()) {
      throw CustodyErrors.noRekey();
    }
    audit.append("custody.rekey_cancelled", current().id(), id + " by " + by.person());
    endRekey();
  }

  /**
   * Takes an old share; the last one that is needed makes the new shares, which their custodians
   * take ({@link #take}). Until all of them have theirs the old ones hold.
   *
   * @param id the rekey that it is given for, as its giver was shown it
   * @throws ApiException 400 with why a share is not taken, or if no rekey with that id gathers
   */
  synchronized void giveForRekey(String id, String line, Actor by) throws SQLException {
    sweep();
    Rekey under = rekey;
    if (under == null || !under.about().id().equals(id)) {
      throw CustodyErrors.noRekey();
    }
    Gathering gathering = under.gathering();
    Share share = read(line, by.person(), by.address());
    try {
      if (!share.set().equals(gathering.key().set())) {
        throw refused(
            CustodyErrors.shareOfOtherSet(share.set()), share.set(), by.person(), by.address());
      }
      requireAccepted(gathering.key(), share, by.person(), by.address());
      add(gathering, share, "custody.rekey_share_given", by.person() + " " + by.address());
    } finally {
      share.clear();
    }
    if (gathering.isComplete()) {
      byte[] master = master(gathering);
      try {
        endRekey();
        handingOut = under.handOut(master, random, clock.instant());
      } finally {
        Arrays.fill(master, (byte) 0);
      }
    }
  }

  /**
   * Gives somebody the one share that is for them, once.
   *
   * @throws ApiException 400 if there is none for them, or they took it; 403 if they enrolled after
   *     the custodians were named: whoever resets another's account does not become a custodian
   */
  synchronized HandOut take(Actor by) throws SQLException {
    sweep();
    HandingOut under = handingOut;
    Share share = under == null ? null : under.of(by.person());
    if (under == null || share == null) {
      throw CustodyErrors.noShare();
    }
    requireSettled(by.person(), under.about().begun());
    audit.append(
        "custody.share_handed_out",
        "sealed:" + under.key().name(),
        "share %d of set %s to %s %s"
            .formatted(share.index(), under.key().set(), by.person(), by.address()));
    String ticket = ticket();
    under.taken(by.person(), ticket);
    return new HandOut(ticket, under.key(), List.of(share));
  }

  /**
   * Somebody's new share is in a safe place. With the last of them the new shares count, and the
   * old ones die: an answer that was lost on its way leaves no vault that nobody can open.
   *
   * @throws ApiException 400 if the ticket is not that of the share that they took
   */
  synchronized void received(String ticket, Actor by) throws SQLException {
    sweep();
    HandingOut under = handingOut;
    if (under == null || !under.arrived(by.person(), ticket)) {
      throw CustodyErrors.badTicket();
    }
    if (under.waiting().isEmpty()) {
      store(
          under.key(),
          Optional.of(under.replaced()),
          "custody.rekeyed",
          " for " + under.replaced(),
          under.about().by());
      endRekey();
    }
  }

  private void store(
      SealedKey key, Optional<String> replaced, String action, String forWhat, String by)
      throws SQLException {
    String detail =
        "set %s%s, %s by %s"
            .formatted(key.set(), forWhat, terms(key.shares(), key.threshold()), by);
    boolean stored =
        store.store(key, replaced, new SealedKeys.Entry(action, "sealed:" + key.name(), detail));
    // A commit whose answer was lost has stored them before.
    if (!stored && store.find(key.name()).filter(now -> now.set().equals(key.set())).isEmpty()) {
      throw CustodyErrors.badTicket();
    }
  }

  /** How many old shares a rekey still needs; 0 where none is under way. */
  synchronized int missingForRekey() {
    return rekey == null ? 0 : rekey.missing();
  }

  /** Whose new shares are not yet in a safe place. */
  synchronized Set<String> waitsFor() {
    return handingOut == null ? Set.of() : handingOut.waiting();
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
      throw CustodyErrors.badTicket();
    }
    store(waiting.key(), Optional.empty(), "custody.initialised", "", waiting.by().person());
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
    if ((rekey != null && rekey.gathering().isOver(now))
        || (handingOut != null && handingOut.isOver(now))) {
      endRekey();
    }
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

  private static void requireThreshold(int shares, int threshold) {
    if (threshold < 2 || threshold > shares) {
      throw CustodyErrors.badThreshold();
    }
  }

  private Share read(String line, String who, String address) throws SQLException {
    current();
    Optional<Share> share = Share.parse(line);
    if (share.isEmpty()) {
      throw refused(CustodyErrors.malformedShare(), "unreadable", who, address);
    }
    return share.get();
  }

  private void requireAccepted(SealedKey key, Share share, String who, String address)
      throws SQLException {
    if (!key.accepts(share)) {
      throw refused(
          CustodyErrors.wrongShare(share.index()), share.set() + " " + share.index(), who, address);
    }
  }

  private ApiException refused(ApiError error, String subject, String who, String address)
      throws SQLException {
    refusals.count(who, clock.instant());
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

  private String ticket() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Whatever of a rekey is in memory goes; the shares that count hold. */
  private void endRekey() {
    if (rekey != null) {
      rekey.gathering().clear();
      rekey = null;
    }
    if (handingOut != null) {
      handingOut.clear();
      handingOut = null;
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
