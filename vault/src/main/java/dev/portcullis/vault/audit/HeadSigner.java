package dev.portcullis.vault.audit;

import dev.portcullis.vault.audit.TrailPage.StoredHead;
import dev.portcullis.vault.crypto.KeyUnavailableException;
import dev.portcullis.vault.store.Sql;
import dev.portcullis.wire.audit.ChainHash;
import dev.portcullis.wire.audit.HeadKey;
import dev.portcullis.wire.audit.SignedHead;
import dev.portcullis.wire.audit.TrailCheck;
import dev.portcullis.wire.audit.TrailFault;
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
 * since gets no new head, and the log and a metric say so until it is put right.
 */
public final class HeadSigner implements Runnable {

  private static final Logger LOG = Logger.getLogger(HeadSigner.class.getName());

  private final Sql sql;
  private final HeadKeys keys;
  private final Pace pace;
  private final InstantSource clock;

  /** What this vault saw last: whoever takes heads away takes them from the table alone. */
  private volatile @Nullable SignedHead seen;

  private volatile @Nullable TrailFault fault;

  /**
   * How often heads are signed.
   *
   * @param interval at most so long after an entry, and no more often
   * @param entries at least once in so many, 1 to {@value TrailPage#MOST}
   */
  public record Pace(Duration interval, int entries) {}

  /** Signs with those keys. */
  public HeadSigner(DataSource database, HeadKeys keys, Pace pace, InstantSource clock) {
    this.sql = new Sql(database);
    this.keys = keys;
    this.pace = pace;
    this.clock = clock;
  }

  /** What is wrong with the trail, as far as the last round saw. */
  public Optional<TrailFault> fault() {
    return Optional.ofNullable(fault);
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
    } catch (KeyUnavailableException e) {
      LOG.log(Level.FINE, "no head is signed while the vault is sealed", e);
    } catch (SQLException | RuntimeException e) {
      // Caught here because a task that throws is never run again.
      LOG.log(Level.WARNING, "the audit trail's head could not be signed; tried again", e);
    }
  }

  private enum Step {
    NOTHING_DUE,
    DUE
  }

  private Step step(HeadKeys.@Nullable Signing signing, Duration interval) {
    return sql.within(connection -> step(connection, signing, interval)).orElse(Step.NOTHING_DUE);
  }

  /**
   * Looks at what came after the last head, and signs it if it is due.
   *
   * @param signing null to see only whether something is due
   */
  private Step step(Connection connection, HeadKeys.@Nullable Signing signing, Duration interval)
      throws SQLException {
    AuditTrail.lock(connection);
    Optional<StoredHead> stored = TrailPage.lastHead(connection, Long.MAX_VALUE);
    List<HeadKey> known = keys.all();
    Optional<SignedHead> last =
        stored.flatMap(StoredHead::read).filter(head -> known.stream().anyMatch(head::isSignedBy));
    Optional<TrailFault> before = faultBefore(connection, stored, last);
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
    seen = last.orElse(null);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    boolean full = check.entries() - from >= pace.entries();
    boolean due = last.isEmpty() || isDue(last.get().at(), now, interval);
    if (check.entries() == from || !(full || due)) {
      return Step.NOTHING_DUE;
    }
    if (signing == null) {
      return Step.DUE;
    }
    sign(connection, signing, check, last, now);
    return full ? Step.DUE : Step.NOTHING_DUE;
  }

  /** A head from the future was signed by a clock that was wrong; nothing waits for that time. */
  private static boolean isDue(Instant last, Instant now, Duration interval) {
    return now.isBefore(last) || !now.isBefore(last.plus(interval));
  }

  private void sign(
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
  }

  /** What is wrong up to the last head, as far as it shows without reading the whole trail. */
  private Optional<TrailFault> faultBefore(
      Connection connection, Optional<StoredHead> stored, Optional<SignedHead> last)
      throws SQLException {
    SignedHead mine = seen;
    if (stored.isPresent() && last.isEmpty()) {
      return Optional.of(new TrailFault.HeadForged(1, stored.get().size()));
    }
    if (mine != null && (last.isEmpty() || last.get().size() < mine.size())) {
      return Optional.of(new TrailFault.HeadGone(1, mine.size()));
    }
    if (last.isEmpty()) {
      return Optional.empty();
    }
    SignedHead head = last.get();
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

  private Step noted(TrailFault found) {
    TrailFault before = fault;
    fault = found;
    if (!found.equals(before)) {
      LOG.severe(() -> "THE AUDIT TRAIL WAS CHANGED, and gets no new head: " + found.text());
    }
    return Step.NOTHING_DUE;
  }
}
