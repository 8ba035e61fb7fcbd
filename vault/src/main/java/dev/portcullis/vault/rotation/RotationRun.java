package dev.portcullis.vault.rotation;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A rotation.
 *
 * @param id its id
 * @param kind of which keys
 * @param account whose, or null for everybody's
 * @param state how it stands
 * @param startedBy who began it
 * @param started when
 * @param finished when it ended, or null
 * @param total how many there were to move
 * @param moved how many it has moved
 * @param statement what the tables held at its end, JSON, or null
 */
record RotationRun(
    String id,
    Kind kind,
    @Nullable String account,
    State state,
    String startedBy,
    Instant started,
    @Nullable Instant finished,
    long total,
    long moved,
    @Nullable String statement) {

  /** Which keys. */
  enum Kind {
    /** The master key: every data key is wrapped anew. */
    MASTER,
    /** Data keys: everything that they sealed is sealed anew, and they are destroyed. */
    DATA,
    /**
     * The key of cards' fingerprints: each card is known by the newest one, the older destroyed.
     */
    FINGERPRINT;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a rotation stands. */
  enum State {
    RUNNING,
    DONE,
    /** Something could not be opened and is left under its old key; the log names it. */
    INCOMPLETE
  }
}
