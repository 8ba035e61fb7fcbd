package dev.portcullis.gateway.work;

import com.github.benmanes.caffeine.cache.Caffeine;

/** What is remembered for a while. */
public final class Caches {

  private Caches() {}

  /**
   * A cache that the thread which writes to it keeps tidy. By itself the library wakes another
   * thread after each write, and to wake one costs more than the little that there is to do: a
   * payment writes to four.
   */
  public static Caffeine<Object, Object> bounded() {
    return Caffeine.newBuilder().executor(Runnable::run);
  }
}
