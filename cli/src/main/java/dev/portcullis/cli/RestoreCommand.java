package dev.portcullis.cli;

import dev.portcullis.cli.backup.Preamble;
import dev.portcullis.cli.backup.RecoveryHalf;
import dev.portcullis.cli.backup.Restoration;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.InstanceLock;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code restore}: a new home from a backup. Exit code 0 when all of it is there, 1 otherwise. */
@Command(
    name = "restore",
    description = "Make a new home from a backup; payments stay paused until they are reconciled.",
    sortOptions = false)
final class RestoreCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private BackupKeyOption key = new BackupKeyOption();

  @Option(
      names = "--keys",
      paramLabel = "FOLDER",
      description = "A copy of the old home's key files, laid out as in a home.")
  private @Nullable Path keys;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4242",
      description = "The API's port, with which up goes on (${DEFAULT-VALUE}).")
  private int port;

  @Mixin private DatabaseOption database = new DatabaseOption();
  @Mixin private DatabaseProgramsOption programs = new DatabaseProgramsOption();

  @Parameters(paramLabel = "FILE", description = "The backup.")
  private Path file = Path.of("");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (!home.isGiven()) {
      throw new Refusal("Name the new home with --home FOLDER.");
    }
    String folder = programs.besides(database.url());
    Ports ports = new Ports(port);
    RecoveryHalf recoveryHalf = key.recoveryHalf();
    // Before anything is made that a refusal would leave behind.
    Preamble found =
        Restoration.examine(
            home.trusted(), file, recoveryHalf, keys, line -> Lines.toErr(spec, line));
    Home place = home.make();
    UpCommand.requireSpace(place);
    InstanceLock lock =
        InstanceLock.take(place.lock())
            .orElseThrow(() -> new Refusal(UpCommand.alreadyRunning(place)));
    try {
      new Restoration(
              place,
              ports,
              database.outside(),
              folder,
              Clock.systemUTC(),
              line -> Lines.toErr(spec, line))
          .restore(found, file, recoveryHalf, keys, UpCommand.checkout());
      report(place, found, Clock.systemUTC().instant());
    } finally {
      lock.release();
    }
    return 0;
  }

  /** The sandbox's provider is a process of the home, whose books are lost with it. */
  private static String books(Home home) {
    boolean sandbox = Files.exists(home.operator().resolve("sandbox-keys.json"));
    return sandbox && !Files.exists(home.ledger().resolve("ledger.jsonl"))
        ? """

        NOTE: the sandbox's provider keeps its books in ${ledger}, which no backup holds.
        Copy the old home's there before up, or reconcile finds nothing to differ.\
        """
            .replace("${ledger}", home.ledger().toString())
        : "";
  }

  private void report(Home home, Preamble restored, Instant now) {
    Lines.toOut(spec, before(home, restored, now));
    try (Stream<String> lines = Files.lines(home.cameBack())) {
      lines.forEach(line -> Lines.toOut(spec, line));
    } catch (IOException e) {
      throw HomeFiles.failure("read " + home.cameBack(), e);
    }
    Lines.toOut(
        spec,
        """
        The list stays in ${file}. All sign-ins have ended, all codes for enrolling
        are void, and changes that waited for a second person have to be proposed anew.${books}\
        """
            .replace("${file}", home.cameBack().toString())
            .replace("${books}", books(home)));
  }

  private static String before(Home home, Preamble restored, Instant now) {
    return """
    Restored ${backup} into ${home}: everything up to ${at}.
    Payments are paused, for the providers may know later ones. Next:
      ${up}
      ${reconcile}
      ${resume}
    WARNING: what was revoked between ${at} and ${now} works again: API keys, providers'
    secrets, forward policies, and people with their old passwords and authenticators; and cards of
    accounts that were shredded open again. No database says which; this is all that works now.
    Before resume, take away again what was taken away:
    """
        .replace("${backup}", restored.id())
        .replace("${at}", restored.at().toString())
        .replace("${now}", now.truncatedTo(ChronoUnit.SECONDS).toString())
        .replace("${up}", home.command("up"))
        .replace("${reconcile}", home.command("reconcile"))
        .replace("${resume}", home.command("resume"))
        .replace("${home}", home.root().toString());
  }
}
