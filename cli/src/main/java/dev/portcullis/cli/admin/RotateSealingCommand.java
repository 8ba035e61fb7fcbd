package dev.portcullis.cli.admin;

import dev.portcullis.cli.HomeOption;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.setup.SealingKeys;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code keys rotate-sealing}: for whoever owns the gateway's files, as those that it changes. */
@Command(
    name = "rotate-sealing",
    description = "Make a new key that the gateway seals personal data by; the older ones open.")
final class RotateSealingCommand implements Callable<Integer> {

  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--standby",
      description =
          "Only let the gateway open with it yet: the first step where there are several.")
  private boolean standby;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    SealingKeys keys = new SealingKeys(place, new SecureRandom());
    String lines =
        standby
            ? "The sealing key %d stands by. Give each gateway this file and start it anew; then keys rotate-sealing has it seal."
                .formatted(keys.addStandby())
            : "The sealing key %d seals from the next start of each gateway on; then %s seals by it what older keys have sealed. Copy the file to where your key files are kept."
                .formatted(keys.rotate(), place.command("reseal"));
    if (spec != null) {
      spec.commandLine().getOut().println(lines);
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
