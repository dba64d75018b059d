package dev.windrose.live.health;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.health.Reading;
import dev.windrose.decide.route.Tables;
import dev.windrose.model.Algorithm;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.watch.HealthMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HealthWatchTest {

    private static final ActorTestKit KIT = ActorTestKit.create(ManualTime.config());
    private static final HealthCheck CHECK = Checks.DEFAULTS;
    private static final Duration LONG = Duration.ofHours(1);
    private static final RuleId WEB = Tables.WEB;
    private static final Rule RULE = Tables.rule(WEB, Algorithm.PRIORITY, List.of(Tables.US, Tables.EU, Tables.ASIA));
    private static final List<Region> REGIONS = List.of(region(Tables.US), region(Tables.EU));

    private final ManualTime time = ManualTime.get(KIT.system());
    private final TestProbe<Void> patience = KIT.createTestProbe(Void.class);
    private final Set<RegionId> down = ConcurrentHashMap.newKeySet();
    private final Set<RegionId> checked = ConcurrentHashMap.newKeySet();
    private final AtomicReference<HealthPicture> picture = new AtomicReference<>(HealthPicture.EMPTY);
    private ActorRef<HealthWatch.Command> watch;

    private static Region region(RegionId id) {
        return new Region(id, List.of(URI.create("http://" + id + ".example")), null, 0, Set.of());
    }

    @BeforeEach
    void start() {
        watch = KIT.spawn(HealthWatch.create(
                Tables.US,
                new HealthSettings(CHECK, LONG, LONG, LONG, Duration.ofMillis(100), Duration.ofSeconds(1), 100),
                this::check,
                new HealthMeters(new SimpleMeterRegistry()),
                picture::set));
        watch.tell(new HealthWatch.Watch(List.of(RULE), REGIONS));
    }

    @AfterEach
    void stop() {
        KIT.stop(watch);
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private CompletableFuture<Reading> check(CheckPlan.Check check) {
        checked.add(check.region());
        return CompletableFuture.completedFuture(
                down.contains(check.region())
                        ? Reading.failed(1, "connection refused")
                        : Reading.answered(check.check(), 5, 0));
    }

    /** Lets time pass until it is so; what is not so after many intervals never will be. */
    private void becomes(RegionId target, HealthStatus status) {
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(picture.get().status(WEB, target)).isEqualTo(status);
            return null;
        });
    }

    private void observerSays(String node, String region, RegionId target, HealthStatus status) {
        String id = CheckPlan.of(List.of(RULE), REGIONS, Tables.US, 100)
                .byRule()
                .get(WEB)
                .get(target);
        watch.tell(new HealthWatch.BoardHeard(
                node,
                HealthBoard.bucket(id),
                new HealthBoard(region, 1, Map.of(id, new HealthBoard.Seen(status, 5, 1)), Map.of())));
    }

    @Test
    void whatThisNodeCannotReachIsDownAndComesBack() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        down.add(Tables.EU);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
        assertThat(picture.get().status(WEB, Tables.US)).isEqualTo(HealthStatus.HEALTHY);
        down.clear();
        becomes(Tables.EU, HealthStatus.HEALTHY);
    }

    @Test
    void aTargetWithoutAnEndpointIsNotKnownUntilSomebodyReportsIt() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        assertThat(picture.get().status(WEB, Tables.ASIA)).isEqualTo(HealthStatus.UNKNOWN);
        watch.tell(new HealthWatch.Reported(new HealthReport(Tables.ASIA, HealthStatus.DEGRADED, 150, 0.97, 3)));
        becomes(Tables.ASIA, HealthStatus.DEGRADED);
        assertThat(picture.get().regions().get(Tables.ASIA).source()).isEqualTo(HealthPicture.Source.REPORT);
    }

    @Test
    void aReportDoesNotOverruleAnOwnCheck() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        watch.tell(new HealthWatch.Reported(new HealthReport(Tables.US, HealthStatus.UNHEALTHY, 1, 0, 0)));
        becomes(Tables.US, HealthStatus.HEALTHY);
        assertThat(picture.get().regions().get(Tables.US).source()).isEqualTo(HealthPicture.Source.PROBE);
    }

    @Test
    void oneObserverTakesNothingAwayFromTheOthersAndAMajorityDoes() {
        becomes(Tables.EU, HealthStatus.HEALTHY);
        observerSays("b", "eu-west-1", Tables.EU, HealthStatus.UNHEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        observerSays("c", "ap-southeast-1", Tables.EU, HealthStatus.UNHEALTHY);
        becomes(Tables.EU, HealthStatus.UNHEALTHY);
    }

    @Test
    void theNodesOfARegionShareTheChecksAndANodeAloneRunsAll() {
        becomes(Tables.US, HealthStatus.HEALTHY);
        becomes(Tables.EU, HealthStatus.HEALTHY);
        var exchange = KIT.<HealthExchange.Command>createTestProbe();
        watch.tell(new HealthWatch.Connected(exchange.ref()));
        // Among very many nodes this one has next to nothing to check.
        Set<String> nodes = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 1000; i++) {
            nodes.add("node-" + i);
        }
        watch.tell(new HealthWatch.Peers("node-0", nodes));
        patience.awaitAssert(() -> {
            checked.clear();
            for (int i = 0; i < 3; i++) {
                time.timePasses(CHECK.interval());
            }
            assertThat(checked).isEmpty();
            return null;
        });

        watch.tell(new HealthWatch.Disconnected(exchange.ref()));
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            assertThat(checked).containsExactlyInAnyOrder(Tables.US, Tables.EU);
            return null;
        });
    }

    @Test
    void boardsGoToTheExchangeWhenThereIsNews() {
        var exchange = KIT.<HealthExchange.Command>createTestProbe();
        watch.tell(new HealthWatch.Connected(exchange.ref()));
        patience.awaitAssert(() -> {
            time.timePasses(CHECK.interval());
            HealthExchange.Publish published = (HealthExchange.Publish) exchange.receiveMessage(Duration.ofMillis(200));
            assertThat(published.board().region()).isEqualTo("us-east-1");
            assertThat(published.board().seen()).isNotEmpty();
            return null;
        });
    }
}
