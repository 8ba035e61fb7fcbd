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

  @Override
  public Integer call() {
    AdminClient gateway = signedIn(Zone.GATEWAY);
    String place = from;
    long looked = 0;
    long sealed = 0;
    for (int part = 1; ; part++) {
      Map<String, @Nullable Object> done = next(gateway, place);
      if (part == 1) {
        RetireSealingCommand.requireSealing(options().home().home(), number(done, "key"), "reseal");
      }
      looked += number(done, "looked");
      sealed += number(done, "sealed");
      if (done.get("next_table") == null) {
        break;
      }
      String before = place;
      place = text(done, "next_table") + ":" + text(done, "next_after");
      if (!before.split(":", 2)[0].equals(text(done, "next_table")) || part % SAID_EVERY == 0) {
        err().println("  " + place + "  " + looked + " looked at, " + sealed + " sealed anew");
        err().flush();
      }
    }
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("object", "resealing");
    all.put("looked", looked);
    all.put("sealed", sealed);
    print(
        all,
        "%d rows looked at, %d sealed anew: the newest key opens all of them."
            .formatted(looked, sealed));
    return 0;
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
