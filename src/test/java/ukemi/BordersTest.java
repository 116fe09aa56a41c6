package ukemi;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceRule;
import java.util.stream.Stream;
import org.camunda.bpm.engine.delegate.BpmnError;
import ukemi.engine.PlannedErrors;

/** The borders between the rooms. A room that is not built yet keeps every rule. */
@AnalyzeClasses(packages = "ukemi", importOptions = ImportOption.DoNotIncludeTests.class)
class BordersTest {

  @ArchTest static final ArchRule nobodyImportsApi = nobodyImports("api");
  @ArchTest static final ArchRule nobodyImportsRunbook = nobodyImports("runbook");
  @ArchTest static final ArchRule nobodyImportsConsole = nobodyImports("console");
  @ArchTest static final ArchRule nobodyImportsDemo = nobodyImports("demo");

  @ArchTest
  static final ArchRule onlyMainImportsCommands =
      noClasses()
          .that()
          .resideOutsideOfPackage("ukemi.command..")
          .and()
          .doNotHaveFullyQualifiedName("ukemi.Ukemi")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ukemi.command..");

  @ArchTest
  static final ArchRule nobodyButTheDemoImportsSimulator = nobodyImports("simulator", "demo");

  @ArchTest
  static final ArchRule theDemoKnowsUkemiOnlyFromOutside =
      noClasses()
          .that()
          .resideInAPackage("ukemi.demo..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("ukemi..")
                  .and(resideOutsideOfPackages("ukemi.demo..", "ukemi.simulator..", "ukemi")));

  @ArchTest
  static final ArchRule computeAndIdentityKnowNothingOfRecovery =
      noClasses()
          .that()
          .resideInAnyPackage("ukemi.compute..", "ukemi.identity..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "ukemi.segment..",
              "ukemi.notification..",
              "ukemi.evacuation..",
              "ukemi.fencing..",
              "ukemi.engine..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule recoveryKnowsNothingOfTheEngine =
      noClasses()
          .that()
          .resideInAnyPackage(
              "ukemi.segment..", "ukemi.notification..", "ukemi.evacuation..", "ukemi.fencing..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ukemi.engine..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule theDatabaseKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage("ukemi.database..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("ukemi..").and(resideOutsideOfPackages("ukemi.database..", "ukemi")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule theSimulatorImportsNothingOfOurs =
      noClasses()
          .that()
          .resideInAPackage("ukemi.simulator..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("ukemi..").and(resideOutsideOfPackages("ukemi.simulator..")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyRunbookAndEngineImportCamunda =
      noClasses()
          .that()
          .resideOutsideOfPackages("ukemi.runbook..", "ukemi.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.camunda..");

  @ArchTest
  static final ArchRule onlyTheEngineRoomUsesCamundasInside =
      noClasses()
          .that()
          .resideOutsideOfPackage("ukemi.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.camunda..impl..");

  @ArchTest
  static final ArchRule onlyNovaAndIdentityImportOpenstack4j =
      noClasses()
          .that()
          .resideOutsideOfPackages("ukemi.compute.nova..", "ukemi.identity..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.openstack4j.."));

  @ArchTest
  static final ArchRule whoThrowsABpmnErrorDeclaresItsCodes =
      noClasses()
          .that()
          .areNotAnnotatedWith(PlannedErrors.class)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(BpmnError.class);

  @ArchTest
  static final SliceRule noRoomsGoRoundInCircles =
      slices().matching("ukemi.(*)..").should().beFreeOfCycles();

  private static ArchRule nobodyImports(String room, String... rooms) {
    String packages = "ukemi." + room + "..";
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            Stream.concat(Stream.of(room), Stream.of(rooms))
                .map(one -> "ukemi." + one + "..")
                .toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages);
  }
}
