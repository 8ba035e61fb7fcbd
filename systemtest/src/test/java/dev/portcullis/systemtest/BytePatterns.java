package dev.portcullis.systemtest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds many byte strings in one pass (Aho and Corasick, "Efficient string matching", 1975), as a
 * full table: one look-up a byte, whatever the number of patterns.
 */
final class BytePatterns {
  private static final int BYTE_VALUES = 256;
  private static final int NONE = -1;

  private final List<byte[]> patterns;
  private final int[] next;
  private final int[][] endsHere;

  /** Told of each find. */
  interface Found {
    /**
     * @param pattern its place in the list
     * @param start where it begins in the buffer
     */
    void at(int pattern, int start);
  }

  BytePatterns(List<byte[]> patterns) {
    this.patterns = List.copyOf(patterns);
    List<int[]> rows = new ArrayList<>();
    List<List<Integer>> ends = new ArrayList<>();
    addState(rows, ends);
    for (int p = 0; p < patterns.size(); p++) {
      int state = 0;
      for (byte b : patterns.get(p)) {
        int[] row = rows.get(state);
        if (row[b & 0xff] == NONE) {
          row[b & 0xff] = addState(rows, ends);
        }
        state = row[b & 0xff];
      }
      ends.get(state).add(p);
    }
    link(rows, ends);
    next = new int[rows.size() * BYTE_VALUES];
    endsHere = new int[rows.size()][];
    for (int s = 0; s < rows.size(); s++) {
      System.arraycopy(rows.get(s), 0, next, s * BYTE_VALUES, BYTE_VALUES);
      endsHere[s] = ends.get(s).stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private static int addState(List<int[]> rows, List<List<Integer>> ends) {
    int[] row = new int[BYTE_VALUES];
    Arrays.fill(row, NONE);
    rows.add(row);
    ends.add(new ArrayList<>());
    return rows.size() - 1;
  }

  /** Replaces every missing step by the step of the longest suffix that is in the tree. */
  private static void link(List<int[]> rows, List<List<Integer>> ends) {
    int[] suffix = new int[rows.size()];
    ArrayDeque<Integer> open = new ArrayDeque<>();
    int[] root = rows.getFirst();
    for (int b = 0; b < BYTE_VALUES; b++) {
      if (root[b] == NONE) {
        root[b] = 0;
      } else {
        open.add(root[b]);
      }
    }
    while (!open.isEmpty()) {
      int state = open.remove();
      int[] row = rows.get(state);
      int[] shorter = rows.get(suffix[state]);
      ends.get(state).addAll(ends.get(suffix[state]));
      for (int b = 0; b < BYTE_VALUES; b++) {
        if (row[b] == NONE) {
          row[b] = shorter[b];
        } else {
          suffix[row[b]] = shorter[b];
          open.add(row[b]);
        }
      }
    }
  }

  /** Looks through the first bytes of a buffer. */
  void search(byte[] buffer, int length, Found found) {
    int state = 0;
    for (int i = 0; i < length; i++) {
      state = next[state * BYTE_VALUES + (buffer[i] & 0xff)];
      for (int pattern : endsHere[state]) {
        found.at(pattern, i + 1 - patterns.get(pattern).length);
      }
    }
  }
}
