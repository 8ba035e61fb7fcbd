package dev.portcullis.cli;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.InstanceState;
import dev.portcullis.cli.home.InstanceState.Phase;
import dev.portcullis.cli.home.InstanceState.ProcessMark;
import dev.portcullis.cli.home.Ports;
import dev.portcullis.cli.home.Zone;
import dev.portcullis.cli.process.HealthProbe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an instance is at this moment: its written state, held against what really runs. */
record InstanceReport(
    Optional<InstanceState> state, Map<String, ProcessMark> alive, Map<String, String> health) {

  static InstanceReport of(Home home) {
    Optional<InstanceState> state = InstanceState.load(home);
    Map<String, ProcessMark> alive = new LinkedHashMap<>();
    Map<String, String> health = new LinkedHashMap<>();
    if (state.isPresent()) {
      Ports ports = state.get().ports();
      state
          .get()
          .processes()
          .forEach(
              (name, mark) -> {
                if (mark.find().isPresent()) {
                  alive.put(name, mark);
                }
                health.put(name, health(name, alive.containsKey(name), ports));
              });
    }
    return new InstanceReport(state, alive, health);
  }

  private static String health(String name, boolean alive, Ports ports) {
    if (!alive) {
      return "gone";
    }
    for (Zone zone : Zone.values()) {
      if (zone.label().equals(name) && zone != Zone.POSTGRES) {
        return HealthProbe.ask(managementPort(zone, ports)).label();
      }
    }
    return "up";
  }

  static int managementPort(Zone zone, Ports ports) {
    return switch (zone) {
      case VAULT -> ports.vaultManagement();
      case GATEWAY -> ports.gatewayManagement();
      case SIMULATOR -> ports.simulatorManagement();
      case POSTGRES -> throw new IllegalArgumentException("PostgreSQL has no management listener");
    };
  }

  /** True when everything that was started is up. */
  boolean ready() {
    return state.filter(s -> s.phase() == Phase.READY).isPresent()
        && health.values().stream().allMatch("up"::equals);
  }

  boolean running() {
    return alive.containsKey("supervisor");
  }

  /** The JSON object of {@code status --json}. */
  Map<String, @Nullable Object> tree(Home home) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("running", running());
    tree.put("ready", ready());
    tree.put("home", home.root().toString());
    state.ifPresent(s -> tree.putAll(s.facts()));
    Map<String, @Nullable Object> pids = new LinkedHashMap<>();
    alive.forEach((name, mark) -> pids.put(name, mark.pid()));
    tree.put("pids", pids);
    tree.put("health", new LinkedHashMap<String, @Nullable Object>(health));
    return tree;
  }
}
