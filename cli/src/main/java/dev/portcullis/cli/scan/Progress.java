package dev.portcullis.cli.scan;

import java.io.PrintWriter;

/** Says now and then how far a search has come, where somebody looks. */
public final class Progress {

  private static final long EVERY_NANOS = 1_000_000_000L;
  private static final int LOOK_EVERY = 64;

  private final PrintWriter err;
  private final boolean shown;
  private final String what;
  private long count;
  private long total;
  private long said = System.nanoTime();

  /**
   * @param what is counted
   * @param shown whether anything is said
   */
  public Progress(PrintWriter err, String what, boolean shown) {
    this.err = err;
    this.what = what;
    this.shown = shown;
  }

  /** Whether it is worth counting beforehand. */
  boolean isShown() {
    return shown;
  }

  /** How many there will be. */
  void expect(long all) {
    total = all;
  }

  /** One more was looked at. */
  void one() {
    count++;
    if (shown && count % LOOK_EVERY == 0 && System.nanoTime() - said > EVERY_NANOS) {
      said = System.nanoTime();
      err.println("  " + count + (total > 0 ? " of " + total : "") + " " + what);
      err.flush();
    }
  }

  /** How many were looked at. */
  public long count() {
    return count;
  }
}
