package dev.portcullis.wire.audit;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * An entry of an audit trail as it is stored.
 *
 * @param seq its number; the first one has 1
 * @param at when, to the millisecond
 * @param texts everything else that it says, in the zone's order
 * @param previous the hash of the entry before it, as it stands in this one
 * @param hash its own, as it stands there
 */
public record TrailEntry(long seq, Instant at, List<String> texts, byte[] previous, byte[] hash) {

  /** An entry that is to be stored: its hash is computed. */
  public static TrailEntry following(byte[] previous, long seq, Instant at, List<String> texts) {
    return new TrailEntry(seq, at, texts, previous, hash(seq, at, texts, previous));
  }

  /** Whether its hash is that of what it says. */
  boolean isIntact() {
    return MessageDigest.isEqual(hash, hash(seq, at, texts, previous));
  }

  /** Whether it says that it comes after that hash. */
  boolean follows(byte[] root) {
    return MessageDigest.isEqual(previous, root);
  }

  private static byte[] hash(long seq, Instant at, List<String> texts, byte[] previous) {
    return ChainHash.of(
        previous,
        Stream.concat(Stream.of(Long.toString(seq), at.toString()), texts.stream())
            .toArray(String[]::new));
  }
}
