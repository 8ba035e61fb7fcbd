package dev.portcullis.cli.admin;

import dev.portcullis.cli.admin.ProvidersCommand.OfAccount;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code routing}: which provider account a payment goes to; alone, it shows its commands. */
@Command(
    name = "routing",
    description = "Say by rules which provider account a payment goes to (docs/ROUTING.md).",
    subcommands = {
      RoutingCommand.Show.class,
      RoutingCommand.Check.class,
      RoutingCommand.Propose.class,
      RoutingCommand.Replay.class,
      RoutingCommand.Activate.class,
      RoutingCommand.Rollback.class,
      RoutingCommand.Explain.class,
      RoutingCommand.Retries.class
    })
public final class RoutingCommand implements Runnable {

  private static final String PATH = "routing";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** The version that routes, 0 where there are no rules. */
  private static long active(OfAccount command, AdminClient gateway) {
    return AdminCommand.number(gateway.get(PATH + command.query()), "active");
  }

  /** {@code routing show}. */
  @Command(
      name = "show",
      description = "Show the rules that route, what was active before, and who is out.")
  static final class Show extends OfAccount {

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "VERSION",
        description = "A version to show instead.")
    private @Nullable Integer version;

    @Override
    public Integer call() {
      if (version != null) {
        Map<String, @Nullable Object> answer =
            gateway().get(PATH + "/version" + query() + "&version=" + version);
        print(answer, RoutingLines.pretty(answer.get("document")));
      } else {
        Map<String, @Nullable Object> answer = gateway().get(PATH + query());
        print(answer, RoutingLines.shown(answer));
      }
      return 0;
    }
  }

  /** A command about a file with rules. */
  abstract static class OfFile extends OfAccount {

    @Parameters(index = "0", paramLabel = "FILE", description = "The rules, JSON.")
    private Path file = Path.of("");

    Map<String, @Nullable Object> document() {
      Map<String, @Nullable Object> body = body();
      body.put("document", DocumentFile.read(file, "document of rules"));
      return body;
    }
  }

  /** {@code routing check}. */
  @Command(
      name = "check",
      description = "Say whether rules could be proposed, or what is wrong; changes nothing.")
  static final class Check extends OfFile {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = gateway().post(PATH + "/check", document());
      print(
          answer, "They can be proposed: " + number(answer, "rules") + " rules, and the default.");
      return 0;
    }
  }

  /** {@code routing propose}. */
  @Command(
      name = "propose",
      description = "Store rules as the next version; they route nothing until it is activated.")
  static final class Propose extends OfFile {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = gateway().post(PATH + "/propose", document());
      long version = number(answer, "version");
      print(
          answer,
          "Version %d. See what it would change: routing replay %d".formatted(version, version));
      return 0;
    }
  }

  /** {@code routing replay}. */
  @Command(
      name = "replay",
      description = "Run a version over past payments, and say what would have been otherwise.")
  static final class Replay extends OfAccount {

    @Parameters(index = "0", paramLabel = "VERSION", description = "The version; 0 for no rules.")
    private int version;

    @Option(
        names = "--days",
        paramLabel = "N",
        defaultValue = "30",
        description = "How far back, 1 to 90 (${DEFAULT-VALUE}).")
    private int days = 30;

    @Option(
        names = "--payments",
        paramLabel = "N",
        defaultValue = "100000",
        description = "The newest payments, at most so many (${DEFAULT-VALUE}).")
    private int payments = 100_000;

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          gateway()
              .get(
                  "%s/replay%s&version=%d&days=%d&payments=%d"
                      .formatted(PATH, query(), version, days, payments));
      print(answer, RoutingLines.replayed(answer));
      return 0;
    }
  }

  /** {@code routing activate}. */
  @Command(
      name = "activate",
      description = "Let a version route: within seconds in every gateway. 0 routes by no rules.")
  static final class Activate extends OfAccount {

    @Parameters(index = "0", paramLabel = "VERSION")
    private int version;

    @Override
    public Integer call() {
      AdminClient gateway = gateway();
      Map<String, @Nullable Object> body = new LinkedHashMap<>(body());
      body.put("version", version);
      body.put("expected", active(this, gateway));
      print(
          gateway.post(PATH + "/activate", body),
          version == 0 ? "Payments are routed by no rules." : "Version " + version + " routes.");
      return 0;
    }
  }

  /** {@code routing rollback}. */
  @Command(name = "rollback", description = "Go back to what routed before; again, and forth.")
  static final class Rollback extends OfAccount {
    @Override
    public Integer call() {
      AdminClient gateway = gateway();
      Map<String, @Nullable Object> body = new LinkedHashMap<>(body());
      body.put("expected", active(this, gateway));
      Map<String, @Nullable Object> answer = gateway.post(PATH + "/rollback", body);
      long version = number(answer, "version");
      print(
          answer,
          version == 0 ? "Payments are routed by no rules." : "Version " + version + " routes.");
      return 0;
    }
  }

  /** {@code routing retries}. */
  @Command(
      name = "retries",
      description =
          "List the declined charges that are going to be tried again, and when. Cancelling a"
              + " payment calls that off.")
  static final class Retries extends OfAccount {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = gateway().get(PATH + "/retries" + query());
      print(answer, RoutingLines.retries(data(answer)));
      return 0;
    }
  }

  /** {@code routing explain}. */
  @Command(
      name = "explain",
      description = "Say of a payment where each attempt went, and why it went there.")
  static final class Explain extends OfAccount {

    @Parameters(index = "0", paramLabel = "PAYMENT", description = "pi_... or seti_...")
    private String payment = "";

    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer =
          gateway().get(PATH + "/decisions" + query() + "&payment=" + payment);
      print(answer, RoutingLines.explained(data(answer)));
      return 0;
    }
  }
}
