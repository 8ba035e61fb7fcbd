package dev.portcullis.vault.portability;

/**
 * Which ids a file had already, as 64 bits of each one's hash: eight to sixteen bytes an id, where
 * a set of objects takes ten times as much. Two of a million differ and are taken for each other
 * once in thirty million files.
 */
final class SeenIds {

  private static final int SMALLEST = 1 << 10;

  private long[] slots = new long[SMALLEST];
  private int count;
  private boolean zero;

  /** Takes note of one; false if it was there. */
  boolean add(long hash) {
    if (hash == 0) {
      boolean fresh = !zero;
      zero = true;
      return fresh;
    }
    if (count * 4L >= slots.length * 3L) {
      grow();
    }
    if (put(slots, hash)) {
      count++;
      return true;
    }
    return false;
  }

  private static boolean put(long[] slots, long hash) {
    int at = (int) hash & (slots.length - 1);
    while (slots[at] != 0) {
      if (slots[at] == hash) {
        return false;
      }
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = hash;
    return true;
  }

  private void grow() {
    long[] more = new long[slots.length * 2];
    for (long hash : slots) {
      if (hash != 0) {
        put(more, hash);
      }
    }
    slots = more;
  }
}
