package dev.portcullis.cli;

import dev.portcullis.cli.backup.BackupKeyPair;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.HomeFiles;
import dev.portcullis.cli.home.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code backup-key create}: the half that makes backups stays in the home, the recovery half goes
 * to a file that the operator keeps elsewhere. A home that has a key gets the new one for its next
 * backups; older ones need the older key.
 */
@Command(
    name = "create",
    description = "Make a backup key: the recovery half goes into FILE, for you to keep elsewhere.")
final class BackupKeyCreateCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "Where the recovery half goes; not in the home, and not there yet.")
  private Path file = Path.of("");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.trusted();
    if (!Files.isDirectory(place.operator())) {
      throw new Refusal(
          "There is no home at %s yet; %s makes it.".formatted(place.root(), place.command("up")));
    }
    Path target = file.toAbsolutePath().normalize();
    if (Files.exists(target)) {
      throw new Refusal(target + " is there already; it may be the only key to older backups.");
    }
    if (target.startsWith(place.root())) {
      throw new Refusal(
          "Beside the data the recovery half protects nothing: choose a file outside of "
              + place.root()
              + ".");
    }
    BackupKeyPair key = BackupKeyPair.generate();
    HomeFiles.writePrivate(target, key.recovery().json());
    HomeFiles.writePrivate(place.backupKey(), key.home().json());
    Lines.toOut(
        spec,
        "Made the backup key %s: keep %s apart from this machine and from the backups; without it none of them opens, and nothing else tells which are this home's."
            .formatted(key.home().id(), target));
    return 0;
  }
}
