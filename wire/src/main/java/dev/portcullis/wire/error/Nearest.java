package dev.portcullis.wire.error;

import java.util.Collection;
import java.util.Comparator;

/** What somebody probably meant who wrote something that there is not. */
public final class Nearest {

  private Nearest() {}

  /**
   * The one of the known names that takes the fewest changes.
   *
   * @param known not empty
   */
  public static String to(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String k) -> distance(name, k)).thenComparing(k -> k))
        .orElseThrow();
  }

  /** Levenshtein's distance, one row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
