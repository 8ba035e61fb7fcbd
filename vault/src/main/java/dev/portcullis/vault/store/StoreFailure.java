package dev.portcullis.vault.store;

import java.sql.SQLException;

/** The database cannot be used; nothing was changed. */
public final class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What the driver said. */
  public StoreFailure(SQLException cause) {
    super("the database failed", cause);
  }
}
