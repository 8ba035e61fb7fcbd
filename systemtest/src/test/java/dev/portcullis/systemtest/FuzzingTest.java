package dev.portcullis.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every fuzz test that has kept inputs with Jazzer: always the same changes of the kept
 * inputs, so that no build fails by chance; and with {@code -Dportcullis.long=true}, guided by
 * coverage, for 10 minutes each. What that learns stays in {@code .fuzzing} of the checkout, where
 * the next run begins.
 */
class FuzzingTest {

  private static final Pattern KEPT = Pattern.compile(".*FuzzTestInputs/[^/]+");
  private static final Pattern RUNS = Pattern.compile("Done (\\d+) runs in");
  private static final boolean GUIDED = Boolean.getBoolean("portcullis.long");
  private static final int LEAST_RUNS = 100;
  private static final int FIXED_RUNS = 20_000;

  /** A module, the class in it, and the method. */
  private record Target(String module, String type, String method, Path kept) {
    @Override
    public String toString() {
      return type.substring(type.lastIndexOf('.') + 1) + "." + method;
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsParsedIsReadOrRefused() throws IOException {
    List<Target> targets = targets();
    assertThat(targets).hasSizeGreaterThanOrEqualTo(15);
    return targets.stream()
        .map(
            target ->
                DynamicTest.dynamicTest(
                    target.toString(),
                    () -> {
                      if (GUIDED) {
                        fuzz(target, Duration.ofMinutes(10));
                      } else {
                        tryChanges(target);
                      }
                    }));
  }

  private static List<Target> targets() throws IOException {
    List<Target> targets = new ArrayList<>();
    for (String module : List.of("wire", "gateway", "vault")) {
      Path resources = Portcullis.checkout().resolve(module).resolve("src/test/resources");
      if (Files.isDirectory(resources)) {
        try (Stream<Path> folders = Files.walk(resources)) {
          folders
              .filter(Files::isDirectory)
              .filter(folder -> KEPT.matcher(folder.toString()).matches())
              .sorted()
              .forEach(folder -> targets.add(target(module, resources, folder)));
        }
      }
    }
    return targets;
  }

  private static Target target(String module, Path resources, Path folder) {
    String place = resources.relativize(folder).toString();
    int end = place.lastIndexOf("Inputs/");
    return new Target(
        module,
        place.substring(0, end).replace('/', '.'),
        place.substring(end + "Inputs/".length()),
        folder);
  }

  /** Guided by coverage, which no two runs have alike. */
  private static void fuzz(Target target, Duration time) throws IOException {
    Path learned =
        Files.createDirectories(
            Portcullis.checkout().resolve(".fuzzing").resolve(target.toString()));
    int runs =
        run(
            target,
            time.plusMinutes(5),
            learned,
            "--instrumentation_includes=dev.portcullis.**",
            "-max_total_time=" + time.toSeconds(),
            "-timeout=30",
            learned.toString(),
            target.kept().toString());
    assertThat(runs).isGreaterThan(LEAST_RUNS);
  }

  /**
   * A fixed number of changes from a fixed seed. Nothing is instrumented, which takes most of a
   * start, and whose findings would lead each run elsewhere.
   */
  private static void tryChanges(Target target) throws IOException {
    Path found = Files.createDirectories(Portcullis.checkout().resolve(".fuzzing"));
    int runs =
        run(
            target,
            Duration.ofMinutes(1),
            found,
            "--hooks=false",
            "-keep_seed=1",
            "-len_control=0",
            "-max_len=512",
            "-seed=1",
            "-runs=" + FIXED_RUNS,
            "-seed_inputs=" + keptInputs(target));
    assertThat(runs).isEqualTo(FIXED_RUNS);
  }

  /** In the order of their names, which is the same everywhere. */
  private static String keptInputs(Target target) throws IOException {
    try (Stream<Path> files = Files.list(target.kept())) {
      return files.sorted().map(Path::toString).collect(Collectors.joining(","));
    }
  }

  /** How often the target was run; a finding fails here. */
  private static int run(Target target, Duration limit, Path artifacts, String... options)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                // A short run is over before the better code is there.
                GUIDED ? "-XX:+TieredCompilation" : "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(target.module()),
                "com.code_intelligence.jazzer.Jazzer",
                // What is in memory is bounded by -Xmx: libFuzzer's own figure (getrusage's
                // ru_maxrss) begins with what the process had that started this one.
                "-rss_limit_mb=0",
                "--target_class=" + target.type(),
                "--target_method=" + target.method(),
                "--reproducer_path=" + artifacts,
                "-artifact_prefix=" + artifacts + "/"));
    command.addAll(List.of(options));
    CommandResult run = Commands.run(limit, Map.of(), command);
    Matcher runs = RUNS.matcher(run.said());
    assertThat(run.exitCode()).as(run.said()).isZero();
    assertThat(runs.find()).as(run.said()).isTrue();
    return Integer.parseInt(runs.group(1));
  }

  /** The module with its tests, what it runs with, and what this module's tests run with. */
  private static String classPath(String module) {
    Path target = Portcullis.checkout().resolve(module).resolve("target");
    return String.join(
        File.pathSeparator,
        target.resolve("test-classes").toString(),
        target.resolve("classes").toString(),
        target.resolve("lib").toString() + File.separator + "*",
        System.getProperty("java.class.path"));
  }
}
