package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.time.Duration;

/** A long-running program that a {@link Keeper} keeps alive. */
public interface Program {
  Zone zone();

  /** Starts it, after whatever an earlier run left behind is out of the way. */
  Process start() throws IOException;

  /** True when it can do its work. */
  boolean isReady(Process process);

  /** How long it may take to get ready; after that it is ended and started anew. */
  default Duration readyLimit() {
    return Duration.ofSeconds(60);
  }

  /** The signal that asks it to finish what it has begun and to end. */
  String stopSignal();

  /** How long it may take to end by itself. */
  Duration stopGrace();

  /** The last words of its log, for a person; empty when there are none. */
  String lastWords();
}
