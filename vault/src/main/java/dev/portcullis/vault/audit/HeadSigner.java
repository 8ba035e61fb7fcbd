package dev.portcullis.vault.audit;

import dev.portcullis.vault.audit.HeadKeys.Ours;
import dev.portcullis.vault.audit.TrailPage.StoredHead;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailEntry;
import dev.portcullis.wire.audit.TrailFault;
import dev.portcullis.wire.audit.TrailFault.Unsigned;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Signs from time to time what the audit trail is, and says it in the log, from where somebody
 * carries it away. It signs only what follows from what was signed before: a trail that was changed
 * since gets no new head, and the log and a metric say so until it is put right. What it saw last
 * it keeps out of the database's reach, so that heads that are gone are noticed after a start too.
 */
public final class HeadSigner implements Runnable {

  private static final Logger LOG = Logger.getLogger(HeadSigner.class.getName());

  /** So many intervals an entry may wait for a head, and {@link #GRACE}. */
  private static final int PATIENCE = 3;

  private static final Duration GRACE = Duration.ofMinutes(1);

  /** A database that changes over takes some rounds. */
  private static final int MOST_FAILED = 6;

  private final Sql sql;
  private final HeadKeys keys;
  private final Pace pace;
  private final KeptHead kept;
  private final InstantSource clock;

  private volatile @Nullable TrailFault fault;

  /** The oldest entry that no head vouches for, or null. */
  private volatile @Nullable Unsigned waiting;

  /** Since when every round has failed, once too many have; or null. */
  private volatile @Nullable Unsigned failing;

  private int failed;

  /**
   * How often heads are signed.
   *
   * @param interval at most so long after an entry, and no more often
   * @param entries at least once in so many, 1 to {@value TrailPage#MOST}
   */
  public record Pace(Duration interval, int entries) {}

  /**
   * Signs with those keys.
   *
   * @param folder where the newest head is kept, or null for in memory alone
   */
  public HeadSigner(
      DataSource database, HeadKeys keys, Pace pace, @Nullable Path folder, InstantSource clock) {
    this.sql = new Sql(database);
    this.keys = keys;
    this.pace = pace;
    this.kept = new KeptHead(folder);
    this.clock = clock;
  }

  /**
   * What is wrong with the trail, as far as the last round saw. Entries that wait far too long for
   * a head are a fault too, whatever the reason: meanwhile nothing vouches for them.
   */
  public Optional<TrailFault> fault() {
    return Optional.ofNullable(fault)
        .or(() -> Optional.ofNullable(waiting).filter(this::isOverdue))
        .or(() -> Optional.ofNullable(failing));
  }

  private boolean isOverdue(Unsigned entries) {
    return clock
        .instant()
        .isAfter(entries.since().plus(pace.interval().multipliedBy(PATIENCE)).plus(GRACE));
  }

  /** The same by a round of now, which signs what is due. */
  Optional<TrailFault> look() {
    run();
    return fault();
  }

  /** How long the oldest entry that no head vouches for has been waiting, in seconds. */
  public int unsignedSeconds() {
    Unsigned entries = waiting;
    return entries == null
        ? 0
        : Math.clamp(
            Duration.between(entries.since(), clock.instant()).toSeconds(), 0, Integer.MAX_VALUE);
  }

  /** Signs what is due; to be called every few seconds. */
  @Override
  public void run() {
    round(pace.interval());
  }

  /** Signs what is left, since nobody will be there to do it. */
  public void finish() {
    round(Duration.ZERO);
  }

  private synchronized void round(Duration interval) {
    try {
      Step step = step(null, interval);
      while (step == Step.DUE && !Thread.currentThread().isInterrupted()) {
        step = step(keys.current(), interval);
      }
      succeeded();
    } catch (KeyUnavailableException e) {
      succeeded();
      LOG.log(Level.FINE, "no head is signed while the vault is sealed", e);
    } catch (SQLException | RuntimeException e) {
      // Caught here because a task that throws is never run again.
      countFailure(e);
    }
  }

  private void succeeded() {
    failed = 0;
    failing = null;
  }

