package dev.portcullis.vault.changes;

import dev.portcullis.wire.error.ApiException;
import java.sql.Connection;
import java.sql.SQLException;

/** A kind of change that needs two people. */
public interface ChangeKind {

  /** What it is called, such as {@code policy.install}. */
  String action();

  /**
   * Whether it could be made as things stand: asked when it is proposed and again before it is
   * made.
   *
   * @throws ApiException if not
   */
  void check(Change change);

  /**
   * What it would do as things stand, for whoever is to confirm it and sees no more than its
   * subject; empty where its content says all.
   */
  default String consequences(Change change) {
    return "";
  }

  /**
   * Makes it, within the transaction that also says so.
   *
   * @param by who confirmed it
   * @return what came of it, for the trail and for whoever asks
   */
  String apply(Connection connection, Change change, String by) throws SQLException;

  /** Takes away what was stored for it alone, within the transaction that says it is refused. */
  default void refuse(Connection connection, Change change) throws SQLException {}

  /** It is made, and durable. */
  default void applied() {}
}
