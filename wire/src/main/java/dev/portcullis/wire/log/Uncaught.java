package dev.portcullis.wire.log;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whatever ends a thread goes through the log like everything else. Left to the JDK it stands on
 * standard error as it is, with all that its messages say.
 */
public final class Uncaught {

  private static final Logger LOG = Logger.getLogger(Uncaught.class.getName());

  private Uncaught() {}

  /** From now on, for all threads that have no handler of their own. */
  public static void install() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) ->
            LOG.log(Level.SEVERE, "the thread " + thread.getName() + " has ended", thrown));
  }
}
