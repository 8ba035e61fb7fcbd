package dev.portcullis.cli.process;

import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Keeps the programs of one instance alive and stops them in the order that loses nothing: first
 * who takes payments, last who stores them.
 */
public final class Supervisor {
  private static final List<Zone> STOP_ORDER =
      List.of(Zone.GATEWAY, Zone.SIMULATOR, Zone.VAULT, Zone.POSTGRES);

  private final Consumer<String> say;
  private final BiConsumer<Zone, ProcessMark> record;
  private final Map<Zone, Keeper> keepers = new EnumMap<>(Zone.class);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean stopping;

  /**
   * @param say takes one line for a person
   * @param record takes each process as soon as it was started
   */
  public Supervisor(Consumer<String> say, BiConsumer<Zone, ProcessMark> record) {
    this.say = say;
    this.record = record;
  }

  /**
   * Starts programs side by side and returns when all are ready.
   *
   * @throws Refusal when one of them cannot start, or a stop came first
   */
  public void start(List<Program> programs) {
    List<Keeper> begun = new ArrayList<>();
    for (Program program : programs) {
      begun.add(begin(program));
    }
    begun.forEach(Keeper::awaitReady);
  }

  private synchronized Keeper begin(Program program) {
    if (stopping) {
      throw new Refusal("Stopped while starting.");
    }
    Keeper keeper = new Keeper(program, new Tell());
    keepers.put(program.zone(), keeper);
    keeper.begin();
    return keeper;
  }

  /** Stops everything; a second call waits for the first. */
  public void stop() {
    Optional<Map<Zone, Keeper>> toStop = claimStop();
    if (toStop.isEmpty()) {
      awaitStopped();
      return;
    }
    for (Zone zone : STOP_ORDER) {
      Keeper keeper = toStop.get().get(zone);
      if (keeper != null) {
        keeper.stop();
      }
    }
    stopped.countDown();
  }

  private synchronized Optional<Map<Zone, Keeper>> claimStop() {
    if (stopping) {
      return Optional.empty();
    }
    stopping = true;
    return Optional.of(new EnumMap<>(keepers));
  }

  /** Waits until {@link #stop} is done. */
  public void awaitStopped() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Tell implements Keeper.Events {
    @Override
    public void started(Program program, Process process) {
      try {
        record.accept(program.zone(), ProcessMark.of(process.toHandle()));
      } catch (Refusal e) {
        // A full disk must not take down a zone that runs; stop finds it in the process table.
        say.accept(e.getMessage());
      }
    }

    @Override
    public void said(String line) {
      say.accept(line);
    }
  }
}
