package dev.portcullis.wire.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Looks after a listener's certificate while it serves: new files are taken over without a
 * connection being lost, files that cannot be used are told of and left alone, and the end of the
 * certificate's life is announced.
 */
public final class CertificateWatch implements Runnable {

  /** How often a zone lets it look. */
  public static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Logger LOG = Logger.getLogger(CertificateWatch.class.getName());
  private static final List<Integer> WARN_AT_DAYS = List.of(30, 14, 7, 0);

  /** Two files as they were, so that a change is seen. */
  private record Stamp(FileTime chain, FileTime key, long chainBytes, long keyBytes) {}

  private final String listener;
  private final Path chain;
  private final Path key;
  private final InstantSource clock;
  private final Consumer<PemIdentity> use;
  private volatile PemIdentity current;
  private volatile boolean broken;
  private Stamp taken;
  private Stamp seen;
  private int warnedAt = Integer.MAX_VALUE;

  /**
   * Reads the files for the first time.
   *
   * @param listener its name, for the log
   * @param use takes each identity but the first; what it throws keeps the one before
   * @throws TlsFileException if the files cannot be used
   */
  public CertificateWatch(
      String listener, Path chain, Path key, InstantSource clock, Consumer<PemIdentity> use) {
    this.listener = listener;
    this.chain = chain;
    this.key = key;
    this.clock = clock;
    this.use = use;
    this.taken = stamp();
    this.seen = taken;
    this.current = read();
  }

  /** What is shown to clients. */
  public PemIdentity current() {
    return current;
  }

  /** Whether the files on the disk cannot be used, and an earlier certificate is still shown. */
  public boolean isBroken() {
    return broken;
  }

  /** Whole days until the certificate ends; negative when it has. */
  public int daysLeft() {
    Instant end = current.chain().getFirst().getNotAfter().toInstant();
    return (int) Math.floorDiv(Duration.between(clock.instant(), end).toSeconds(), 86_400);
  }

  /** One look. */
  @Override
  public synchronized void run() {
    try {
      look();
    } catch (RuntimeException e) {
      // A task that throws is never run again.
      LOG.log(Level.WARNING, "the certificate of the " + listener + " cannot be looked at", e);
    }
    warn();
  }

  /** Two files cannot be replaced at once: what changed is read when it has come to rest. */
  private void look() {
    Stamp now = stamp();
    boolean rests = now.equals(seen);
    seen = now;
    if (!rests || now.equals(taken)) {
      return;
    }
    taken = now;
    try {
      PemIdentity fresh = read();
      use.accept(fresh);
      current = fresh;
      broken = false;
      warnedAt = Integer.MAX_VALUE;
      LOG.info(() -> "the " + listener + " has a new certificate, with " + daysLeft() + " days");
    } catch (RuntimeException e) {
      broken = true;
      LOG.log(
          Level.SEVERE,
          e,
          () -> "the new certificate of the " + listener + " cannot be used; the old one stays");
    }
  }

  private PemIdentity read() {
    PemIdentity identity = PemIdentity.load(chain, key);
    if (!identity.matches()) {
      throw new TlsFileException(key + " is not the key of the certificate in " + chain, null);
    }
    return identity;
  }

  private Stamp stamp() {
    try {
      return new Stamp(
          Files.getLastModifiedTime(chain),
          Files.getLastModifiedTime(key),
          Files.size(chain),
          Files.size(key));
    } catch (IOException e) {
      return new Stamp(FileTime.fromMillis(0), FileTime.fromMillis(0), -1, -1);
    }
  }

  /** Once at each threshold, not at each look. */
  private void warn() {
    int days = daysLeft();
    int threshold =
        WARN_AT_DAYS.stream()
            .filter(at -> days < at)
            .mapToInt(at -> at)
            .min()
            .orElse(Integer.MAX_VALUE);
    if (threshold < warnedAt) {
      warnedAt = threshold;
      LOG.warning(
          () ->
              days < 0
                  ? "the certificate of the " + listener + " has expired: renew it now"
                  : "the certificate of the " + listener + " ends in " + days + " days: renew it");
    }
  }
}
