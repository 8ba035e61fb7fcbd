package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts a zone's program under its own account, in a session of its own, with a clean environment,
 * without privileges it could gain back, and with its words going to its log.
 *
 * <p>A session of its own keeps a Ctrl-C at the terminal from reaching every process at once: the
 * supervisor stops them in order.
 */
public final class Launch {
  /** The log is opened by the zone's account, never by root: a zone owns that folder. */
  private static final String SHELL =
      """
      umask 077
      ulimit -c 0
      log=$1
      shift
      if [ -f "$log" ] && [ "$(wc -c <"$log")" -gt 67108864 ]; then mv -f "$log" "$log.1"; fi
      exec "$@" >>"$log" 2>&1 </dev/null
      """;

  /** The whole environment of a program that needs nothing of it. */
  public static final Map<String, String> PLAIN =
      Map.of("PATH", "/usr/bin:/bin", "LC_ALL", "C", "TZ", "UTC");

  private static final Path ROOT = Path.of("/");

  private final Home home;
  private final Accounts accounts;

  public Launch(Home home, Accounts accounts) {
    this.home = home;
    this.accounts = accounts;
  }

  /**
   * Starts a program for as long as it likes.
   *
   * @param environment the whole environment of the program
   */
  public Process start(Zone zone, List<String> program, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(newSession());
    command.addAll(asAccount(zone));
    command.addAll(List.of("/bin/sh", "-c", SHELL, "portcullis-" + zone.label()));
    command.add(home.log(zone).toString());
    command.addAll(program);
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.temporary(zone).toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    return process;
  }

  /** Runs a program of the zone to its end, for its outcome. */
  public Commands.Outcome run(Zone zone, List<String> program) {
    return Commands.run(builder(zone, program), Optional.empty());
  }

  /** Runs a program of the zone to its end, or ends it after the limit. */
  public Commands.Outcome run(Zone zone, List<String> program, Duration limit) {
    return Commands.run(builder(zone, program), Optional.of(limit));
  }

  /**
   * The account could look into what it is given: neither the secrets in this process's environment
   * nor the folder that it works in are the zone's.
   */
  private ProcessBuilder builder(Zone zone, List<String> program) {
    List<String> command = new ArrayList<>(asAccount(zone));
    command.addAll(List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "portcullis"));
    command.addAll(program);
    ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
    builder.environment().clear();
    builder.environment().putAll(PLAIN);
    return builder;
  }

  /** The account that a zone's programs run as, in a person's words. */
  public String account(Zone zone) {
    String own = accounts.of(zone);
    return own == null ? "this user" : own;
  }

  private List<String> asAccount(Zone zone) {
    if (!accounts.separate()) {
      return List.of();
    }
    return List.of(
        "setpriv",
        "--reuid=" + zone.account(),
        "--regid=" + zone.account(),
        "--clear-groups",
        "--inh-caps=-all",
        "--ambient-caps=-all",
        "--bounding-set=-all",
        "--no-new-privs",
        "--");
  }

  /** What puts a program into a session of its own; the process id stays the program's. */
  public static List<String> newSession() {
    if (Commands.exists("setsid")) {
      return List.of("setsid");
    }
    return List.of(
        "/usr/bin/perl", "-e", "use POSIX (); POSIX::setsid(); exec @ARGV or die $!;", "--");
  }
}
