package dev.portcullis.simulator;

import java.util.Locale;

/** What can go wrong with a request, before or after the books were changed. */
enum Fault {
  /** The request waits, then the connection is cut; nothing happened. */
  TIMEOUT_BEFORE,
  /** It happened; the answer does not come in time, then the connection is cut. */
  TIMEOUT_AFTER,
  /** A 500; nothing happened. */
  ERROR_BEFORE,
  /** A 500 although it happened. */
  ERROR_AFTER,
  /** The connection is cut at once; nothing happened. */
  CUT_BEFORE,
  /** It happened; the connection is cut without an answer. */
  CUT_AFTER,
  /** The request is worked on twice, as if the network had sent it twice. */
  DUPLICATE,
  /** It happened; the answer is not what the protocol says. */
  GARBAGE;

  /** The name in the control API. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
