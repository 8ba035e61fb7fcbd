package dev.portcullis.gateway.database;

import java.util.Collection;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The gateway's database. Whoever asks it something says first whose rows it is about. That stands
 * behind the condition on the account that each query carries all the same: where one is forgotten,
 * row-level security still shows no other account's row.
 */
public final class Database {

  private final DataSource connections;
  private final JdbcClient shared;

  /**
   * Works over those connections. Transactions of Spring on them are joined.
   *
   * @param connections as a role that row-level security binds
   */
  public Database(DataSource connections) {
    this.connections = connections;
    this.shared = JdbcClient.create(new JdbcTemplate(connections));
  }

  /** Statements about rows of one account. */
  public JdbcClient of(String account) {
    return in(Scope.of(account));
  }

  /** Statements about rows of several accounts, all of which are known: a batch of writes. */
  public JdbcClient ofEach(Collection<String> accounts) {
    return in(Scope.ofEach(accounts));
  }

  /** Statements of work that has to look across all accounts. */
  public JdbcClient across(AllAccounts work) {
    return in(Scope.across(work));
  }

  /** Statements about what belongs to no account; they see no row of one. */
  public JdbcClient shared() {
    return shared;
  }

  private JdbcClient in(Scope scope) {
    return JdbcClient.create(new ScopedJdbc(connections, scope));
  }
}
