package dev.portcullis.cli.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands of reconciliation have in common: whose books, and in which mode. */
abstract class ReconcileOfAccount extends AdminCommand {

  @Option(
      names = "--account",
      paramLabel = "ID",
      description = "Whose; needed only where there are several accounts.")
  private @Nullable String account;

  @Option(names = "--live", description = "Real money.")
  private boolean live;

  String query() {
    return "?livemode=" + live + (account == null ? "" : "&account=" + account);
  }

  Map<String, @Nullable Object> body() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("livemode", live);
    if (account != null) {
      body.put("account", account);
    }
    return body;
  }
}
