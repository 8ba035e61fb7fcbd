package dev.portcullis.cli.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command about something of an account that its id tells from all else, whatever the mode. */
abstract class AccountCommand extends AdminCommand {

  @Option(
      names = "--account",
      paramLabel = "ID",
      description = "Whose; needed only where there are several accounts.")
  private @Nullable String account;

  /** The account as a query's last part; empty where none is named. */
  String ofAccount() {
    return account == null ? "" : "&account=" + account;
  }

  /** A body with the account; empty where none is named. */
  Map<String, @Nullable Object> body() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (account != null) {
      body.put("account", account);
    }
    return body;
  }
}
