package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.postgres.Databases;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code migrate}: brings both schemas to this version while the version before goes on. Done
 * again, or by two at once, it changes nothing more. Exit code 0 when both are there, 1 otherwise.
 */
@Command(
    name = "migrate",
    description = "Before an upgrade of several gateways: bring the schemas to this version.")
final class MigrateCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();
  @Mixin private DatabaseOption database = new DatabaseOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.trusted();
    Databases databases = database.of(place).withSchemasOf(UpCommand.checkout());
    // The vault's first: a gateway may ask for what a new vault alone has, never the other way.
    for (Zone zone : List.of(Zone.VAULT, Zone.GATEWAY)) {
      Databases.Laid laid = databases.lay(zone);
      Lines.toOut(
          spec,
          laid.steps() == 0
              ? "The %s's schema is at version %s already.".formatted(zone.label(), laid.before())
              : "The %s's schema went from version %s to %s."
                  .formatted(zone.label(), laid.before(), laid.after()));
    }
    return 0;
  }
}
