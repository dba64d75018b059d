package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.optimise.TrafficFlow;
import dev.windrose.decide.route.Choice;
import dev.windrose.live.feed.Feed;
import dev.windrose.live.geo.LiveLatencies;
import dev.windrose.live.geo.SampleQueue;
import dev.windrose.live.supervision.Watching;
import dev.windrose.model.Authority;
import dev.windrose.model.Client;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.TargetHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableKeeperTest {

    private static final RegionId US = new RegionId("us-east-1");
    private static final RegionId EU = new RegionId("eu-west-1");
    private static final RuleId EUROPEANS = new RuleId("europeans");
    private static final RuleId AMERICANS = new RuleId("americans");

    private final ActorTestKit kit = ActorTestKit.create();

    @TempDir
    Path directory;

    private TablePlane plane;
    private Director director;

    @BeforeEach
    void start() {
        plane = TablePlane.start(
                kit.system(),
                US,
                new TableSettings(
                        30,
                        Duration.ofMillis(10),
                        Duration.ofHours(1),
                        Duration.ofHours(1),
                        Duration.ZERO,
                        Duration.ofHours(1),
                        0),
                directory,
                Checks.DEFAULTS,
                new LiveLatencies(new SampleQueue(16, () -> {})),
                List::of,
                Watching.parts(),
                new SimpleMeterRegistry());
        director = plane.director();
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private static DefinitionState defined(Map<String, String> fields) {
        return DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, fields, new Stamp(1, US.value()), "tester", ""));
    }

    private static DefinitionState geographic(String source, RegionId target) {
        return defined(Map.of("source_regions", source, "target_regions", target.value()));
    }

    private static DefinitionState removed(DefinitionState state) {
        return state.after(new Change(Change.Kind.REMOVED, Map.of(), new Stamp(2, US.value()), "tester", ""));
    }

    /** Has the keeper learn of definitions, and waits until decisions are made by them. */
    private void learns(Map<DefinitionKey, DefinitionState> definitions) {
        plane.keeper().tell(new TableKeeper.DefinitionsHeard(definitions));
        holds(() -> assertThat(director.catalog().states()).containsAllEntriesOf(definitions));
    }

    private void holds(Runnable assertion) {
        TestProbe.create(kit.system()).awaitAssert(() -> {
            assertion.run();
            return null;
        });
    }

    private RuleId settledBy(String area) {
        Client client = new Client(area, null, "somebody");
        Choice choice = Objects.requireNonNull(director.route("web", client));
        director.begin(choice, client);
        return choice.geographicRule();
    }

    @Test
    void aGeographicRuleThatIsRemovedIsCountedNoLongerAndTheOthersAre() {
        DefinitionState europeans = geographic(EU.value(), EU);
        learns(Map.of(
                DefinitionKey.rule(new RuleId("web")),
                defined(Map.of("algorithm", "geographic", "target_regions", "us-east-1 eu-west-1")),
                DefinitionKey.geographicRule(EUROPEANS),
                europeans,
                DefinitionKey.geographicRule(AMERICANS),
                geographic(US.value(), US)));
        assertThat(settledBy(EU.value())).isEqualTo(EUROPEANS);
        assertThat(settledBy(US.value())).isEqualTo(AMERICANS);
        assertThat(director.tallies().chosen()).containsOnlyKeys(EUROPEANS, AMERICANS);

        learns(Map.of(DefinitionKey.geographicRule(EUROPEANS), removed(europeans)));

        holds(() -> assertThat(director.tallies().chosen()).containsOnlyKeys(AMERICANS));
        assertThat(director.tallies().usage(EUROPEANS)).isZero();
        assertThat(director.tallies().chosen()).containsEntry(AMERICANS, Map.of(US, 1L));
        assertThat(director.tallies().flows()).hasSize(2);
    }

    @Test
    void anAreaThatIsKnownNoLongerIsCountedNoLongerAndTheOthersAre() {
        DefinitionKey key = DefinitionKey.region(new RegionId("branch-office"));
        DefinitionState region = defined(Map.of("coordinate", "50.1,8.7"));
        learns(Map.of(
                DefinitionKey.rule(new RuleId("web")),
                defined(Map.of("algorithm", "priority", "target_regions", "us-east-1")),
                key,
                region));
        settledBy("branch-office");
        settledBy(US.value());
        settledBy("nowhere");
        assertThat(director.tallies().flows())
                .containsExactlyInAnyOrder(
                        new TrafficFlow("branch-office", US, 1),
                        new TrafficFlow(US.value(), US, 1),
                        new TrafficFlow(TrafficCounts.UNKNOWN, US, 1));

        learns(Map.of(key, removed(region)));

        holds(() -> assertThat(director.tallies().flows())
                .containsExactlyInAnyOrder(
                        new TrafficFlow(US.value(), US, 1), new TrafficFlow(TrafficCounts.UNKNOWN, US, 1)));
    }

    private static final Map<DefinitionKey, DefinitionState> WEB = Map.of(
            DefinitionKey.rule(new RuleId("web")),
            defined(Map.of("algorithm", "priority", "target_regions", "us-east-1 eu-west-1")));

    @Test
    void everyListenerHearsOfEachCatalogAndOfTheTablesThatAreMadeOfIt() {
        List<Integer> rules = new CopyOnWriteArrayList<>();
        List<Integer> compiled = new CopyOnWriteArrayList<>();
        plane.catalogs().subscribe(catalog -> rules.add(catalog.rules().size()));
        plane.tables().subscribe(table -> compiled.add(table.rules().size()));
        learns(WEB);

        holds(() -> assertThat(compiled).contains(0, 1));
        assertThat(rules).containsExactly(0, 1);
        AtomicReference<Catalog> late = new AtomicReference<>();
        plane.catalogs().subscribe(late::set);
        assertThat(late.get()).isSameAs(director.catalog());
    }

    private static HealthPicture picture(HealthStatus ofUs, double latencyMs) {
        TargetHealth health = TargetHealth.of(ofUs, Authority.PROBE, latencyMs);
        return new HealthPicture(Map.of(new RuleId("web"), Map.of(US, health)), Map.of(), List.of(), List.of());
    }

    @Test
    void theTableFollowsHealthAndAPictureThatDecidesAsTheOneBeforeMakesNone() {
        Feed<HealthPicture> pictures = new Feed<>("pictures", HealthPicture.EMPTY);
        Feed.Subscription following = plane.follow(pictures);
        learns(WEB);
        pictures.publish(picture(HealthStatus.UNHEALTHY, 5));
        holds(() -> assertThat(chosen()).isEqualTo(EU));

        List<Long> versions = new CopyOnWriteArrayList<>();
        plane.tables().subscribe(table -> versions.add(table.version()));
        pictures.publish(picture(HealthStatus.UNHEALTHY, 5));
        pictures.publish(picture(HealthStatus.HEALTHY, 5));
        holds(() -> assertThat(chosen()).isEqualTo(US));
        assertThat(versions).as("the one that was there, and one more").hasSize(2);

        following.close();
        pictures.publish(picture(HealthStatus.UNHEALTHY, 5));
        learns(Map.of(
                DefinitionKey.rule(new RuleId("shop")),
                defined(Map.of("algorithm", "priority", "target_regions", "us-east-1"))));
        assertThat(chosen()).isEqualTo(US);
    }

    private RegionId chosen() {
        return Objects.requireNonNull(director.route("web", Client.ANYWHERE)).region();
    }
}
