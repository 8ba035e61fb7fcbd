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
   * @throws ApiException 400 if none is named and there are several
   */
  public String of(Arguments sent) {
    return sent.string("account")
        .orElseGet(
            () -> {
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
            });
  }
}
