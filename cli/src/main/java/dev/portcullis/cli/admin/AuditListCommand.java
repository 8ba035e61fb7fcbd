package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit list}: what people and the gateway's administration did. */
@Command(name = "list", description = "Say what people did at the gateway, newest first.")
public final class AuditListCommand extends AdminCommand {

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many, 1 to 1000 (${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--before",
      paramLabel = "SEQ",
      description = "Only entries with a smaller number.")
  private long before;

  @Override
  public Integer call() {
    String path = "audit?limit=" + limit + (before > 0 ? "&before=" + before : "");
    Map<String, @Nullable Object> list = signedIn(Zone.GATEWAY).get(path);
    print(
        list,
        data(list).stream()
            .map(AuditListCommand::line)
            .collect(Collectors.joining(System.lineSeparator())));
    return 0;
  }

  private static String line(Map<String, @Nullable Object> entry) {
    return "%6s  %s  %-14s %-22s %s %s"
        .formatted(
            text(entry, "seq"),
            text(entry, "at"),
            text(entry, "actor"),
            text(entry, "action"),
            text(entry, "subject"),
            text(entry, "detail"));
  }
}