  private void countFailure(Exception e) {
    failed++;
    if (failed == MOST_FAILED) {
      Unsigned entries = waiting;
      failing = new Unsigned(entries == null ? 1 : entries.entry(), clock.instant());
    }
    LOG.log(
        failed < MOST_FAILED ? Level.WARNING : Level.SEVERE,
        e,
        () ->
            "the audit trail's head could not be signed (%d times in a row); tried again"
                .formatted(failed));
  }

  private enum Step {
    NOTHING_DUE,
    DUE
  }

  /**
   * What a step found.
   *
   * @param newest the newest head of a trail that is whole, or null
   */
  private record Stepped(Step step, @Nullable SignedHead newest) {}

  /**
   * Who signed the newest head.
   *
   * @param key null where no known key did
   */
  private record Author(@Nullable HeadKey key, Ours whose) {
    static final Author NOBODY = new Author(null, Ours.NO);
  }

  /**
   * Seen before the trail is locked: a key's place may be slow to answer. Of the head that is kept
   * nobody asks, so that a vault that is sealed opens nothing.
   */
  private Author author() throws SQLException {
    Optional<SignedHead> last =
        sql.within(connection -> TrailPage.lastHead(connection, Long.MAX_VALUE).orElse(null))
            .flatMap(StoredHead::read);
    Optional<HeadKey> key =
        last.equals(kept.last())
            ? Optional.empty()
            : last.flatMap(head -> signer(head, keys.all()));
    return key.isEmpty() ? Author.NOBODY : new Author(key.get(), keys.whose(key.get()));
  }

  private static Optional<HeadKey> signer(SignedHead head, List<HeadKey> known) {
    return known.stream().filter(head::isSignedBy).findFirst();
  }

  private Step step(HeadKeys.@Nullable Signing signing, Duration interval) throws SQLException {
    Author author = author();
    Stepped stepped =
        sql.within(connection -> step(connection, author, signing, interval)).orElseThrow();
    // Only now it is committed: a head that is kept and was never stored would look like a theft.
    if (stepped.newest() != null) {
      kept.keep(stepped.newest());
    }
    return stepped.step();
  }

  /**
   * Looks at what came after the last head, and signs it if it is due.
   *
   * @param signing null to see only whether something is due
   */
  private Stepped step(
      Connection connection, Author author, HeadKeys.@Nullable Signing signing, Duration interval)
      throws SQLException {
    AuditTrail.lock(connection);
    Optional<StoredHead> stored = TrailPage.lastHead(connection, Long.MAX_VALUE);
    List<HeadKey> known = keys.all();
    Optional<SignedHead> last =
        stored.flatMap(StoredHead::read).filter(head -> signer(head, known).isPresent());
    Ours whose = whose(last, known, author);
    Optional<TrailFault> before =
        faultBefore(connection, stored, last.filter(_ -> whose != Ours.NO));
    if (before.isPresent()) {
      return noted(before.get());
    }
    long from = last.map(SignedHead::size).orElse(0L);
    TrailPage page = TrailPage.read(connection, from, pace.entries());
    TrailCheck check =
        page.check(
            known,
            from,
            last.map(head -> HexFormat.of().parseHex(head.root())).orElseGet(ChainHash::start));
    if (check.fault().isPresent()) {
      return noted(check.fault().get());
    }
    fault = null;
    waiting = waiting(connection, whose, page);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    boolean full = check.entries() - from >= pace.entries();
    boolean due = last.isEmpty() || isDue(last.get().at(), now, interval);
    // What may be forged is neither kept nor built upon.
    SignedHead sound = whose == Ours.YES ? last.orElse(null) : null;
    if (check.entries() == from || !(full || due)) {
      return new Stepped(Step.NOTHING_DUE, sound);
    }
    if (signing == null) {
      return new Stepped(Step.DUE, sound);
    }
    if (whose == Ours.UNKNOWN || whose == Ours.SEALED) {
      return new Stepped(Step.NOTHING_DUE, null);
    }
    SignedHead signed = sign(connection, signing, check, last, now);
    waiting = null;
    return new Stepped(full ? Step.DUE : Step.NOTHING_DUE, signed);
  }

