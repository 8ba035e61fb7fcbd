package dev.portcullis.cli.process;

import dev.portcullis.cli.home.Home;
import dev.portcullis.cli.home.Refusal;
import dev.portcullis.cli.home.Zone;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A zone that is a Java process run from the jars in its folder under {@code lib/}. */
public final class JavaProgram implements Program {
  private final Launch launch;
  private final Home home;
  private final ProcessTable table;
  private final Jvm runtime;
  private final LogTail tail;

  /**
   * How a zone is run.
   *
   * @param managementPort where it tells its health, on the loopback
   * @param options the JVM's options
   * @param variables what its environment holds beyond what every program's does
   */
  public record Jvm(
      Zone zone,
      Path java,
      int managementPort,
      List<String> options,
      Map<String, String> variables) {}

  public JavaProgram(Launch launch, Home home, Jvm runtime) {
    this.launch = launch;
    this.home = home;
    this.table = new ProcessTable(home);
    this.runtime = runtime;
    this.tail = new LogTail(home.log(runtime.zone()));
  }

  @Override
  public Zone zone() {
    return runtime.zone();
  }

  @Override
  public Process start() throws IOException {
    table.of(zone()).forEach(orphan -> ProcessTable.stop(orphan, stopSignal(), stopGrace()));
    List<String> command = new ArrayList<>();
    command.add(runtime.java().toString());
    command.addAll(runtime.options());
    command.add("-Djava.io.tmpdir=" + home.temporary(zone()));
    command.addAll(List.of("-cp", classPath(), ProcessTable.mainClass(zone())));
    command.add(home.properties(zone()).toString());
    Map<String, String> environment = new HashMap<>(runtime.variables());
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("TZ", "UTC");
    // glibc reserves an arena per thread otherwise, and memory is promised to be small.
    environment.put("MALLOC_ARENA_MAX", "2");
    tail.begin();
    return launch.start(zone(), command, environment);
  }

  /** In a fixed order, the zone's own jar first, so that what runs does not hang on a listing. */
  private String classPath() throws IOException {
    Path jars = home.jars(zone());
    try (Stream<Path> files = Files.list(jars)) {
      String path =
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .sorted(Comparator.comparing(this::isDependency).thenComparing(Path::toString))
              .map(Path::toString)
              .collect(Collectors.joining(":"));
      if (path.isEmpty()) {
        throw new Refusal(
            "There are no jars in %s; start with %s.".formatted(jars, home.command("up")));
      }
      return path;
    }
  }

  private boolean isDependency(Path jar) {
    return !String.valueOf(jar.getFileName()).startsWith(zone().label() + "-");
  }

  @Override
  public boolean isReady(Process process) {
    return HealthProbe.ask(runtime.managementPort()).isStarted();
  }

  @Override
  public String stopSignal() {
    return "TERM";
  }

  @Override
  public Duration stopGrace() {
    return Duration.ofSeconds(30);
  }

  @Override
  public String lastWords() {
    return tail.text();
  }
}
