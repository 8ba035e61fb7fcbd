package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.PostgresProgram;
import dev.portcullis.cli.process.ProcessTable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code stop}: drains and stops an instance, its orphans included. */
@Command(name = "stop", description = "Drain and stop everything.")
final class StopCommand implements Callable<Integer> {
  static final Duration ALL_GRACES = Duration.ofSeconds(220);
  private static final Duration ORPHAN_GRACE = Duration.ofSeconds(20);

  @Mixin private HomeOption home = new HomeOption();
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    // Root signals what the home's own file names, so nobody else may have written it.
    Home place = home.trusted();
    Optional<ProcessHandle> supervisor =
        InstanceState.load(place)
            .map(state -> state.processes().get("supervisor"))
            .flatMap(ProcessMark::find);
    boolean any = supervisor.isPresent();
    supervisor.ifPresent(handle -> ProcessTable.stop(handle, "TERM", ALL_GRACES));
    ProcessTable table = new ProcessTable(place);
    for (Zone zone : List.of(Zone.GATEWAY, Zone.SIMULATOR, Zone.VAULT, Zone.POSTGRES)) {
      for (ProcessHandle orphan : table.of(zone)) {
        any = true;
        if (zone == Zone.POSTGRES) {
          ProcessTable.stop(orphan, "INT", PostgresProgram.FAST_SHUTDOWN);
        } else {
          ProcessTable.stop(orphan, "TERM", ORPHAN_GRACE);
        }
      }
    }
    print(any ? "Stopped." : "Nothing ran in " + place.root() + "; --home names another home.");
    return 0;
  }

  private void print(String text) {
    if (spec != null) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(text);
      out.flush();
    }
  }
}
