package dev.portcullis.gateway.admin;

import dev.portcullis.gateway.database.AllAccounts;
import dev.portcullis.gateway.database.Database;
import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import java.util.List;
import org.springframework.stereotype.Component;

/** Which account a command is about: the one that is named, or the only one that there is. */
@Component
public final class OnlyAccount {

  private final Database database;

  OnlyAccount(Database database) {
    this.database = database;
  }

  /**
   * The account.
   *
   * @throws ApiException 400 if the one that is named is not there, since what is told to it, a
   *     page to watch say, would be lost; 400 if none is named and there are several
   */
  public String of(Arguments sent) {
    return sent.string("account").map(this::existing).orElseGet(this::only);
  }

  private String existing(String account) {
    boolean exists =
        database
            .of(account)
            .sql("SELECT EXISTS (SELECT FROM accounts WHERE id = ?)")
            .param(account)
            .query(Boolean.class)
            .single();
    if (!exists) {
      throw new ApiException(
          ApiErrors.invalid("account", "resource_missing", "There is no account " + account + "."));
    }
    return account;
  }

  private String only() {
    List<String> some =
        database
            .across(AllAccounts.ADMINISTRATION)
            .sql("SELECT id FROM accounts ORDER BY id LIMIT 2")
            .query(String.class)
            .list();
    if (some.size() != 1) {
      throw new ApiException(ApiErrors.missing("account"));
    }
    return some.getFirst();
  }
}
