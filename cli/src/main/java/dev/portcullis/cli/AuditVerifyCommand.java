package dev.portcullis.cli;

import dev.portcullis.cli.audit.Found;
import dev.portcullis.cli.audit.GivenHeads;
import dev.portcullis.cli.audit.NotedHead;
import dev.portcullis.cli.audit.NotedKeys;
import dev.portcullis.cli.audit.ZoneTrail;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.wire.audit.SignedHead;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code audit verify}: each zone computes its trail anew and says what it found; nobody else needs
 * a way into its database. Exit code 0 when every entry follows from the one before, the vault's
 * signed heads agree, its keys are those that were noted, and the head that was noted last is among
 * its heads; 1 otherwise.
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
    NotedHead noted = new NotedHead(place);
    Optional<SignedHead> before = noted.read();
    ZoneTrail.Head newest = vaultTrail.head();
    String keys = new NotedKeys(place).compare(newest.keys());
    if (!keys.isEmpty()) {
      Lines.toErr(spec, keys);
    }
    GivenHeads given = GivenHeads.none().and(before).signedBy(newest.keys());
    given.refused().forEach(line -> Lines.toErr(spec, line));
    Found vault =
        vaultTrail.verify(
            given, entries -> Lines.toErr(spec, "  %,d entries are whole".formatted(entries)));
    Lines.toOut(spec, vault.sentence("The vault's audit trail"));
    Found gateway = ZoneTrail.gateway(place, ports).verify();
    Lines.toOut(spec, gateway.sentence("The gateway's audit trail"));
    boolean good = vault.isWhole() && keys.isEmpty() && given.refused().isEmpty();
    if (good) {
      newest.signed().ifPresent(noted::note);
    }
    return good && gateway.isWhole() ? 0 : 1;
  }
}
