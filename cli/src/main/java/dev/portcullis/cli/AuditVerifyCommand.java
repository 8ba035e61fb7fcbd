package dev.portcullis.cli;

import dev.portcullis.cli.audit.Found;
import dev.portcullis.cli.audit.GivenHeads;
import dev.portcullis.cli.audit.NotedKeys;
import dev.portcullis.cli.audit.ZoneTrail;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Ports;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code audit verify}: each zone computes its trail anew and says what it found; nobody else needs
 * a way into its database. Exit code 0 when every entry follows from the one before, the vault's
 * signed heads agree, and its keys are those that were noted; 1 otherwise.
 */
@Command(
    name = "verify",
    description =
        "Check that no entry of the vault's and the gateway's audit trail was changed, moved or"
            + " taken out.")
final class AuditVerifyCommand implements Callable<Integer> {
  @Mixin private HomeOption home = new HomeOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    Home place = home.home();
    Ports ports = InstanceState.running(place).ports();
    ZoneTrail vaultTrail = ZoneTrail.vault(place, ports);
    String keys = new NotedKeys(place).compare(vaultTrail.head().keys());
    if (!keys.isEmpty()) {
      Lines.toErr(spec, keys);
    }
    Found vault =
        vaultTrail.verify(
            GivenHeads.of(List.of()),
            entries -> Lines.toErr(spec, "  %,d entries are whole".formatted(entries)));
    Lines.toOut(spec, vault.sentence("The vault's audit trail"));
    Found gateway = ZoneTrail.gateway(place, ports).verify();
    Lines.toOut(spec, gateway.sentence("The gateway's audit trail"));
    return vault.isWhole() && gateway.isWhole() && keys.isEmpty() ? 0 : 1;
  }
}
