package dev.portcullis.cli;

import dev.portcullis.cli.admin.KeysCommand;
import dev.portcullis.cli.admin.OperationsCommand;
import dev.portcullis.cli.admin.PagesCommand;
import dev.portcullis.cli.admin.PeopleCommand;
import dev.portcullis.cli.admin.ProvidersCommand;
import dev.portcullis.cli.admin.ResealCommand;
import dev.portcullis.cli.admin.ResumeCommand;
import dev.portcullis.cli.admin.RoutingCommand;
import dev.portcullis.cli.admin.SignInCommand;
import dev.portcullis.cli.admin.VaultCommand;
import dev.portcullis.cli.connectors.ConnectorsCommand;
import dev.portcullis.cli.webhooks.WebhookAttackCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of the commands; alone, it shows them. */
@Command(
    name = "portcullis",
    description = "The payment gateway that you run yourself.",
    footer = {
      "",
      "And, run by the launcher itself:",
      "  test [--long]  build everything, check everything",
      "  jdk            print the JDK in use"
    },
    subcommands = {
      InitCommand.class,
      UpCommand.class,
      StatusCommand.class,
      StopCommand.class,
      DoctorCommand.class,
      SignInCommand.class,
      PeopleCommand.class,
      KeysCommand.class,
      ProvidersCommand.class,
      RoutingCommand.class,
      PagesCommand.class,
      BrandingCommand.class,
      ResealCommand.class,
      VaultCommand.class,
      ConnectorsCommand.class,
      ListenCommand.class,
      TriggerCommand.class,
      WebhooksCommand.class,
      EventsCommand.class,
      WebhookAttackCommand.class,
      LogsCommand.class,
      TlsCommand.class,
      AuditCommand.class,
      MigrateCommand.class,
      BackupCommand.class,
      BackupKeyCommand.class,
      RestoreCommand.class,
      ReconcileCommand.class,
      OperationsCommand.class,
      ResumeCommand.class,
      BenchCommand.class,
      ConformanceCommand.class,
      HelpCommand.class
    })
final class Portcullis implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }
}
