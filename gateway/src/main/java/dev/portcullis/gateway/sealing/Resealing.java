package dev.portcullis.gateway.sealing;

import org.jspecify.annotations.Nullable;

/** Seals a table's values anew, part by part, while others use it. */
public interface Resealing {

  /** The table's name. */
  String table();

  /**
   * Looks at the rows after that place.
   *
   * @param after where to go on, as {@link Part#next} said; empty for the beginning
   * @param limit at most so many rows
   */
  Part next(String after, int limit);

  /**
   * What was done.
   *
   * @param looked at how many rows
   * @param sealed how many of them were sealed anew
   * @param next where to go on, or null at the end
   */
  record Part(int looked, int sealed, @Nullable String next) {}
}
