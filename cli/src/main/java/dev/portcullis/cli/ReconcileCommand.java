package dev.portcullis.cli;

import dev.portcullis.cli.admin.ReconcileReportCommand;
import dev.portcullis.cli.backup.Recovery;
import dev.portcullis.cli.backup.Recovery.Standing;
import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code reconcile}: has the gateway compare what it knows with what the providers know since the
 * backup, and prints what differs. Exit code 0 when nothing does, 3 when something does, 1 when it
 * could not be told.
 */
@Command(
    name = "reconcile",
    description = {
      "After a restore: compare with what the providers know since the backup.",
      "Every day: reconcile run holds a provider's report of a day against what is known here."
    },
    subcommands = {
      ReconcileReportCommand.class,
      ReconcileReportCommand.Items.class,
      ReconcileReportCommand.Settle.class
    })
final class ReconcileCommand implements Callable<Integer> {
  private static final int DIFFERENT = 3;
  private static final int SHOWN = 1000;
  private static final long LOOK_AGAIN_MILLIS = 250;

  @Mixin private HomeOption home = new HomeOption();
  @Mixin private DatabaseOption database = new DatabaseOption();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long to wait for the gateway (${DEFAULT-VALUE}).")
  private int seconds;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Home place = home.trusted();
    Recovery recovery = new Recovery(database.of(place));
    Optional<Standing> open = recovery.standing();
    if (open.isEmpty()) {
      Lines.toOut(spec, "Payments are not paused; there is nothing to reconcile.");
      return 0;
    }
    if (!List.of("up", "late").contains(InstanceReport.of(place).health().get("gateway"))) {
      throw new Refusal("The gateway does not run; start it with " + place.command("up") + ".");
    }
    recovery.order(open.get().id());
    Standing done = await(recovery);
    if (done.trouble().isPresent()) {
      throw new Refusal(
          "The providers could not be asked: " + done.trouble().get() + "; reconcile again.");
    }
    report(place, recovery, done);
    return done.differences() == 0 ? 0 : DIFFERENT;
  }

  private Standing await(Recovery recovery) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    for (long left = seconds * 1000L; left > 0; left -= LOOK_AGAIN_MILLIS) {
      Standing standing =
          recovery.standing().orElseThrow(() -> new Refusal("Payments were resumed meanwhile."));
      if (!standing.state().equals("reconciling")) {
        return standing;
      }
      if (never.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
        break;
      }
    }
    throw new Refusal("The gateway did not finish in time; its log says why. Reconcile again.");
  }

  private void report(Home place, Recovery recovery, Standing done) {
    Lines.toOut(spec, "What the providers know since the backup of " + done.backupAt() + ":");
    if (done.report().get("sources") instanceof List<?> sources) {
      for (Object each : sources) {
        if (each instanceof Map<?, ?> source) {
          Lines.toOut(spec, source(source));
        }
      }
    }
    for (Recovery.Finding finding : recovery.findings(done.id(), SHOWN)) {
      Lines.toOut(
          spec,
          "  %s  %-9s %-9s %12d %s  %s  %s  %s"
              .formatted(
                  finding.at(),
                  finding.verdict(),
                  finding.kind() + " " + finding.status(),
                  finding.amount(),
                  finding.currency(),
                  finding.last4() == null ? "    " : finding.last4(),
                  finding.providerId(),
                  finding.account()));
    }
    Lines.toOut(
        spec,
        done.differences() == 0
            ? "Nothing differs: %s lets payments go on.".formatted(place.command("resume"))
            : "%d to be looked at; %s lets payments go on."
                .formatted(
                    done.differences(),
                    place.command("resume --accept-differences " + done.differences())));
  }

  private static String source(Map<?, ?> source) {
    if (Boolean.FALSE.equals(source.get("asked"))) {
      return "  %s of %s was not asked: it is not connected, or has no list of operations, and %s; connect it and reconcile again, or compare its own reports by hand"
          .formatted(
              source.get("connector"),
              source.get("account"),
              Boolean.TRUE.equals(source.get("operations"))
                  ? "payments went through it"
                  : "no payment here went through it");
    }
    return source.get("listed") == null
        ? "  %s of %s cannot list its operations: compare its own reports by hand"
            .formatted(source.get("connector"), source.get("account"))
        : "  %s of %s: %s operations, %s known here, %s not known, %s of them without money moved"
            .formatted(
                source.get("connector"),
                source.get("account"),
                source.get("listed"),
                source.get("known"),
                source.get("unknown"),
                source.get("without_money"));
  }
}
