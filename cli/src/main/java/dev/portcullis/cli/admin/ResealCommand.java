package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code reseal}: seals by the newest key what older ones have sealed, or none, while the gateway
 * goes on. Exit code 0 when it came to its end, 1 otherwise; it can be taken up where it stopped.
 */
@Command(
    name = "reseal",
    description = "Seal by the newest sealing key what older ones have sealed.")
public final class ResealCommand extends AdminCommand {

  private static final int SAID_EVERY = 20;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      description = "Where an interrupted run said that it goes on.")
  private String from = "";

  /** How many rows were looked at, and how many of them sealed anew. */
  record Counts(long looked, long sealed) {
    static final Counts NONE = new Counts(0, 0);

    Counts plus(Counts other) {
      return new Counts(looked + other.looked, sealed + other.sealed);
    }

    Map<String, @Nullable Object> tree() {
      Map<String, @Nullable Object> tree = new LinkedHashMap<>();
      tree.put("looked", looked);
      tree.put("sealed", sealed);
      return tree;
    }
  }

  @Override
  public Integer call() {
    AdminClient gateway = signedIn(Zone.GATEWAY);
    String place = from;
    Map<String, Counts> tables = new LinkedHashMap<>();
    for (int part = 1; ; part++) {
      Map<String, @Nullable Object> done = next(gateway, place);
      if (part == 1) {
        RetireSealingCommand.requireSealing(options().home().home(), number(done, "key"), "reseal");
      }
      String table = text(done, "table");
      Counts counts =
          tables.merge(
              table, new Counts(number(done, "looked"), number(done, "sealed")), Counts::plus);
      String nextTable = text(done, "next_table");
      if (!nextTable.equals(table)) {
        say(line(table, counts));
      } else if (part % SAID_EVERY == 0) {
        say(line(table, counts) + " so far");
      }
      if (nextTable.isEmpty()) {
        break;
      }
      place = nextTable + ":" + text(done, "next_after");
    }
    print(tree(tables), total(from, tables));
    return 0;
  }

  private void say(String line) {
    err().println(line);
    err().flush();
  }

  static String line(String table, Counts counts) {
    return "  %-30s %,12d rows looked at, %,12d sealed anew"
        .formatted(table, counts.looked(), counts.sealed());
  }

  private static Counts sum(Map<String, Counts> tables) {
    return tables.values().stream().reduce(Counts.NONE, Counts::plus);
  }

  /** The last line: of all tables, or of those that this run went over. */
  static String total(String from, Map<String, Counts> tables) {
    String which = from.isEmpty() ? "all tables" : "all from " + from.split(":", 2)[0] + " on";
    return line(which, sum(tables)) + System.lineSeparator() + "The newest key opens all of them.";
  }

  private static Map<String, @Nullable Object> tree(Map<String, Counts> tables) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("object", "resealing");
    all.putAll(sum(tables).tree());
    Map<String, @Nullable Object> each = new LinkedHashMap<>();
    tables.forEach((table, counts) -> each.put(table, counts.tree()));
    all.put("tables", each);
    return all;
  }

  private Map<String, @Nullable Object> next(AdminClient gateway, String place) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (!place.isEmpty()) {
      String[] parts = place.split(":", 2);
      body.put("table", parts[0]);
      if (parts.length > 1 && !parts[1].isEmpty()) {
        body.put("after", parts[1]);
      }
    }
    Home home = options().home().home();
    try {
      return gateway.post("sealing/reseal", body);
    } catch (Refusal e) {
      throw place.isEmpty()
          ? e
          : new Refusal(
              e.getMessage() + " Go on with: " + home.command("reseal --from " + place), e);
    }
  }
}
