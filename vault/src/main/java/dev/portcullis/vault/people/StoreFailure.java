package dev.portcullis.vault.people;

import java.sql.SQLException;

/** The database cannot be used; nothing was changed. */
public final class StoreFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StoreFailure(SQLException cause) {
    super("the database failed", cause);
  }
}
