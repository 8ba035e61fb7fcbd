package dev.portcullis.vault.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * CVCs between intake and a definite answer. They are only ever in this process's memory, sealed
 * under a key of the minute they came in, and the key of a minute is forgotten 15 minutes after the
 * minute began: then nothing opens them, whatever is left of their bytes (PCI DSS 3.3.1, 3.3.2).
 *
 * <p>Bounded, and shared fairly by the accounts (each mode by itself): when it is full, whoever
 * holds the most makes room for whoever holds less, its oldest first, and whoever holds a fair
 * share makes room for itself. So a flood by one pushes out nobody else's, down to an equal share
 * for each, and stops nobody's intake. A CVC that is gone is asked for again.
 */
public final class CvcSafe {

  /** No CVC is kept longer. */
  public static final Duration LONGEST = Duration.ofMinutes(15);

  private static final int KEY_BYTES = 32;
  private static final long MINUTE = 60;

  private final InstantSource clock;
  private final SecureRandom random;
  private final int bound;

  private final Map<Long, Aead> keys = new ConcurrentHashMap<>();

  /** Each owner's in the order in which they came; no owner without any. */
  private final Map<Owner, Map<String, Sealed>> held = new HashMap<>();

  /** Who holds how many, to find who holds the most. */
  private final NavigableMap<Integer, Set<Owner>> byCount = new TreeMap<>();

  private int size;

  // Not a record that is compared: only this class reads the bytes.
  private static final class Sealed {
    final long minute;
    final byte[] bytes;

    Sealed(long minute, byte[] bytes) {
      this.minute = minute;
      this.bytes = bytes;
    }
  }

  /**
   * @param bound how many CVCs are held at most
   */
  public CvcSafe(InstantSource clock, SecureRandom random, int bound) {
    this.clock = clock;
    this.random = random;
    this.bound = bound;
  }

  /**
   * Keeps a card's CVC; the array stays the caller's, who clears it.
   *
   * @return false if it is not kept: the safe is full of owners that hold no more than one
   */
  public boolean put(Owner owner, String card, byte[] cvc) {
    long minute = minute();
    return hold(owner, card, cvc, minute, keys.computeIfAbsent(minute, m -> newKey()));
  }

  /** Whether there is room for one more of that owner's. */
  public boolean hasRoomFor(Owner owner) {
    synchronized (held) {
      return size < bound || !of(owner).isEmpty() || mayTakeOver(owner);
    }
  }

  /** Gives a CVC to another token of its card. Its time runs on from when it came in. */
  public void move(Owner owner, String from, String to) {
    Sealed found = find(owner, from);
    if (found == null) {
      return;
    }
    Aead key = keys.get(found.minute);
    Optional<byte[]> cvc = get(owner, from);
    forget(owner, from);
    if (key != null && cvc.isPresent()) {
      hold(owner, to, cvc.get(), found.minute, key);
      Arrays.fill(cvc.get(), (byte) 0);
    }
  }

  private boolean hold(Owner owner, String card, byte[] cvc, long minute, Aead key) {
    Sealed sealed;
    try {
      sealed = new Sealed(minute, key.encrypt(cvc, context(owner, card)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
    synchronized (held) {
      forget(owner, card);
      if (size >= bound) {
        if (of(owner).isEmpty() && !mayTakeOver(owner)) {
          return false;
        }
        Owner giving =
            mayTakeOver(owner) ? byCount.lastEntry().getValue().iterator().next() : owner;
        forget(giving, of(giving).keySet().iterator().next());
      }
      int before = of(owner).size();
      held.computeIfAbsent(owner, o -> new LinkedHashMap<>()).put(card, sealed);
      size++;
      recount(owner, before);
      assert size <= bound : "no more than the bound";
      return true;
    }
  }

  /**
   * Whether the owner still holds less than the largest after taking one over from it: two that
   * hold the same must not push out each other in turn.
   */
  private boolean mayTakeOver(Owner owner) {
    return of(owner).size() + 1 < byCount.lastKey();
  }

  private Map<String, Sealed> of(Owner owner) {
    return held.getOrDefault(owner, Map.of());
  }

  private void recount(Owner owner, int before) {
    if (before > 0) {
      Set<Owner> peers = byCount.getOrDefault(before, Set.of());
      peers.remove(owner);
      if (peers.isEmpty()) {
        byCount.remove(before);
      }
    }
    int now = of(owner).size();
    if (now > 0) {
      byCount.computeIfAbsent(now, n -> new LinkedHashSet<>()).add(owner);
    }
  }

  private @Nullable Sealed find(Owner owner, String card) {
    synchronized (held) {
      return of(owner).get(card);
    }
  }

  /** The card's CVC, if it is still there; the caller clears it. */
  public Optional<byte[]> get(Owner owner, String card) {
    long minute;
    byte[] sealed;
    synchronized (held) {
      Sealed found = of(owner).get(card);
      if (found == null || isOver(found.minute)) {
        return Optional.empty();
      }
      minute = found.minute;
      sealed = found.bytes.clone(); // the original may be cleared at any moment
    }
    Aead key = keys.get(minute);
    if (key == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(key.decrypt(sealed, context(owner, card)));
    } catch (GeneralSecurityException e) {
      throw new TamperedException("a CVC in memory does not open", e);
    }
  }

  /** Whether the card's CVC is still there. */
  public boolean holds(Owner owner, String card) {
    Sealed sealed = find(owner, card);
    return sealed != null && !isOver(sealed.minute);
  }

  /** Forgets a card's CVC. */
  public void forget(Owner owner, String card) {
    synchronized (held) {
      Map<String, Sealed> cards = of(owner);
      Sealed sealed = cards.isEmpty() ? null : cards.remove(card);
      if (sealed != null) {
        Arrays.fill(sealed.bytes, (byte) 0);
        size--;
        if (cards.isEmpty()) {
          held.remove(owner);
        }
        recount(owner, cards.size() + 1);
      }
    }
  }

  /** Forgets the keys and the CVCs of minutes that are over; to be called every few seconds. */
  public void sweep() {
    keys.keySet().removeIf(this::isOver);
    synchronized (held) {
      for (Owner owner : List.copyOf(held.keySet())) {
        of(owner).entrySet().stream()
            .filter(entry -> isOver(entry.getValue().minute))
            .map(Map.Entry::getKey)
            .toList()
            .forEach(card -> forget(owner, card));
      }
    }
  }

  /** Forgets everything at once. */
  public void clear() {
    keys.clear();
    synchronized (held) {
      for (Owner owner : List.copyOf(held.keySet())) {
        List.copyOf(of(owner).keySet()).forEach(card -> forget(owner, card));
      }
    }
  }

  /** How many CVCs are held. */
  public int size() {
    synchronized (held) {
      return size;
    }
  }

  private boolean isOver(long minute) {
    return clock.instant().getEpochSecond() >= minute * MINUTE + LONGEST.toSeconds();
  }

  private long minute() {
    return clock.instant().getEpochSecond() / MINUTE;
  }

  private static byte[] context(Owner owner, String card) {
    return owner.context("cvc", card);
  }

  private Aead newKey() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    try {
      return new AesGcmJce(key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no AES-256-GCM", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
