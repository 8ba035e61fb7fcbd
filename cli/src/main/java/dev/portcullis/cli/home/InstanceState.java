package dev.portcullis.cli.home;

import dev.portcullis.wire.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run/state.json} holds: what an instance is, how far it has come, and its processes.
 * Sandbox only: it names keys in plain text, and so only the operator can read it.
 *
 * @param phase how far the instance has come
 * @param facts what does not change while it runs: addresses, keys, ports
 * @param processes process ids by name, each with its start time
 */
public record InstanceState(
    Phase phase, Map<String, @Nullable Object> facts, Map<String, ProcessMark> processes) {

  /** The life of an instance. */
  public enum Phase {
    STARTING,
    READY,
    STOPPING
  }

  /**
   * A process that cannot be confused with a later one of the same id.
   *
   * @param started when it began, in a form that no later process of this machine repeats
   */
  public record ProcessMark(long pid, String started) {

    /** The process, when it still runs. */
    public Optional<ProcessHandle> find() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .filter(handle -> of(handle).started().equals(started));
    }

    public static ProcessMark of(ProcessHandle handle) {
      return new ProcessMark(handle.pid(), began(handle));
    }

    /**
     * Where the kernel tells, its ticks since this boot: the time of day that the JDK makes of them
     * changes whenever somebody sets the clock. proc(5), /proc/pid/stat, field 22.
     */
    private static String began(ProcessHandle handle) {
      try {
        String stat = Files.readString(Path.of("/proc", Long.toString(handle.pid()), "stat"));
        // The second field is the program's name, which may hold anything but ends with the last ).
        String[] fromThird = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        return boot + ":" + fromThird[19];
      } catch (IOException e) {
        return handle.info().startInstant().map(Instant::toString).orElse("unknown");
      }
    }
  }

  /** Writes the state for {@link #load}. */
  public void save(Home home) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("phase", phase.name());
    tree.put("facts", facts);
    Map<String, @Nullable Object> marks = new LinkedHashMap<>();
    processes.forEach(
        (name, mark) -> marks.put(name, Map.of("pid", mark.pid(), "started", mark.started())));
    tree.put("processes", marks);
    HomeFiles.writePrivate(home.state(), Json.writeString(tree));
  }

  /** The last state written, or empty when there never was one. */
  public static Optional<InstanceState> load(Home home) {
    return HomeFiles.read(home.state()).map(InstanceState::parse);
  }

  /**
   * The state of what runs.
   *
   * @throws Refusal if none of its processes is left: what is written outlives them
   */
  public static InstanceState running(Home home) {
    return load(home)
        .filter(
            state -> state.processes().values().stream().anyMatch(mark -> mark.find().isPresent()))
        .orElseThrow(
            () ->
                new Refusal(
                    "Nothing runs in %s; start it with %s."
                        .formatted(home.root(), home.command("up"))));
  }

  /** The ports that it was started with. */
  public Ports ports() {
    return new Ports(new BigDecimal(String.valueOf(facts.get("port"))).intValueExact());
  }

  private static InstanceState parse(String json) {
    Map<String, @Nullable Object> tree = Json.readObject(json);
    Map<String, ProcessMark> processes = new LinkedHashMap<>();
    object(tree.get("processes"))
        .forEach(
            (name, mark) ->
                processes.put(
                    name,
                    new ProcessMark(
                        number(object(mark).get("pid")),
                        String.valueOf(object(mark).get("started")))));
    Phase phase = Phase.valueOf(String.valueOf(tree.get("phase")));
    return new InstanceState(phase, object(tree.get("facts")), processes);
  }

  @SuppressWarnings("unchecked") // the reader makes no other maps
  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      return (Map<String, @Nullable Object>) value;
    }
    return new LinkedHashMap<>();
  }

  private static long number(@Nullable Object value) {
    return value == null ? 0 : new BigDecimal(value.toString()).longValueExact();
  }
}
