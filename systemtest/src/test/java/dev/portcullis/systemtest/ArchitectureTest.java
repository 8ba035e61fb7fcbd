package dev.portcullis.systemtest;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, and what no production code may call. */
@Order(1)
class ArchitectureTest {
  private static final String ROOT = "dev.portcullis.";
  private static JavaClasses production = new ClassFileImporter().importPackages();

  @BeforeAll
  static void read() {
    production =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT.substring(0, ROOT.length() - 1))
            .that(not(resideInAPackage("dev.portcullis.systemtest..")));
  }

  private static String in(String module) {
    return ROOT + module + "..";
  }

  private static void check(ArchRule rule) {
    rule.check(production);
  }

  /** A rule over nothing holds always, so each module must be there. */
  @Test
  void everyModuleIsLookedAt() {
    for (String module :
        List.of("kit", "wire", "connectors", "vault", "gateway", "simulator", "cli")) {
      assertThat(production.that(resideInAPackage(in(module))).stream().map(JavaClass::getName))
          .as(module)
          .hasSizeGreaterThan(3);
    }
  }

  @Test
  void kitStandsOnTheJdkAlone() {
    check(
        classes()
            .that()
            .resideInAPackage(in("kit"))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(in("kit"), "java..", "org.jspecify.."));
  }

  @Test
  void wireKnowsNoFrameworkAndNoZone() {
    check(
        noClasses()
            .that()
            .resideInAPackage(in("wire"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                in("connectors"),
                in("vault"),
                in("gateway"),
                in("simulator"),
                in("cli"),
                "org.springframework..",
                "io.helidon..",
                "jakarta.servlet..",
                "java.sql..",
                "javax.sql.."));
  }

  @Test
  void connectorsSeeNothingButKitAndTheirContract() {
    check(
        noClasses()
            .that()
            .resideInAPackage(in("connectors"))
            .should()
            .dependOnClassesThat(
                resideInAPackage("dev.portcullis..")
                    .and(not(resideInAnyPackage(in("connectors"), in("kit"))))));
    check(
        noClasses()
            .that()
            .resideInAPackage(in("connectors"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.sql..", "javax.sql..", "java.net.http..", "org.springframework.."));
  }

  @Test
  void noProvidersPackageSeesAnothers() {
    check(
        slices()
            .matching("dev.portcullis.connectors.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                resideInAPackage(in("connectors")), resideInAPackage(in("connectors.spi"))));
  }

  @Test
  void theVaultSeesNeitherConnectorsNorGateway() {
    check(
        noClasses()
            .that()
            .resideInAPackage(in("vault"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                in("connectors"),
                in("gateway"),
                in("simulator"),
                in("cli"),
                "org.springframework.."));
  }

  @Test
  void theGatewaySeesNoVaultCode() {
    check(
        noClasses()
            .that()
            .resideInAPackage(in("gateway"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(in("vault"), in("cli")));
  }

  /** A statement that goes past it names no account, and row-level security shows it nothing. */
  @Test
  void theGatewayReachesItsDatabaseByOneWay() {
    check(
        noClasses()
            .that(
                resideInAPackage(in("gateway"))
                    .and(not(resideInAnyPackage(in("gateway.database"), in("gateway.journal")))))
            .and()
            .doNotHaveSimpleName("GatewayConfiguration")
            .and()
            .doNotHaveSimpleName("Management")
            // Begins each session, before anything is asked of it; its table is no account's.
            .and()
            .doNotHaveSimpleName("SealingFence")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                "javax\\.sql\\.DataSource|java\\.sql\\.(DriverManager|PreparedStatement|Statement)"
                    + "|org\\.springframework\\.jdbc\\.core\\.(JdbcTemplate|JdbcOperations)"));
  }

  /** Whoever can measure how long it takes learns a MAC or a key's hash byte by byte. */
  @Test
  void bytesAreComparedInConstantTime() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(in("wire.net"), in("cli"), in("bench"), in("simulator"))
            .should()
            .callMethod(Arrays.class, "equals", byte[].class, byte[].class));
  }

  /**
   * Texts too, and whatever else is compared by {@code equals}. What is listed here is found, and
   * is no secret.
   */
  @Test
  void secretsAreComparedInConstantTime() {
    assertThat(
            production
                .that(resideInAnyPackage(in("kit"), in("wire"), in("vault"), in("gateway")))
                .stream()
                .flatMap(ArchitectureTest::comparisonsOfSecrets))
        .extracting(SecretComparisons.Found::where)
        .containsExactlyInAnyOrder(
            // A key's check digits, by which slips of the finger are told: a CRC of what was sent.
            ROOT + "wire.key.ApiKey.parse",
            // A signed head's hash, which is in the log and beside each backup.
            ROOT + "wire.audit.TrailCheck.head",
            // The hash of a public key, which every handshake shows.
            ROOT + "vault.http.Servers.isPinned",
            // An unkeyed hash of parameters, told to whoever has the key that they were sent with.
            ROOT + "gateway.http.IdempotentExecution.fromRecord",
            // An unkeyed hash of a page that everybody can get.
            ROOT + "gateway.pages.Approving.approve");
  }

  private static Stream<SecretComparisons.Found> comparisonsOfSecrets(JavaClass type) {
    try (InputStream classFile = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      return SecretComparisons.in(classFile).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What comes from outside makes no objects of its own choosing. */
  @Test
  void nothingIsDeserializedByReflection() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                "java\\.io\\.(ObjectInputStream|Externalizable)|java\\.beans\\.XMLDecoder"
                    + "|.*\\.SnakeYaml|org\\.yaml\\..*|com\\.thoughtworks\\.xstream\\..*"));
    check(
        noClasses()
            .that()
            .resideInAnyPackage(in("kit"), in("wire"), in("vault"))
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                "(com\\.fasterxml|tools)\\.jackson\\.databind\\..*|com\\.google\\.gson\\.Gson"));
  }

  @Test
  void nobodySeesTheSimulator() {
    check(
        noClasses()
            .that(not(resideInAPackage(in("simulator"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(in("simulator")));
  }

  @Test
  void theSharedModulesPackagesFormNoCycles() {
    for (String module : List.of("kit", "wire", "connectors")) {
      check(
          slices()
              .matching(ROOT + module + ".(*)..")
              .should()
              .beFreeOfCycles()
              .allowEmptyShould(true));
    }
  }

  @Test
  void timeIsAlwaysGivenAndNobodySleeps() {
    check(
        noClasses()
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.LocalDate.class, "now")
            .orShould()
            .callMethod(java.time.LocalDateTime.class, "now")
            .orShould()
            .callMethod(java.time.ZonedDateTime.class, "now")
            .orShould()
            .callMethod(java.time.OffsetDateTime.class, "now")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class)
            .orShould()
            .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class));
  }

  /** The system's clock enters where a process is put together, and nowhere else. */
  @Test
  void onlyMainClassesTakeTheSystemsClock() {
    check(
        noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .and()
            .haveSimpleNameNotEndingWith("Configuration")
            .and()
            .haveSimpleNameNotEndingWith("Wiring")
            .and()
            .resideOutsideOfPackages(in("cli"), in("bench"))
            .should()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(java.time.InstantSource.class, "system"));
  }
}
