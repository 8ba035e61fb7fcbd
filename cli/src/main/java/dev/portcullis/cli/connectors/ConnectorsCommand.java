package dev.portcullis.cli.connectors;

import dev.portcullis.cli.home.Refusal;
import dev.portcullis.connectors.Connectors;
import dev.portcullis.connectors.spi.Connector;
import dev.portcullis.wire.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code connectors}: the providers that this build can talk to; nothing has to run for it. */
@Command(
    name = "connectors",
    description = "Say which providers there are connectors for, and begin a new one.",
    subcommands = {
      ConnectorsCommand.ListAll.class,
      ConnectorsCommand.Show.class,
      ConnectorsCommand.New.class
    })
public final class ConnectorsCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** What its commands have in common. */
  abstract static class Printing implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    void print(String text) {
      if (spec != null) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
      }
    }
  }

  /** {@code connectors list}. */
  @Command(name = "list", description = "List the connectors of this build.")
  static final class ListAll extends Printing {

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() {
      List<Connector> all = Connectors.all();
      print(
          json
              ? Json.writeString(
                  Map.of("object", "list", "data", all.stream().map(ManifestReport::tree).toList()))
              : String.join(
                  System.lineSeparator(), all.stream().map(ManifestReport::line).toList()));
      return 0;
    }
  }

  /** {@code connectors show}. */
  @Command(
      name = "show",
      description = {
        "Say what a provider promises, and what connecting an account needs.",
        "That is its secrets and parameters, and where one finds them."
      })
  static final class Show extends Printing {

    @Parameters(paramLabel = "NAME", description = "The connector.")
    private String name = "";

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() {
      Connector connector = ConnectorsCommand.find(name);
      print(
          json
              ? Json.writeString(ManifestReport.tree(connector))
              : String.join(System.lineSeparator(), ManifestReport.lines(connector)));
      return 0;
    }
  }

  /**
   * The connector of that name.
   *
   * @throws Refusal if there is none
   */
  public static Connector find(String name) {
    return Connectors.find(name)
        .orElseThrow(
            () ->
                new Refusal(
                    "There is no connector of that name; there are "
                        + String.join(
                            ", ", Connectors.all().stream().map(c -> c.manifest().name()).toList())
                        + "."));
  }

  /** {@code connectors new}. */
  @Command(
      name = "new",
      description = {
        "Begin a connector in this checkout.",
        "A package that compiles, its policy template, its part of the contract's tests, and its"
            + " lines in the registries."
      })
  static final class New extends Printing {

    private static final Pattern FIRST = Pattern.compile("^[a-z]");

    @Parameters(paramLabel = "NAME", description = "The provider's, in small letters and digits.")
    private String name = "";

    @Option(
        names = "--class",
        paramLabel = "NAME",
        description = "What its classes begin with, such as AcmePay; the name, capitalized.")
    private @Nullable String className;

    @Option(
        names = "--documentation",
        paramLabel = "URL",
        defaultValue = "https://example.com/todo",
        description = "The provider's own page about its API.")
    private String documentation = "";

    @Option(
        names = "--source",
        paramLabel = "FOLDER",
        description = "The checkout; that of this command otherwise.")
    private @Nullable Path source;

    @Override
    public Integer call() {
      String type =
          className == null
              ? FIRST.matcher(name).replaceFirst(first -> first.group().toUpperCase(Locale.ROOT))
              : className;
      List<Path> files = new Skeleton(checkout(), name, type, documentation).write();
      List<String> lines = new ArrayList<>(files.stream().map(file -> "  " + file).toList());
      lines.addFirst("Written:");
      lines.add("Each TODO is yours. What is missing still, the tests say:");
      lines.add("  ./mvnw -q spotless:apply && ./mvnw -q -pl connectors -am test");
      lines.add("docs/ADD_A_CONNECTOR.md says what it is held to.");
      print(String.join(System.lineSeparator(), lines));
      return 0;
    }

    private Path checkout() {
      if (source != null) {
        return source;
      }
      String own = System.getProperty("portcullis.checkout");
      if (own == null) {
        throw new Refusal("Name the checkout with --source.");
      }
      return Path.of(own);
    }
  }
}
