package dev.portcullis.connectors;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.Reader;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

/** A connector is a pure function of values: it reaches nothing and sees no other provider. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.portcullis.connectors");

  @Test
  void dependsOnValuesAlone() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                    "java.lang..",
                    "java.util..",
                    "java.time..",
                    "java.math..",
                    "java.net..",
                    "java.nio.charset",
                    // A text that is read as XML, and nothing outside of it.
                    "javax.xml.stream",
                    "org.jspecify..",
                    "dev.portcullis.kit..",
                    "dev.portcullis.connectors..")
                .or(belongToAnyOf(Reader.class, StringReader.class)))
        .check(CLASSES);
  }

  @Test
  void asksNoClockAndOpensNoConnection() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "reads a clock",
                call ->
                    call.getTargetOwner().getPackageName().equals("java.time")
                        && call.getName().equals("now")))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.(?!URI).*")
        .check(CLASSES);
  }

  @Test
  void theSpiKnowsNoProviderAndProvidersNotEachOther() {
    noClasses()
        .that()
        .resideInAPackage("..spi..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "org.jspecify..", "dev.portcullis.kit..", "..spi..")
        .check(CLASSES);
    slices()
        .matching("dev.portcullis.connectors.(*)..")
        .namingSlices("$1")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            DescribedPredicate.alwaysTrue(),
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage("..spi.."))
        .check(CLASSES);
  }
}
