package dev.portcullis.vault.crypto;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A bounded cache that loads each value once, however many ask for it at the same time. A failure
 * is not kept.
 */
final class SingleFlightCache<K, V> {

  /** Loads a value. */
  interface Loader<V> {
    V load() throws Exception;
  }

  private final Map<K, CompletableFuture<V>> values;

  SingleFlightCache(int bound) {
    values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, CompletableFuture<V>> eldest) {
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
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> value;
    synchronized (values) {
      value = values.putIfAbsent(key, mine);
    }
    if (value != null) {
      return value.join();
    }
    try {
      mine.complete(loader.load());
    } catch (Exception e) {
      fail(key, mine, e);
    } catch (Error e) {
      // Whoever waits for this load must hear of its end, and the next call tries anew.
      fail(key, mine, e);
      throw e;
    }
    return mine.join();
  }

  private void fail(K key, CompletableFuture<V> mine, Throwable why) {
    synchronized (values) {
      values.remove(key, mine);
    }
    mine.completeExceptionally(why);
  }

  void put(K key, V value) {
    synchronized (values) {
      values.put(key, CompletableFuture.completedFuture(value));
    }
  }

  int size() {
    synchronized (values) {
      return values.size();
    }
  }
}
