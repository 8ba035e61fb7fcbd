package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code reconcile run}: holds a provider's report of a day against what is known here. Exit code 0
 * when nothing differs, 3 when something does.
 */
@Command(
    name = "run",
    description = {
      "Compare a provider's report of a day (UTC) with what is known here: its own list of"
          + " operations, or a file."
    })
public final class ReconcileReportCommand extends ReconcileOfAccount {

  private static final int DIFFERENT = 3;

  @Option(
      names = "--provider",
      required = true,
      paramLabel = "NAME",
      description = "The provider account; providers list says which there are.")
  private String provider = "";

  @Option(names = "--day", required = true, paramLabel = "YYYY-MM-DD", description = "Which day.")
  private String day = "";

  @Option(names = "--file", paramLabel = "FILE", description = "The provider's report, CSV.")
  private @Nullable Path file;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = {
        "What the file is: stripe, adyen, paypal, braintree, checkoutcom, authorizenet, or"
            + " canonical; the provider's own otherwise. docs/OPERATIONS.md says which report."
      })
  private @Nullable String format;

  @Override
  public Integer call() {
    AdminClient gateway = signedIn(Zone.GATEWAY);
    Path report = file;
    if (report != null) {
      HomeFiles.requireReadable(report);
    }
    Map<String, @Nullable Object> body = body();
    body.put("provider", provider);
    body.put("day", day);
    body.put("source", report == null ? "feed" : source(gateway));
    String path = "reconciliations/" + text(gateway.post("reconciliations", body), "id");
    if (report == null) {
      while (Boolean.TRUE.equals(gateway.post(path + "/read", account()).get("more"))) {
        err().print(".");
        err().flush();
      }
    } else {
      handIn(gateway, path, report);
    }
    Map<String, @Nullable Object> done = gateway.post(path + "/compare", account());
    Map<String, @Nullable Object> found = object(done.get("report"));
    print(done, ReconcileLines.of(done, found));
    return number(found, "differences") == 0 ? 0 : DIFFERENT;
  }

  /** By the provider account's connector where none is named. */
  private String source(AdminClient gateway) {
    if (format != null) {
      return format;
    }
    for (Map<String, @Nullable Object> each : data(gateway.get("providers" + query()))) {
      if (text(each, "name").equals(provider)) {
        String connector = text(each, "connector");
        return connector.equals("sandbox") ? "canonical" : connector;
      }
    }
    throw new Refusal("There is no provider account " + provider + ".");
  }

  private void handIn(AdminClient gateway, String path, Path report) {
    try (BufferedReader reader = Files.newBufferedReader(report, StandardCharsets.UTF_8)) {
      long from = 0;
      CsvParts parts = new CsvParts(reader);
      for (CsvParts.Part part = parts.next(); part != null; part = parts.next()) {
        Map<String, @Nullable Object> body = account();
        body.put("from", from);
        body.put("csv", part.text());
        from = number(gateway.post(path + "/records", body), "records");
      }
    } catch (CharacterCodingException e) {
      throw new Refusal(report + " is not UTF-8.", e);
    } catch (IOException e) {
      throw HomeFiles.failure("read " + report, e);
    }
  }

  private Map<String, @Nullable Object> account() {
    Map<String, @Nullable Object> body = body();
    body.remove("livemode");
    return body;
  }

  /** {@code reconcile items}. */
  @Command(name = "items", description = "List what differs and nobody has settled yet.")
  public static final class Items extends ReconcileOfAccount {

    private static final int PAGE = 100;

    @Option(names = "--all", description = "Also what is settled, or explained by a later report.")
    private boolean all;

    @Option(names = "--provider", paramLabel = "NAME", description = "Of that provider account.")
    private @Nullable String provider;

    @Override
    public Integer call() {
      AdminClient gateway = signedIn(Zone.GATEWAY);
      List<Map<String, @Nullable Object>> items = new ArrayList<>();
      String before = "";
      List<Map<String, @Nullable Object>> page;
      do {
        page = data(gateway.get("reconciliation_items" + query() + wanted() + before));
        items.addAll(page);
        before = page.isEmpty() ? "" : "&before=" + text(page.getLast(), "id");
      } while (page.size() == PAGE);
      Map<String, @Nullable Object> list = new LinkedHashMap<>();
      list.put("object", "list");
      list.put("data", items);
      print(list, ReconcileLines.items(items));
      return 0;
    }

    private String wanted() {
      return "&limit="
          + PAGE
          + (all ? "" : "&state=open")
          + (provider == null ? "" : "&provider=" + provider);
    }
  }

  /** {@code reconcile settle}. */
  @Command(
      name = "settle",
      description = "Say why a difference is none any more; kept with your name.")
  public static final class Settle extends AccountCommand {

    @picocli.CommandLine.Parameters(paramLabel = "ID", description = "The item: rci_...")
    private String id = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "What was found, and what was done about it.")
    private String reason = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> body = body();
      body.put("reason", reason);
      Map<String, @Nullable Object> settled =
          signedIn(Zone.GATEWAY).post("reconciliation_items/" + id + "/settle", body);
      print(settled, ReconcileLines.items(List.of(settled)));
      return 0;
    }
  }
}
