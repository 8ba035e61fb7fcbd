package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.process.Launch;
import dev.portcullis.cli.process.ProcessTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts the supervisor in a session of its own and shows its words until all is ready. */
final class Detached {
  private static final long LOOK_AGAIN_MILLIS = 50;

  private final Home home;
  private final PrintWriter out;
  private long shown;

  Detached(Home home, PrintWriter out) {
    this.home = home;
    this.out = out;
  }

  /**
   * @param arguments of the {@code up} that stays
   * @return the exit code for the one that returns
   */
  int start(List<String> arguments) throws IOException {
    Path log = home.supervisorLog();
    HomeFiles.writePrivate(log, "");
    Process supervisor = launch(arguments, log);
    Thread abandon = Thread.ofPlatform().unstarted(() -> abandon(supervisor, log));
    Runtime.getRuntime().addShutdownHook(abandon);
    try {
      while (!supervisor.waitFor(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        show(log);
        if (isReady(supervisor.pid())) {
          Runtime.getRuntime().removeShutdownHook(abandon);
          screen();
          return 0;
        }
      }
      Runtime.getRuntime().removeShutdownHook(abandon);
      show(log);
      return supervisor.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal("Interrupted while starting.", e);
    }
  }

  /** Ctrl-C before it was ready: it returns when all that was started is gone. */
  private void abandon(Process supervisor, Path log) {
    ProcessTable.stop(supervisor.toHandle(), "TERM", StopCommand.ALL_GRACES);
    try {
      show(log);
    } catch (IOException e) {
      // Its last words are in the log.
      out.println("Stopped.");
    }
  }

  private static Process launch(List<String> arguments, Path log) throws IOException {
    List<String> command = new ArrayList<>(Launch.newSession());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private boolean isReady(long supervisor) {
    return InstanceState.load(home)
        .filter(state -> state.phase() == Phase.READY)
        .map(state -> state.processes().get("supervisor"))
        .filter(mark -> mark.pid() == supervisor)
        .isPresent();
  }

  private void screen() {
    out.print(
        new Screen(InstanceState.load(home).orElseThrow(), UpCommand.checkout(), Standing.of(home))
            .text());
    out.println("It keeps running; stop it with " + home.command("stop"));
    out.flush();
  }

  private synchronized void show(Path log) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(shown);
      byte[] more = new byte[(int) Math.min(1 << 16, file.length() - shown)];
      file.readFully(more);
      shown += more.length;
      out.print(new String(more, StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