  /**
   * The oldest entry that no head vouches for, or null. A head of which nobody knows yet whose it
   * is vouches for none: whoever owns the database could write one after another of them.
   */
  private @Nullable Unsigned waiting(Connection connection, Ours whose, TrailPage page)
      throws SQLException {
    TrailPage open =
        whose == Ours.UNKNOWN
            ? TrailPage.read(connection, kept.last().map(SignedHead::size).orElse(0L), 1)
            : page;
    return open.entries().stream().findFirst().map(HeadSigner::unsigned).orElse(null);
  }

  /** The head that is kept was found to be ours before, also when its key is lost by now. */
  private Ours whose(Optional<SignedHead> last, List<HeadKey> known, Author author) {
    if (last.isEmpty() || last.equals(kept.last())) {
      return Ours.YES;
    }
    // Another vault may have signed since it was looked at: the next round sees whose that is.
    return signer(last.get(), known).equals(Optional.ofNullable(author.key()))
        ? author.whose()
        : Ours.UNKNOWN;
  }

  private static Unsigned unsigned(TrailEntry oldest) {
    return new Unsigned(oldest.seq(), oldest.at());
  }

  /** A head from the future was signed by a clock that was wrong; nothing waits for that time. */
  private static boolean isDue(Instant last, Instant now, Duration interval) {
    return now.isBefore(last) || !now.isBefore(last.plus(interval));
  }

  private SignedHead sign(
      Connection connection,
      HeadKeys.Signing signing,
      TrailCheck check,
      Optional<SignedHead> last,
      Instant now)
      throws SQLException {
    SignedHead head =
        SignedHead.sign(
            check.entries(),
            now,
            check.root(),
            last.map(SignedHead::hash).orElse(SignedHead.NONE_BEFORE),
            signing.key(),
            signing.secret());
    Sql.update(
        connection, "insert into audit_head (size, head) values (?, ?)", head.size(), head.text());
    LOG.info(() -> "audit trail: " + head.size() + " entries, head " + head.text());
    return head;
  }

  /**
   * What is wrong up to the last head, as far as it shows without reading the whole trail.
   *
   * @param last the newest head, if one of ours
   */
  private Optional<TrailFault> faultBefore(
      Connection connection, Optional<StoredHead> stored, Optional<SignedHead> last)
      throws SQLException {
    Optional<SignedHead> mine = kept.last();
    if (mine.isPresent()) {
      // Its row may stand where the entries that it vouches for are others by now.
      Optional<TrailFault> before =
          TrailPage.has(connection, mine.get())
              ? faultUpTo(connection, mine.get())
              : Optional.of(new TrailFault.HeadGone(1, mine.get().size()));
      if (before.isPresent()) {
        return before;
      }
    }
    if (stored.isPresent() && last.isEmpty()) {
      return Optional.of(new TrailFault.HeadForged(1, stored.get().size()));
    }
    return last.isEmpty() ? Optional.empty() : faultUpTo(connection, last.get());
  }

  private static Optional<TrailFault> faultUpTo(Connection connection, SignedHead head)
      throws SQLException {
    List<String> root =
        Sql.query(
            connection,
            "select encode(hash, 'hex') from audit_entry where seq = ?",
            row -> String.valueOf(row.getString(1)),
            head.size());
    if (root.equals(List.of(head.root()))) {
      return Optional.empty();
    }
    if (!root.isEmpty()) {
      return Optional.of(new TrailFault.Rewritten(1, head.size(), head.at()));
    }
    long end =
        Sql.query(
                connection,
                "select coalesce(max(seq), 0) from audit_entry where seq < ?",
                row -> row.getLong(1),
                head.size())
            .getFirst();
    return Optional.of(new TrailFault.Cut(end + 1, head.size(), head.at()));
  }

  private Stepped noted(TrailFault found) {
    TrailFault before = fault;
    fault = found;
    if (!found.equals(before)) {
      LOG.severe(() -> "THE AUDIT TRAIL WAS CHANGED, and gets no new head: " + found.text());
    }
    return new Stepped(Step.NOTHING_DUE, null);
  }
}
