package dev.portcullis.vault.custody;

import dev.portcullis.vault.audit.AuditTrail;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.people.TooManyAttempts;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gives the master key new shares, one rekey at a time: old ones are given for it ({@link #give}),
 * then each new custodian takes theirs ({@link #take}) and says that it arrived ({@link
 * #received}). Until the last of them has, the old shares hold. The shares of a key that is new
 * ({@link #make}) are taken in the same way.
 *
 * <p>It does not need the vault to be open, and leaves the master key as it is.
 */
final class Rekeying {

  private static final Logger LOG = Logger.getLogger(Rekeying.class.getName());

  private final Optional<SealedMasterKey> key;
  private final SealedKeys store;
  private final AuditTrail audit;
  private final GivenShares given;
  private final KeyProof proof;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  private @Nullable Rekey gathers;
  private @Nullable HandingOut handsOut;

  /** The last whose shares count, so that who cancels it or sends a receipt again is told. */
  private @Nullable HandingOut completed;

  /**
   * @param key the current master key, or empty where custodians hold none
   */
  Rekeying(
      Optional<SealedMasterKey> key,
      SealedKeys store,
      AuditTrail audit,
      GivenShares given,
      KeyProof proof,
      InstantSource clock) {
    this.key = key;
    this.store = store;
    this.audit = audit;
    this.given = given;
    this.proof = proof;
    this.clock = clock;
  }

  private SealedMasterKey key() {
    return key.orElseThrow(CustodyErrors::notConfigured);
  }

  /**
   * Begins one; as many old shares as open the key must be given first.
   *
   * @param custodians who gets a new share each
   * @throws ApiException 400 if there is no key yet, another rekey is under way, or nobody would
   *     have to help anybody; 403 if somebody named, or whoever asks, enrolled too lately
   */
  synchronized Rekey.About begin(List<String> custodians, int threshold, Custody.Actor by)
      throws SQLException {
    SealedMasterKey master = key();
    SealedKey.requireThreshold(custodians.size(), threshold);
    SealedKey stored =
        store.find(master.name()).orElseThrow(() -> CustodyErrors.notInitialised(master.name()));
    Rekey.About about = announce(master, custodians, threshold, by, "custody.rekey_begun");
    gathers = new Rekey(about, new Gathering(stored, about.begun()));
    return about;
  }

  /**
   * Makes a master key where there is none yet, and its shares, which people take: nobody gets more
   * than their own. It counts once all have theirs.
   *
   * @param custodians who gets a share each
   * @throws ApiException 400 if it is there, shares are under way, or nobody would have to help
   *     anybody; 403 if somebody named, or whoever asks, enrolled too lately
   */
  synchronized Rekey.About make(List<String> custodians, int threshold, Custody.Actor by)
      throws SQLException {
    SealedMasterKey master = key();
    SealedKey.requireThreshold(custodians.size(), threshold);
    if (store.find(master.name()).isPresent()) {
      throw CustodyErrors.initialised(master.name());
    }
    Rekey.About about = announce(master, custodians, threshold, by, "custody.shares_made");
    handsOut =
        new HandingOut(
            SealedKey.create(master.name(), custodians.size(), threshold, random),
            null,
            about,
            about.begun());
    return about;
  }

  private Rekey.About announce(
      SealedMasterKey master,
      List<String> custodians,
      int threshold,
      Custody.Actor by,
      String action)
      throws SQLException {
    Optional<Rekey.About> running = underWay();
    if (running.isPresent()) {
      throw CustodyErrors.rekeyRuns(running.get());
    }
    Instant now = clock.instant();
    requireSettled(by.person(), now);
    for (String custodian : custodians) {
      requireSettled(custodian, now);
    }
    Rekey.About about =
        new Rekey.About(
            "rky_" + HandOut.newTicket(random), custodians, threshold, by.person(), now);
    audit.append(
        action,
        master.id(),
        "%s: %s for %s by %s"
            .formatted(
                about.id(),
                SealedKey.terms(custodians.size(), threshold),
                String.join(", ", custodians),
                by.person()));
    return about;
  }

  private void requireSettled(String person, Instant time) throws SQLException {
    if (store.hasEnrolledTooLately(person, time)) {
      throw CustodyErrors.enrolledLately(person);
    }
  }

  /** The rekey that old shares are given for, or whose new ones are taken. */
  synchronized Optional<Rekey.About> underWay() throws SQLException {
    tend();
    return gathers != null
        ? Optional.of(gathers.about())
        : Optional.ofNullable(handsOut).map(HandingOut::about);
  }

  /** How many old shares it still needs; 0 where none is under way. */
  synchronized int missing() {
    return gathers == null ? 0 : gathers.missing();
  }

  /** Whose new shares are not yet in a safe place. */
  synchronized Set<String> waitsFor() {
    return handsOut == null ? Set.of() : handsOut.waiting();
  }

  /**
   * Ends one where it is; the shares that count hold.
   *
   * @throws ApiException 400 if none with that id is under way, or its shares count already
   */
  synchronized void cancel(String id, Custody.Actor by) throws SQLException {
    tend();
    HandingOut done = completed;
    if (done != null && done.about().id().equals(id)) {
      throw CustodyErrors.rekeyDone(done.key());
    }
    if (underWay().filter(about -> about.id().equals(id)).isEmpty()) {
      throw CustodyErrors.noRekey();
    }
    audit.append("custody.rekey_cancelled", key().id(), id + " by " + by.person());
    end();
  }

  /**
   * Takes an old share; the last one that is needed makes the new shares, which their custodians
   * take. Until all of them have theirs the old ones hold.
   *
   * @param id the rekey that it is given for, as its giver was shown it
   * @throws ApiException 400 with why a share is not taken, or if no rekey with that id gathers
   * @throws TooManyAttempts if too many were refused
   */
  synchronized void give(String id, String line, Custody.Actor by) throws SQLException {
    tend();
    Rekey under = gathers;
    if (under == null || !under.about().id().equals(id)) {
      throw CustodyErrors.noRekey();
    }
    Gathering gathering = under.gathering();
    Share share = given.read(line, by.person(), by.address());
    try {
      if (!share.set().equals(gathering.key().set())) {
        throw given.ofOtherSet(share, by.person(), by.address());
      }
      given.requireAccepted(gathering.key(), share, by.person(), by.address());
      given.add(gathering, share, "custody.rekey_share_given", by.person() + " " + by.address());
    } finally {
      share.clear();
    }
    if (gathering.isComplete()) {
      handOut(under, by);
    }
  }

  private void handOut(Rekey under, Custody.Actor by) throws SQLException {
    byte[] master = under.gathering().master();
    try {
      if (!proof.isInUse(key(), master)) {
        ApiException refusal =
            given.ofForeignKey(
                "custody.rekey_refused",
                under.gathering(),
                under.about().id() + " " + by.person() + " " + by.address());
        end();
        throw refusal;
      }
      end();
      handsOut = under.handOut(master, random, clock.instant());
    } finally {
      Arrays.fill(master, (byte) 0);
    }
  }

  /**
   * Gives somebody the one share that is for them, once.
   *
   * @throws ApiException 400 if there is none for them, or they took it; 403 if they enrolled after
   *     the custodians were named: whoever resets another's account does not become a custodian
   */
  synchronized HandOut take(Custody.Actor by) throws SQLException {
    tend();
    HandingOut under = handsOut;
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
    String ticket = HandOut.newTicket(random);
    under.taken(by.person(), ticket);
    return new HandOut(ticket, under.key(), List.of(share));
  }

  /**
   * Somebody's new share is in a safe place; it may be said again. With the last of them the new
   * shares count, and the old ones die: an answer that was lost on its way leaves no vault that
   * nobody can open.
   *
   * @throws ApiException 400 if the ticket is not that of the share that they took
   */
  synchronized void received(String ticket, Custody.Actor by) throws SQLException {
    tend();
    HandingOut under = handsOut == null ? completed : handsOut;
    if (under == null || !under.arrived(by.person(), ticket)) {
      throw waitedForNoLonger();
    }
    complete();
    if (under.waiting().isEmpty() && under != completed) {
      throw waitedForNoLonger();
    }
  }

  private ApiException waitedForNoLonger() throws SQLException {
    return CustodyErrors.badTicket(store.find(key().name()));
  }

  /**
   * Lets new shares count that everybody has. Where that fails it is tried again until the database
   * says which shares it has: a commit whose answer was lost may have stored the new ones, and
   * custodians who were told otherwise would destroy the wrong ones.
   */
  private void complete() throws SQLException {
    HandingOut under = handsOut;
    if (under == null || !under.waiting().isEmpty()) {
      return;
    }
    String replaced = under.replaced();
    try {
      if (replaced == null) {
        store.create(under.key(), under.about().by());
      } else {
        store.replace(replaced, under.key(), under.about().by());
      }
      completed = under;
    } catch (ApiException e) {
      audit.append(
          "custody.shares_dropped",
          "sealed:" + under.key().name(),
          "%s, set %s: another one was stored meanwhile"
              .formatted(under.about().id(), under.key().set()));
      under.clear();
    }
    handsOut = null;
  }

  private void tend() throws SQLException {
    complete();
    Instant now = clock.instant();
    if ((gathers != null && gathers.gathering().isOver(now))
        || (handsOut != null && handsOut.isOver(now))) {
      end();
    }
  }

  /** Lets go of one that waited too long, and lets shares count that could not be stored before. */
  synchronized void sweep() {
    try {
      tend();
    } catch (SQLException e) {
      LOG.log(
          Level.WARNING,
          "whether new shares of the master key count could not be seen; it is tried again",
          e);
    }
  }

  /**
   * Whatever of a rekey is in memory goes; the shares that count hold. New shares that everybody
   * has acknowledged are still stored as soon as the database takes them, sealed or not: their
   * custodians may have destroyed the old ones.
   */
  synchronized void end() {
    if (gathers != null) {
      gathers.gathering().clear();
      gathers = null;
    }
    if (handsOut != null && !handsOut.waiting().isEmpty()) {
      handsOut.clear();
      handsOut = null;
    }
    completed = null;
  }
}
