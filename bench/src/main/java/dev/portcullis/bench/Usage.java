package dev.portcullis.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What processes have used so far, each with its children.
 *
 * @param cpu processor time by the process's name
 */
record Usage(Map<String, Duration> cpu) {

  /**
   * What processes used between two looks.
   *
   * @param cpu processor time by the process's name
   */
  record Spent(Map<String, Duration> cpu) {
    static final Spent NOTHING = new Spent(Map.of());

    Spent plus(Spent more) {
      Map<String, Duration> sum = new LinkedHashMap<>(more.cpu);
      cpu.forEach((name, spent) -> sum.merge(name, spent, Duration::plus));
      return new Spent(sum);
    }
  }

  static Usage of(Map<String, Long> pids) {
    Map<String, Duration> cpu = new LinkedHashMap<>();
    pids.forEach(
        (name, pid) ->
            cpu.put(
                name,
                family(pid, pids)
                    .map(
                        process ->
                            process
                                .info()
                                .totalCpuDuration()
                                .orElse(Duration.ZERO)
                                .plus(ofEnded(process.pid())))
                    .reduce(Duration.ZERO, Duration::plus)));
    cpu.put("client", ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
    return new Usage(cpu);
  }

  Spent since(Usage before) {
    Map<String, Duration> spent = new LinkedHashMap<>();
    cpu.forEach(
        (name, now) -> spent.put(name, now.minus(before.cpu.getOrDefault(name, Duration.ZERO))));
    return new Spent(spent);
  }

  static Map<String, Long> residentMegabytes(Map<String, Long> pids) {
    Map<String, Long> resident = new LinkedHashMap<>();
    pids.forEach((name, pid) -> resident.put(name, residentKilobytes(pid) / 1_024));
    return resident;
  }

  /** The process and its children, but for those that are counted under a name of their own. */
  private static Stream<ProcessHandle> family(long pid, Map<String, Long> pids) {
    return ProcessHandle.of(pid).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), children(process, pids)));
  }

  private static Stream<ProcessHandle> children(ProcessHandle process, Map<String, Long> pids) {
    return process
        .children()
        .filter(child -> !pids.containsValue(child.pid()))
        .flatMap(child -> Stream.concat(Stream.of(child), children(child, pids)));
  }

  /**
   * What a process's children used that have ended since: a database's, whose connections come and
   * go. Nothing where there is no {@code /proc} (proc(5): cutime and cstime, in hundredths).
   */
  private static Duration ofEnded(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Duration.ofMillis(10 * (Long.parseLong(fields[13]) + Long.parseLong(fields[14])));
    } catch (IOException _) {
      return Duration.ZERO; // it has ended, or the system tells it otherwise
    }
  }

  private static long residentKilobytes(long pid) {
    try {
      Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", Long.toString(pid)).start();
      try (var out = ps.getInputStream()) {
        String text = new String(out.readAllBytes(), StandardCharsets.US_ASCII).strip();
        return text.isEmpty() ? 0 : Long.parseLong(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("ps cannot be run", e);
    }
  }
}
