package dev.portcullis.cli;

import dev.portcullis.cli.backup.Recovery;
import dev.portcullis.cli.backup.Recovery.Standing;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code resume}: lets payments go on after a restore. Exit code 0 when they do, 1 otherwise. */
@Command(name = "resume", description = "After a restore and a reconcile: let payments go on.")
final class ResumeCommand implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("\\p{L}[\\p{L}\\p{N} .'@_-]{0,63}");

  @Mixin private HomeOption home = new HomeOption();
  @Mixin private DatabaseOption database = new DatabaseOption();

  @Option(
      names = "--accept-differences",
      paramLabel = "NAME",
      description = "Who has looked at what differs, and accepts it; kept for good.")
  private @Nullable String accepting;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.trusted();
    Recovery recovery = new Recovery(database.of(place));
    Optional<Standing> open = recovery.standing();
    if (open.isEmpty()) {
      Lines.toOut(spec, "Payments are not paused.");
      return 0;
    }
    Standing standing = open.get();
    if (!standing.state().equals("reconciled")) {
      throw new Refusal("Run ./portcullis reconcile first: the providers may know later payments.");
    }
    if (standing.differences() > 0 && accepting == null) {
      throw new Refusal(
          "%d differences must be accepted by a person: look at them with ./portcullis reconcile, then resume with --accept-differences YOUR-NAME."
              .formatted(standing.differences()));
    }
    if (accepting != null && !NAME.matcher(accepting).matches()) {
      throw new Refusal("--accept-differences wants the name of a person.");
    }
    if (!recovery.resume(standing, standing.differences() > 0 ? accepting : null)) {
      throw new Refusal("A reconciliation goes on; wait for its end, and resume then.");
    }
    Lines.toOut(spec, "Payments go on.");
    return 0;
  }
}
