package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code pages}: the integrity of payment pages; alone, it shows its commands. */
@Command(
    name = "pages",
    description = "See whether payment pages arrive as they were approved (docs/CHECKOUT.md).",
    subcommands = {PagesCommand.Reports.class})
public final class PagesCommand implements Runnable {

  private static final String PATH = "pages";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  /** {@code pages reports}. */
  @Command(
      name = "reports",
      description = "Show what browsers reported that the policy of a hosted page has stopped.")
  static final class Reports extends AdminCommand {
    @Override
    public Integer call() {
      Map<String, @Nullable Object> answer = signedIn(Zone.GATEWAY).get(PATH + "/reports");
      print(answer, PageLines.reports(data(answer)));
      return 0;
    }
  }
}
