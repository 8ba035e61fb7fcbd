package dev.portcullis.gateway.admin;

import dev.portcullis.wire.error.ApiErrors;
import dev.portcullis.wire.error.ApiException;
import dev.portcullis.wire.params.Arguments;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which account a command is about: the one that is named, or the only one that there is. */
@Component
public final class OnlyAccount {

  private final JdbcClient jdbc;

  OnlyAccount(JdbcClient jdbc) {
    this.jdbc = jdbc;
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
                  jdbc.sql("SELECT id FROM accounts ORDER BY id LIMIT 2")
                      .query(String.class)
                      .list();
              if (some.size() != 1) {
                throw new ApiException(ApiErrors.missing("account"));
              }
              return some.getFirst();
            });
  }
}
