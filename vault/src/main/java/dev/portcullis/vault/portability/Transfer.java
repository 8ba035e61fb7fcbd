package dev.portcullis.vault.portability;

import dev.portcullis.vault.crypto.Owner;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cards in bulk, in or out, as it stands in the database.
 *
 * @param id {@code trf_…}
 * @param owner whose cards
 * @param kind in or out
 * @param state how it stands
 * @param place which vault's folder its files are in
 * @param purpose what for, as its beginner said
 * @param begun when and by whom
 * @param confirmed when and by whom, or null
 * @param finished when it ended, or null
 * @param file what is known of an import's file
 * @param to to whom an export goes, and which cards
 * @param progress how far it is
 * @param texts what was found and reported, JSON
 */
record Transfer(
    String id,
    Owner owner,
    Kind kind,
    State state,
    String place,
    String purpose,
    Act begun,
    @Nullable Act confirmed,
    @Nullable Instant finished,
    FileFacts file,
    Target to,
    Progress progress,
    Texts texts) {

  /** In or out. */
  enum Kind {
    IMPORT,
    EXPORT;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How it stands. */
  enum State {
    /** An import's file comes, piece by piece. */
    RECEIVING,
    /** The file is read once, and nothing is imported. */
    CHECKING,
    /** It can be proposed. */
    CHECKED,
    /** The file is not taken. */
    REFUSED,
    /** It waits for a second person. */
    PROPOSED,
    RUNNING,
    DONE,
    /** It ended, and some cards could not be opened; the report names them. */
    INCOMPLETE,
    FAILED,
    /** Somebody ended it, or nobody confirmed it. */
    ABANDONED;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean hasEnded() {
      return switch (this) {
        case RECEIVING, CHECKING, CHECKED, PROPOSED, RUNNING -> false;
        case REFUSED, DONE, INCOMPLETE, FAILED, ABANDONED -> true;
      };
    }
  }

  /** When somebody did something. */
  record Act(Instant at, String by) {}

  /**
   * @param bytes how many were announced, or null
   * @param digest SHA-256 in hexadecimal, or null
   */
  record FileFacts(@Nullable Long bytes, @Nullable String digest) {
    static final FileFacts NONE = new FileFacts(null, null);
  }

  /**
   * @param ring the recipient's certificate, or null
   * @param fingerprint of that, or null
   * @param from cards that were made then or later, or null for all
   * @param before cards that were made before then, or null for all
   */
  record Target(
      byte @Nullable [] ring,
      @Nullable String fingerprint,
      @Nullable Instant from,
      @Nullable Instant before) {
    static final Target NONE = new Target(null, null, null, null);
  }

  /**
   * @param total how many rows or cards there are, or null while nobody knows
   * @param position the last line or part that is done
   * @param moved how many rows or cards are done
   * @param lastId an export's last card that is in a part, or empty
   */
  record Progress(@Nullable Long total, long position, long moved, String lastId) {}

  /**
   * @param findings what a first look found, JSON, or null
   * @param report what came of it, JSON, or null
   * @param change the proposal's id, or null
   */
  record Texts(@Nullable String findings, @Nullable String report, @Nullable String change) {}
}
