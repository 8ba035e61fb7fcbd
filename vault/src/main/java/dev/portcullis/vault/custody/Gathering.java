package dev.portcullis.vault.custody;

import dev.portcullis.vault.crypto.TamperedException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The shares of one set that custodians have given so far. They are in memory only, and no longer
 * than a quarter of an hour after the last one.
 */
final class Gathering {

  static final Duration PATIENCE = Duration.ofMinutes(15);

  private final SealedKey key;
  private final SortedMap<Integer, byte[]> parts = new TreeMap<>();
  private Instant until;

  Gathering(SealedKey key, Instant now) {
    this.key = key;
    this.until = now.plus(PATIENCE);
  }

  SealedKey key() {
    return key;
  }

  boolean has(int index) {
    return parts.containsKey(index);
  }

  /** Takes a share that the key accepts. */
  void add(Share share, Instant now) {
    parts.put(share.index(), share.value());
    until = now.plus(PATIENCE);
  }

  boolean isComplete() {
    return parts.size() >= key.threshold();
  }

  /**
   * What the shares open; the caller clears it.
   *
   * @throws TamperedException if what is stored was changed; the shares are forgotten then
   */
  byte[] master() {
    try {
      return key.open(parts);
    } catch (GeneralSecurityException e) {
      // Each share was the right one, so what they open was changed.
      clear();
      throw new TamperedException("the stored master key does not open with its own shares", e);
    }
  }

  Set<Integer> indices() {
    return Set.copyOf(parts.keySet());
  }

  boolean isOver(Instant now) {
    return !now.isBefore(until);
  }

  void clear() {
    parts.values().forEach(part -> Arrays.fill(part, (byte) 0));
    parts.clear();
  }
}
