package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code resume}: lets payments go on after a restore. Exit code 0 when they do, 1 otherwise. */
@Command(
    name = "resume",
    description = "After a restore and a reconcile: let payments go on, as an administrator.")
public final class ResumeCommand extends AdminCommand {

  @Option(
      names = "--accept-differences",
      paramLabel = "N",
      description = "So many differences you have looked at and accept; kept with your name.")
  private @Nullable Long accepted;

  @Override
  public Integer call() {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (accepted != null) {
      body.put("accepted_differences", accepted);
    }
    print(signedIn(Zone.GATEWAY).post("payments/resume", body), "Payments go on.");
    return 0;
  }
}
