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
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every fuzz test that has kept inputs with Jazzer, guided by coverage, for 10 minutes each
 * with {@code -Dportcullis.long=true}. What it learns stays in {@code .fuzzing} of the checkout,
 * where the next run begins.
 */
class FuzzingTest {

  private static final Pattern KEPT = Pattern.compile(".*FuzzTestInputs/[^/]+");
  private static final Pattern RUNS = Pattern.compile("Done (\\d+) runs in");
  private static final int LEAST_RUNS = 100;

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
    assertThat(targets).hasSizeGreaterThanOrEqualTo(9);
    // Their kept inputs are tried in each module's own tests, always.
    Assumptions.assumeTrue(Boolean.getBoolean("portcullis.long"), "takes 10 minutes for each");
    Duration each = Duration.ofMinutes(10);
    return targets.stream()
        .map(target -> DynamicTest.dynamicTest(target.toString(), () -> fuzz(target, each)));
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

  private static void fuzz(Target target, Duration time) throws IOException {
    Path learned =
        Files.createDirectories(
            Portcullis.checkout().resolve(".fuzzing").resolve(target.toString()));
    CommandResult run =
        Commands.run(
            time.plusMinutes(2),
            Map.of(),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                classPath(target.module()),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.type(),
                "--target_method=" + target.method(),
                "--instrumentation_includes=dev.portcullis.**",
                "--reproducer_path=" + learned,
                "-artifact_prefix=" + learned + "/",
                "-max_total_time=" + time.toSeconds(),
                learned.toString(),
                target.kept().toString()));
    Matcher runs = RUNS.matcher(run.said());
    assertThat(run.exitCode()).as(run.said()).isZero();
    assertThat(runs.find()).as(run.said()).isTrue();
    assertThat(Integer.parseInt(runs.group(1))).as(run.said()).isGreaterThan(LEAST_RUNS);
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
