package dev.portcullis.cli.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.portcullis.cli.home.Refusal;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A new connector compiles as it is written, and its contract says what is missing still. */
class SkeletonTest {

  private static final Path SOURCES = Path.of("../connectors/src");

  @TempDir private Path checkout = Path.of("");

  private void copySources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = checkout.resolve("connectors/src").resolve(SOURCES.relativize(file));
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        Files.copy(file, copy);
      }
    }
  }

  @Test
  void compilesAndItsContractSaysWhatIsMissing() throws Exception {
    copySources();

    List<Path> written =
        new Skeleton(checkout, "acmepay", "AcmePay", "https://acmepay.example/docs").write();

    assertThat(written).hasSize(11).allMatch(file -> Files.exists(checkout.resolve(file)));
    Path classes = compiled(written);
    Outcomes outcomes = contract(classes);
    // Beside what it says is missing it keeps the contract, and the others are what they were.
    assertThat(outcomes.failed)
        .isNotEmpty()
        .allSatisfy(failure -> assertThat(failure).startsWith("TODO: write AcmePaySpecimen."));
    assertThat(outcomes.passed)
        .contains("aRequestFitsItsPolicy 8", "aRequestHoldsNoCardAndOnlyThePolicysSlots 8")
        .contains("whatTheManifestRefusesIsNotMade 8", "everyOperationOfThePolicyIsUsed 8")
        .contains("readsADecline 7")
        .doesNotContain("readsADecline 8", "takesWhatTheProviderDid 8");
  }

  /** All of the connectors, warnings of the new one being errors, and the contract's test. */
  private Path compiled(List<Path> written) throws IOException {
    Path classes = Files.createDirectory(checkout.resolve("classes"));
    List<Path> sources = new ArrayList<>();
    for (String tree : List.of("main", "test")) {
      try (Stream<Path> files = Files.walk(checkout.resolve("connectors/src/" + tree))) {
        files.filter(SkeletonTest::isNeeded).forEach(sources::add);
      }
    }
    assertThat(sources)
        .containsAll(
            written.stream().map(checkout::resolve).filter(SkeletonTest::isNeeded).toList());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean right =
          compiler
              .getTask(
                  said,
                  files,
                  null,
                  List.of(
                      "-d",
                      classes.toString(),
                      "-proc:none",
                      "-Xlint:all,-processing,-classfile",
                      "-Werror",
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(said.toString()).isEmpty();
      assertThat(right).isTrue();
    }
    try (Stream<Path> resources = Files.walk(checkout.resolve("connectors/src/main/resources"))) {
      for (Path each : resources.filter(Files::isRegularFile).toList()) {
        Path copy =
            classes.resolve(checkout.resolve("connectors/src/main/resources").relativize(each));
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        Files.copy(each, copy);
      }
    }
    return classes;
  }

  /** Other providers' own tests are not, nor is a package described in two trees at once. */
  private static boolean isNeeded(Path file) {
    return file.toString().endsWith(".java")
        && !file.toString().matches(".*/test/.*package-info\\.java")
        && (!file.toString().matches(".*(Test|Properties)\\.java")
            || file.toString().matches(".*/(acmepay/.*|ConnectorContractTest\\.java)"));
  }

  /** What of the contract held, by test and number of the connector. */
  private static final class Outcomes implements TestExecutionListener {
    private final List<String> passed = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (!test.isTest()) {
        return;
      }
      result
          .getThrowable()
          .ifPresentOrElse(
              thrown -> failed.add(String.valueOf(thrown.getMessage())),
              () ->
                  passed.add(
                      test.getUniqueId()
                          .replaceAll(".*test-template:(\\w+).*#([0-9]+)]$", "$1 $2")));
    }
  }

  private static Outcomes contract(Path classes) throws Exception {
    try (URLClassLoader loader = new CopysClasses(classes)) {
      Class<?> test = loader.loadClass("dev.portcullis.connectors.ConnectorContractTest");
      Class<?> specimen = loader.loadClass("dev.portcullis.connectors.Specimen");
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(
                  Stream.of(
                          "aRequestFitsItsPolicy",
                          "aRequestHoldsNoCardAndOnlyThePolicysSlots",
                          "whatTheManifestRefusesIsNotMade",
                          "everyOperationOfThePolicyIsUsed",
                          "readsADecline",
                          "takesWhatTheProviderDid")
                      .map(method -> selectMethod(test, method, specimen.getName()))
                      .toList())
              .build();
      Outcomes outcomes = new Outcomes();
      LauncherFactory.create().execute(request, outcomes);
      return outcomes;
    }
  }

  /** The copy's classes before those that this test runs with. */
  private static final class CopysClasses extends URLClassLoader {
    CopysClasses(Path classes) throws IOException {
      super(new URL[] {classes.toUri().toURL()}, SkeletonTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (name.startsWith("dev.portcullis.connectors.")) {
          Class<?> loaded = findLoadedClass(name);
          return loaded == null ? findClass(name) : loaded;
        }
        return super.loadClass(name, resolve);
      }
    }

    @Override
    public URL getResource(String name) {
      URL own = findResource(name);
      return own == null ? super.getResource(name) : own;
    }
  }

  @Test
  void whatIsInItsWayIsLeftAsItIs() throws IOException {
    copySources();
    assertThatThrownBy(() -> new Skeleton(checkout, "adyen", "Adyen", "https://a.example").write())
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("already");
    Path registry =
        checkout.resolve("connectors/src/test/java/dev/portcullis/connectors/Specimens.java");
    Files.writeString(registry, "class Specimens {}");
    assertThatThrownBy(() -> new Skeleton(checkout, "acme", "Acme", "https://a.example").write())
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("does not look as expected");
    assertThat(checkout.resolve("connectors/src/main/java/dev/portcullis/connectors/acme"))
        .doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "Acme", "acme-pay", "1acme", "spi", "switch", "../acme", "a b"})
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() -> new Skeleton(checkout, name, "Acme", "https://a.example"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("small letters");
  }

  @Test
  void aWordThatCouldWriteCodeIsRefused() {
    for (String bad : List.of("http://a.example", "https://a\"+x", "https://a b", "")) {
      assertThatThrownBy(() -> new Skeleton(checkout, "acme", "Acme", bad))
          .isInstanceOf(Refusal.class);
    }
    assertThatThrownBy(() -> new Skeleton(checkout, "acme", "Other", "https://a.example"))
        .isInstanceOf(Refusal.class)
        .hasMessageContaining("--class");
  }
}
