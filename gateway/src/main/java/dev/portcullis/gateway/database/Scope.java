package dev.portcullis.gateway.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Whose rows a statement is about, in the settings that the policies of row-level security read.
 *
 * <p>All three are set each time, for the transaction alone: nothing of a statement before it in
 * the same transaction is left, and nothing of the transaction is left on its connection.
 *
 * @param account the one account, or empty
 * @param accounts several, as an array's text, or empty
 * @param all the name of the work that sees all, or empty
 */
public record Scope(String account, String accounts, String all) {

  /** The statement that sets it; its parameters are the first three. */
  public static final String SQL =
      "SELECT set_config('portcullis.account', ?, true), set_config('portcullis.accounts', ?,"
          + " true), set_config('portcullis.all_accounts', ?, true)";

  /** How many parameters {@link #SQL} has. */
  public static final int PARAMETERS = 3;

  /** The rows of one account. */
  public static Scope of(String account) {
    return new Scope(account, "", "");
  }

  /** The rows of those accounts. */
  public static Scope ofEach(Collection<String> accounts) {
    return new Scope("", array(accounts), "");
  }

  /** The rows of all accounts. */
  static Scope across(AllAccounts work) {
    return new Scope("", "", work.name());
  }

  /** Sets the parameters of {@link #SQL}. */
  public void bind(PreparedStatement statement) throws SQLException {
    statement.setString(1, account);
    statement.setString(2, accounts);
    statement.setString(3, all);
  }

  /** PostgreSQL's form of an array of text, with every element quoted. */
  private static String array(Collection<String> accounts) {
    return accounts.stream()
        .distinct()
        .map(account -> '"' + account.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }
}
