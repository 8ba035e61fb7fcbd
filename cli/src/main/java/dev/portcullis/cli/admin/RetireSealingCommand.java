package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.setup.SealingKeys;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code keys retire-sealing}: takes the older sealing keys out of the gateway's file, for whoever
 * owns it and is signed in. It has every row of the gateway's database looked at before, and
 * changes nothing where one of them needs such a key.
 */
@Command(
    name = "retire-sealing",
    description = "Take older sealing keys away when nothing is sealed by them any more.")
final class RetireSealingCommand extends AdminCommand {

  private static final int SAID_EVERY = 50;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      required = true,
      description = "Where the older keys go: backups of their time need them.")
  private Path to = Path.of("");

  private long looked;
  private final Map<String, Long> needed = new TreeMap<>();

  @Override
  public Integer call() {
    Home home = options().home().home();
    SealingKeys keys = new SealingKeys(home, new SecureRandom());
    List<Integer> older = keys.older();
    if (older.isEmpty()) {
      throw new Refusal("No older sealing key is there; keys rotate-sealing makes a new one.");
    }
    AdminClient gateway = signedIn(Zone.GATEWAY);
    String ids = older.stream().map(String::valueOf).collect(Collectors.joining(","));
    requireSealing(
        home,
        number(gateway.post("sealing/count", Map.of("limit", 1)), "key"),
        "keys retire-sealing --to " + to);
    // First: what is sealed by them after it was counted would be lost.
    gateway.post("sealing/end", Map.of("keys", ids));
    count(gateway, older);
    if (!needed.isEmpty()) {
      throw new Refusal(
          "Rows are still sealed by older keys (%s): %s first. Nothing was changed."
              .formatted(
                  needed.entrySet().stream()
                      .map(entry -> entry.getValue() + " of " + entry.getKey())
                      .collect(Collectors.joining(", ")),
                  home.command("reseal")));
    }
    keys.copy(older, to.toAbsolutePath());
    gateway.post("sealing/retire", Map.of("keys", ids, "looked", looked));
    keys.remove(older);
    Map<String, @Nullable Object> done = new LinkedHashMap<>();
    done.put("object", "sealing_keys");
    done.put("retired", older);
    done.put("looked", looked);
    print(
        done,
        """
        The sealing keys %s open none of %d rows and are no longer in the gateway's file, but in %s.%n\
        Start each gateway anew. Keep that file, apart, as long as backups that were made before; then destroy it.\
        """
            .formatted(ids, looked, to.toAbsolutePath()));
    return 0;
  }

  /** In one go from the beginning: a part that was not seen would prove nothing. */
  private void count(AdminClient gateway, List<Integer> older) {
    Map<String, @Nullable Object> ask = new LinkedHashMap<>();
    for (int part = 1; ; part++) {
      Map<String, @Nullable Object> seen = gateway.post("sealing/count", ask);
      looked += number(seen, "looked");
      Map<String, @Nullable Object> rows = object(seen.get("rows"));
      for (int id : older) {
        if (!(rows.get(Integer.toString(id)) instanceof Long count)) {
          throw new Refusal(
              "The gateway that runs does not know the key %d of its file and cannot count what it has sealed: start it anew first."
                  .formatted(id));
        }
        if (count > 0) {
          needed.merge(text(seen, "table"), count, Long::sum);
        }
      }
      if (seen.get("next_table") == null) {
        return;
      }
      ask = new LinkedHashMap<>(Map.of("table", text(seen, "next_table")));
      if (!text(seen, "next_after").isEmpty()) {
        ask.put("after", text(seen, "next_after"));
      }
      if (part % SAID_EVERY == 0) {
        err().println("  " + text(seen, "table") + "  " + looked + " rows looked at");
        err().flush();
      }
    }
  }

  /** A gateway reads its keys when it starts: one that runs on would find everything well. */
  static void requireSealing(Home home, long known, String again) {
    OptionalInt wanted = new SealingKeys(home, new SecureRandom()).sealing();
    if (wanted.isPresent() && wanted.getAsInt() != known) {
      throw new Refusal(
          "The gateway that runs seals by the key %d and does not know the key %d yet: start it anew (%s, then up), and then %s."
              .formatted(known, wanted.getAsInt(), home.command("stop"), again));
    }
  }
}
