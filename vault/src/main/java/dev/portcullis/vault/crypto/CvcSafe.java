package dev.portcullis.vault.crypto;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * CVCs between intake and a definite answer. They are only ever in this process's memory, sealed
 * under a key of the minute they came in, and the key of a minute is forgotten 15 minutes after the
 * minute began: then nothing opens them, whatever is left of their bytes (PCI DSS 3.3.1, 3.3.2).
 *
 * <p>Bounded: when full, the oldest goes first. A CVC that is gone is asked for again.
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
  private final Map<Row, Sealed> held = new LinkedHashMap<>();

  private record Row(Owner owner, String id) {}

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

  /** Keeps a card's CVC; the array stays the caller's, who clears it. */
  public void put(Owner owner, String card, byte[] cvc) {
    long minute = minute();
    hold(owner, card, cvc, minute, keys.computeIfAbsent(minute, m -> newKey()));
  }

  /** Gives a CVC to another token of its card. Its time runs on from when it came in. */
  public void move(Owner owner, String from, String to) {
    long minute;
    synchronized (held) {
      Sealed found = held.get(new Row(owner, from));
      if (found == null) {
        return;
      }
      minute = found.minute;
    }
    Aead key = keys.get(minute);
    Optional<byte[]> cvc = get(owner, from);
    if (key != null && cvc.isPresent()) {
      hold(owner, to, cvc.get(), minute, key);
      Arrays.fill(cvc.get(), (byte) 0);
    }
    forget(owner, from);
  }

  private void hold(Owner owner, String card, byte[] cvc, long minute, Aead key) {
    byte[] sealed;
    try {
      sealed = key.encrypt(cvc, context(owner, card));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing failed", e);
    }
    synchronized (held) {
      held.put(new Row(owner, card), new Sealed(minute, sealed));
      while (held.size() > bound) {
        Iterator<Sealed> eldest = held.values().iterator();
        eldest.next();
        eldest.remove();
      }
    }
  }

  /** The card's CVC, if it is still there; the caller clears it. */
  public Optional<byte[]> get(Owner owner, String card) {
    long minute;
    byte[] sealed;
    synchronized (held) {
      Sealed found = held.get(new Row(owner, card));
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
    synchronized (held) {
      Sealed sealed = held.get(new Row(owner, card));
      return sealed != null && !isOver(sealed.minute);
    }
  }

  /** Forgets a card's CVC. */
  public void forget(Owner owner, String card) {
    synchronized (held) {
      Sealed sealed = held.remove(new Row(owner, card));
      if (sealed != null) {
        Arrays.fill(sealed.bytes, (byte) 0);
      }
    }
  }

  /** Forgets the keys and the CVCs of minutes that are over; to be called every few seconds. */
  public void sweep() {
    keys.keySet().removeIf(this::isOver);
    synchronized (held) {
      held.values()
          .removeIf(
              old -> {
                boolean over = isOver(old.minute);
                if (over) {
                  Arrays.fill(old.bytes, (byte) 0);
                }
                return over;
              });
    }
  }

  /** How many CVCs are held. */
  public int size() {
    synchronized (held) {
      return held.size();
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
