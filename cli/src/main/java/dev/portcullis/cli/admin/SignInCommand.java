package dev.portcullis.cli.admin;

import dev.portcullis.cli.home.Zone;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sign-in}: opens a session for this shell alone. It is handed over as a variable of the
 * environment and lies in no file, so that nobody else with the same account finds it there.
 */
@Command(
    name = "sign-in",
    description = {
      "Sign in once for 15 minutes of commands in this shell.",
      "  eval \"$(./portcullis sign-in --as NAME)\""
    })
public final class SignInCommand extends AdminCommand {

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      defaultValue = "gateway",
      description = "gateway or vault (${DEFAULT-VALUE}).")
  private AdminZone adminZone = AdminZone.GATEWAY;

  @Override
  public Integer call() {
    Zone zone = adminZone.zone();
    Map<String, @Nullable Object> session = options().signIn(options().client(zone), prompt());
    print(session, "export " + SignInOptions.variable(zone) + "=" + text(session, "token"));
    return 0;
  }
}
