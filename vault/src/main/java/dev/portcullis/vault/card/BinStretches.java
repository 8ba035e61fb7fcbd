package dev.portcullis.vault.card;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.function.BiFunction;

/**
 * Cuts ranges that overlap into stretches that do not, in each of which the narrowest range counts.
 * One pass over all beginnings and ends, ascending; what is open is in a heap by its width.
 */
final class BinStretches {

  /** A range's number in its table is below 2^20, a width of twelve digits below 2^40. */
  private static final int INDEX_BITS = 20;

  private static final int INDEX = (1 << INDEX_BITS) - 1;

  private final long[] first;
  private final long[] last;
  private final int[] facts;
  private final BiFunction<Integer, Integer, ? extends RuntimeException> tie;

  /** Open ranges, by width and then number; some may have ended. */
  private final PriorityQueue<Long> open = new PriorityQueue<>();

  private long[] starts = new long[16];
  private int[] known = new int[16];
  private int count;

  private BinStretches(
      long[] first,
      long[] last,
      int[] facts,
      BiFunction<Integer, Integer, ? extends RuntimeException> tie) {
    this.first = first;
    this.last = last;
    this.facts = facts;
    this.tie = tie;
  }

  /**
   * The table of these ranges.
   *
   * @param tie makes the refusal of two ranges of one width of which none is the narrower
   */
  static BinTable cut(
      long[] first,
      long[] last,
      int[] facts,
      BiFunction<Integer, Integer, ? extends RuntimeException> tie) {
    return new BinStretches(first, last, facts, tie).cut();
  }

  private BinTable cut() {
    for (long begin : byFirst()) {
      int range = (int) (begin & INDEX);
      closeBefore(first[range]);
      open.add((last[range] - first[range]) << INDEX_BITS | range);
      begin(first[range]);
    }
    closeBefore(Long.MAX_VALUE);
    return new BinTable(Arrays.copyOf(starts, count), Arrays.copyOf(known, count));
  }

  private long[] byFirst() {
    long[] order = new long[first.length];
    for (int range = 0; range < first.length; range++) {
      order[range] = first[range] << INDEX_BITS | range;
    }
    Arrays.sort(order);
    return order;
  }

  /** Lets the ranges end that end before that number, each giving way to what lies around it. */
  private void closeBefore(long number) {
    while (!open.isEmpty()) {
      long end = last[narrowest()];
      if (end >= number) {
        return;
      }
      open.poll();
      dropEndedBy(end);
      begin(end + 1);
    }
  }

  private void dropEndedBy(long end) {
    while (!open.isEmpty() && last[narrowest()] <= end) {
      open.poll();
    }
  }

  private int narrowest() {
    return (int) (open.element() & INDEX);
  }

  /** From that number on the narrowest open range counts, or none. */
  private void begin(long start) {
    int now = open.isEmpty() ? BinFacts.NOTHING : facts[narrowest()];
    requireOne(start);
    if (count > 0 && starts[count - 1] == start) {
      known[count - 1] = now;
      return;
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      known = Arrays.copyOf(known, count * 2);
    }
    starts[count] = start;
    known[count] = now;
    count++;
  }

  /** Two open ranges of one width, neither of which has ended: nobody can say which is meant. */
  private void requireOne(long start) {
    if (open.size() < 2) {
      return;
    }
    long narrowest = open.poll();
    dropEndedBy(start - 1);
    long next = open.isEmpty() ? -1 : open.element();
    if (next >>> INDEX_BITS == narrowest >>> INDEX_BITS) {
      throw tie.apply((int) (narrowest & INDEX), (int) (next & INDEX));
    }
    open.add(narrowest);
  }
}
