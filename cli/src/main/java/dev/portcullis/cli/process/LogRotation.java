package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Reasons;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps the logs bounded while the zones run: a log of 64 MB is put aside and compressed, eight of
 * those stay, none longer than 90 days.
 *
 * <p>The zone's own account does it, as it alone may write there. The log is copied and then cut,
 * since the running program holds it open for appending; a line that is written between the copy's
 * end and the cut, some microseconds, is lost.
 */
public final class LogRotation implements AutoCloseable {

  static final long MOST_BYTES = 64L << 20;
  private static final long PAUSE_SECONDS = 20;

  private static final String SHELL =
      """
      umask 077
      log=$1
      if [ "$2" = cut ]; then
        size=$(wc -c <"$log")
        head -c "$size" "$log" >"$log.$3"
        tail -c +"$((size + 1))" "$log" >>"$log.$3" && : >"$log"
        gzip -f "$log.$3"
      fi
      ls -1 "$log".*.gz 2>/dev/null | sort -r | tail -n +9 | while IFS= read -r old; do rm -f "$old"; done
      find "$(dirname "$log")" -name '*.log.*' -mtime +90 -type f -exec rm -f {} +
      """;

  private final Home home;
  private final Launch launch;
  private final InstantSource clock;
  private final Consumer<String> say;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("log-rotation").factory());

  public LogRotation(Home home, Launch launch, InstantSource clock, Consumer<String> say) {
    this.home = home;
    this.launch = launch;
    this.clock = clock;
    this.say = say;
  }

  /** Begins to look, until {@link #close()}. */
  @SuppressWarnings("FutureReturnValueIgnored") // a round sees to its own failures
  public void start() {
    timer.scheduleWithFixedDelay(this::round, 0, PAUSE_SECONDS, TimeUnit.SECONDS);
  }

  private void round() {
    for (Zone zone : Zone.values()) {
      try {
        look(zone, MOST_BYTES);
      } catch (IOException e) {
        say.accept(notPutAside(zone, Reasons.of(e)));
      } catch (Refusal e) {
        say.accept(notPutAside(zone, String.valueOf(e.getMessage())));
      } catch (RuntimeException e) {
        say.accept(notPutAside(zone, Reasons.defect(e)));
      }
    }
  }

  private static String notPutAside(Zone zone, String why) {
    return "The log of the %s could not be put aside: %s".formatted(zone.label(), why);
  }

  /** Puts a log aside that is larger, and deletes what is too old or too many. */
  void look(Zone zone, long most) throws IOException {
    Path log = home.log(zone);
    if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean large = Files.size(log) > most;
    if (!large && clock.instant().getEpochSecond() % 3_600 >= PAUSE_SECONDS) {
      return;
    }
    String stamp = clock.instant().toString().replaceAll("[^0-9]", "");
    Commands.Outcome outcome =
        launch.run(
            zone,
            List.of(
                "/bin/sh", "-c", SHELL, "portcullis", log.toString(), large ? "cut" : "", stamp));
    if (outcome.exitCode() != 0) {
      throw new IOException(outcome.firstLine());
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
