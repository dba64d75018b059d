package dev.windrose;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.typesafe.config.Config;
import dev.windrose.front.web.Resource;
import dev.windrose.live.definition.DefinitionGateway;
import dev.windrose.live.journal.SharedDatabaseProvider;
import dev.windrose.live.pool.PoolDispatcher;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The shape of the house: who may know whom, and what nobody does. docs/architecture.md says why. */
class HouseTest {

    private static final String LIVE = "dev.windrose.live.";

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.windrose");

    @Test
    void ringsPointInwards() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.windrose..")
                .withOptionalLayers(true)
                .layer("model")
                .definedBy("dev.windrose.model..")
                .layer("decide")
                .definedBy("dev.windrose.decide..")
                .layer("watch")
                .definedBy("dev.windrose.watch..")
                .layer("live")
                .definedBy("dev.windrose.live..")
                .layer("front")
                .definedBy("dev.windrose.front..")
                .layer("boot")
                .definedBy("dev.windrose.boot..")
                .layer("cli")
                .definedBy("dev.windrose.cli..")
                .layer("stage")
                .definedBy("dev.windrose.stage..")
                .whereLayer("decide")
                .mayOnlyBeAccessedByLayers("watch", "live", "front", "boot", "cli")
                .whereLayer("live")
                .mayOnlyBeAccessedByLayers("front", "boot")
                .whereLayer("front")
                .mayOnlyBeAccessedByLayers("boot")
                .whereLayer("boot")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("stage")
                .whereLayer("stage")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("watch")
                .mayOnlyBeAccessedByLayers("live", "front", "boot")
                .check(HOUSE);
    }

    /** The rehearsal is a jar of its own, and asks nodes as any client does. */
    @Test
    void ofTheProductTheRehearsalKnowsTheCommandAlone() {
        noClasses()
                .that(resideInAPackage("dev.windrose.stage.."))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.windrose..")
                        .and(DescribedPredicate.not(resideInAnyPackage(
                                "dev.windrose.stage..", "dev.windrose.cli", "dev.windrose.cli.remote"))))
                .check(HOUSE);
    }

    @Test
    void modelAndDecideArePlainJava() {
        classes()
                .that(resideInAnyPackage("dev.windrose.model..", "dev.windrose.decide.."))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "java.lang..",
                                "java.util..",
                                "java.time..",
                                "java.net..",
                                "java.math..",
                                "java.nio.charset..",
                                "java.text..",
                                "java.security..",
                                "org.jspecify..",
                                "dev.windrose.model..",
                                "dev.windrose.decide..")
                        .or(arrays()))
                .check(HOUSE);
    }

    @Test
    void decideHasNoClockAndNoChance() {
        noClasses()
                .that(resideInAnyPackage("dev.windrose.model..", "dev.windrose.decide.."))
                .should()
                .callMethodWhere(namedIn(Map.of(
                        "java.lang.System", Set.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "exit"),
                        "java.lang.Math", Set.of("random"),
                        "java.lang.Thread", Set.of("sleep", "start"),
                        "java.time.Instant", Set.of("now"),
                        "java.time.LocalDate", Set.of("now"),
                        "java.time.LocalDateTime", Set.of("now"),
                        "java.time.OffsetDateTime", Set.of("now"),
                        "java.time.ZonedDateTime", Set.of("now"),
                        "java.util.UUID", Set.of("randomUUID"))))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(HOUSE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.windrose.(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(HOUSE);
    }

    /** From the ground up: a package knows those of lower floors alone. */
    private static final List<Set<String>> FLOORS_OF_LIVE = List.of(
            Set.of("disk", "feed", "jdbc", "net", "pool", "supervision", "wire"),
            Set.of("audit", "board", "journal", "metric", "reach", "tls"),
            Set.of("access", "definition", "health", "listen", "member"),
            Set.of("geo"),
            Set.of("table"),
            Set.of("edit"),
            Set.of("failover"));

    @Test
    void insideLiveEverythingPointsDownwards() {
        Set<String> known = FLOORS_OF_LIVE.stream().flatMap(Set::stream).collect(Collectors.toSet());
        assertThat(HOUSE.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(LIVE))
                        .map(HouseTest::room)
                        .collect(Collectors.toSet()))
                .as("each package of live has a floor")
                .isEqualTo(known);

        Set<String> below = new HashSet<>();
        for (Set<String> floor : FLOORS_OF_LIVE) {
            for (String room : floor) {
                Set<String> may = new HashSet<>(below);
                may.add(room);
                noClasses()
                        .that(resideInAPackage(LIVE + room + ".."))
                        .should()
                        .dependOnClassesThat(DescribedPredicate.describe(
                                "in live, above or beside " + room,
                                type -> type.getPackageName().startsWith(LIVE)
                                        && !may.contains(room(type.getPackageName()))))
                        .check(HOUSE);
            }
            below.addAll(floor);
        }
    }

    private static String room(String packageName) {
        return packageName.substring(LIVE.length()).split("\\.")[0];
    }

    @Test
    void frontsKnowWebAlone() {
        slices().matching("dev.windrose.front.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(
                        DescribedPredicate.not(resideInAPackage("dev.windrose.front.web..")),
                        resideInAPackage("dev.windrose.front.web.."))
                .check(HOUSE);
    }

    /** What several resources show or read has a class of its own. */
    @Test
    void resourcesDoNotCallEachOther() {
        noClasses()
                .that(DescribedPredicate.describe("are resources", HouseTest::isResource))
                .should(ArchCondition.from(DescribedPredicate.describe(
                        "call another resource",
                        type -> type.getDirectDependenciesFromSelf().stream()
                                .map(Dependency::getTargetClass)
                                .anyMatch(target ->
                                        isResource(target) && !outermost(target).equals(outermost(type))))))
                .check(HOUSE);
    }

    private static boolean isResource(JavaClass type) {
        return outermost(type).isAssignableTo(Resource.class) && !type.isInterface();
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(HouseTest::outermost).orElse(type);
    }

    /** Whoever writes goes the one way: who may, what fits, and who is told are settled there. */
    @Test
    void definitionsAreEditedInOnePlace() {
        noClasses()
                .that(resideInAPackage("dev.windrose..")
                        .and(DescribedPredicate.not(resideInAPackage("dev.windrose.live.edit.."))))
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "hands an edit to the journal",
                        access -> access.getTargetOwner().isAssignableTo(DefinitionGateway.class)
                                && access.getName().equals("submit")))
                .check(HOUSE);
        noClasses()
                .that(resideInAPackage("dev.windrose.front.."))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(DefinitionGateway.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(DefinitionGateway.Outcome.class)
                .check(HOUSE);
    }

    /** The way of an edit is walked without HTTP, and would be by any other front. */
    @Test
    void belowTheFrontNobodyEditsInWordsOfHttp() {
        noClasses()
                .that(resideInAnyPackage("dev.windrose.live.edit..", "dev.windrose.live.failover.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("akka.http..", "com.fasterxml.."))
                .check(HOUSE);
    }

    @Test
    void onlyBootReadsSettings() {
        noClasses()
                .that(resideInAPackage("dev.windrose..")
                        .and(DescribedPredicate.not(resideInAPackage("dev.windrose.boot..")))
                        // The journal plugin and Akka make these themselves and hand them their parts of the
                        // configuration.
                        .and(DescribedPredicate.not(belongToAnyOf(SharedDatabaseProvider.class, PoolDispatcher.class))))
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Config.class)
                .check(HOUSE);
    }

    @Test
    void nobodyBlocks() {
        noClasses()
                .that(resideInAPackage("dev.windrose..")
                        .and(DescribedPredicate.not(resideInAnyPackage(
                                "dev.windrose.boot..", "dev.windrose.cli..", "dev.windrose.stage.."))))
                .should()
                .callMethodWhere(namedIn(Map.of(
                        "java.lang.Thread", Set.of("sleep", "join"),
                        "java.lang.Object", Set.of("wait"),
                        "java.util.concurrent.CountDownLatch", Set.of("await"),
                        "scala.concurrent.Await", Set.of("result", "ready"))))
                .orShould()
                .callMethodWhere(waitsForAFuture())
                .check(HOUSE);
    }

    /** Else Akka names the logger after itself, and its lines are filtered out with those of Akka. */
    @Test
    void actorsThatLogNameTheirLogger() {
        classes()
                .that(DescribedPredicate.describe("log by their context", type -> calls(type, "getLog")))
                .should(ArchCondition.from(
                        DescribedPredicate.describe("name their logger", type -> calls(type, "setLoggerName"))))
                .check(HOUSE);
    }

    private static boolean calls(JavaClass type, String method) {
        return type.getMethodCallsFromSelf().stream()
                .anyMatch(call -> call.getName().equals(method)
                        && call.getTargetOwner().getName().startsWith("akka.actor.typed"));
    }

    @Test
    void nothingIsCalledImplOrUtil() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .check(HOUSE);
    }

    private static DescribedPredicate<JavaClass> arrays() {
        return DescribedPredicate.describe("arrays and primitives", type -> type.isArray() || type.isPrimitive());
    }

    private static DescribedPredicate<JavaAccess<?>> namedIn(Map<String, Set<String>> methods) {
        return DescribedPredicate.describe(
                "one of " + methods,
                access -> methods.getOrDefault(access.getTargetOwner().getName(), Set.of())
                        .contains(access.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> waitsForAFuture() {
        return DescribedPredicate.describe(
                "waits for a future",
                access -> access.getTargetOwner().isAssignableTo(Future.class)
                        && Set.of("get", "join").contains(access.getName()));
    }
}
