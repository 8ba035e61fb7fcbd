package dev.portcullis.gateway.journal;

/** One row's part of a {@link Change}. */
public sealed interface Write {

  /** Where. */
  Table table();

  /** What the row shall be. */
  Row row();

  /** A new row; the change fails if there is one with that id. */
  record Insert(Table table, Row row) implements Write {
    /** Refuses a version other than 1. */
    public Insert {
      if (row.version() != 1) {
        throw new IllegalArgumentException("a new row has version 1");
      }
    }
  }

  /** A new row unless there is one with that id, which then stays as it is. */
  record Ensure(Table table, Row row) implements Write {}

  /**
   * The next version of a row; the change fails unless the stored row has exactly the version
   * before it.
   */
  record Update(Table table, Row row) implements Write {
    /** Refuses a version that no update can lead to. */
    public Update {
      if (row.version() < 2) {
        throw new IllegalArgumentException("an update leads to version 2 or more");
      }
    }
  }
}
