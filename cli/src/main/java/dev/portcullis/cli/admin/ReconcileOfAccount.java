package dev.portcullis.cli.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands of reconciliation have in common: whose books, and in which mode. */
abstract class ReconcileOfAccount extends AccountCommand {

  @Option(names = "--live", description = "Real money.")
  private boolean live;

  String query() {
    return "?livemode=" + live + ofAccount();
  }

  @Override
  Map<String, @Nullable Object> body() {
    Map<String, @Nullable Object> body = super.body();
    body.put("livemode", live);
    return body;
  }
}
