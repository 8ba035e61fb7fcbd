package dev.portcullis.vault.crypto;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bounded cache that loads each value once, however many ask for it at the same time, and keeps
 * it no longer than it may. A failure is not kept.
 */
final class SingleFlightCache<K, V> {

  /** Loads a value. */
  interface Loader<V> {
    V load() throws Exception;
  }

  private record Kept<V>(CompletableFuture<V> value, Instant until) {}

  private final Map<K, Kept<V>> values;
  private final InstantSource clock;
  private final @Nullable Duration life;

  /**
   * @param bound how many values are kept at most
   * @param life how long a value is kept after it was asked for first; null for ever
   */
  SingleFlightCache(int bound, InstantSource clock, @Nullable Duration life) {
    this.clock = clock;
    this.life = life;
    values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Kept<V>> eldest) {
            return super.size() > bound;
          }
        };
  }

  /**
   * The value, loaded if it is not there.
   *
   * @throws CompletionException if loading failed; the cause says why. An {@link Error} comes as it
   *     is to the thread that loaded
   */
  V get(K key, Loader<V> loader) {
    Kept<V> mine = entry(new CompletableFuture<>());
    Kept<V> there;
    synchronized (values) {
      there = values.get(key);
      if (there == null || isOver(there)) {
        values.put(key, mine);
        there = null;
      }
    }
    if (there != null) {
      return there.value().join();
    }
    try {
      mine.value().complete(loader.load());
    } catch (Exception e) {
      fail(key, mine, e);
    } catch (Error e) {
      // Whoever waits for this load must hear of its end, and the next call tries anew.
      fail(key, mine, e);
      throw e;
    }
    return mine.value().join();
  }

  private void fail(K key, Kept<V> mine, Throwable why) {
    synchronized (values) {
      values.remove(key, mine);
    }
    mine.value().completeExceptionally(why);
  }

  void put(K key, V value) {
    synchronized (values) {
      values.put(key, entry(CompletableFuture.completedFuture(value)));
    }
  }

  /** Lets go of such values as are loaded. */
  void remove(Predicate<V> such) {
    synchronized (values) {
      values
          .values()
          .removeIf(
              kept ->
                  kept.value().state() == Future.State.SUCCESS
                      && such.test(kept.value().resultNow()));
    }
  }

  /** Lets go of what is kept for too long; nobody may ask for it again. */
  void sweep() {
    synchronized (values) {
      values.values().removeIf(this::isOver);
    }
  }

  int size() {
    synchronized (values) {
      return values.size();
    }
  }

  private Kept<V> entry(CompletableFuture<V> value) {
    return new Kept<>(value, life == null ? Instant.MAX : clock.instant().plus(life));
  }

  private boolean isOver(Kept<V> entry) {
    return !clock.instant().isBefore(entry.until());
  }
}
