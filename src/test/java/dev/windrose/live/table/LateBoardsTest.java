package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.decide.health.Checks;
import dev.windrose.decide.route.Demand;
import dev.windrose.live.board.LateReplicator;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.definition.RuleBoards;
import dev.windrose.live.health.HealthBoard;
import dev.windrose.live.health.HealthExchange;
import dev.windrose.live.health.HealthSettings;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.live.supervision.Watching;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.watch.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The boards of a node together, while their replicators are late. What the map of latencies shares is in its own test. */
class LateBoardsTest {

    private static final RegionId SELF = new RegionId("us-east-1");
    private static final Duration RIGHT_AFTER = Duration.ofSeconds(10);
    private static final Set<String> BOARDS = Set.of("health-exchange", "usage-board", "demand-board", "rule-board");
    private static final RuleId GEOGRAPHIC = new RuleId("europeans");

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.parseString("""
                    akka.actor.provider = cluster
                    akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    akka.cluster.jmx.enabled = off
                    akka.coordinated-shutdown.exit-jvm = off
                    """)
            .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
            .withFallback(ConfigFactory.load()));
    private final AtomicReference<Duration> late = new AtomicReference<>(Duration.ZERO);
    private final Alarms alarms = new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis);
    private final Supervision parts = Watching.parts(alarms);
    private final TestProbe<HealthWatch.Command> watch = kit.createTestProbe(HealthWatch.Command.class);
    private final TestProbe<TableKeeper.Command> keeper = kit.createTestProbe(TableKeeper.Command.class);
    private final Director director = new TableInMemory(SELF, Checks.DEFAULTS).director();
    private final Map<DefinitionKey, DefinitionState> rules = new ConcurrentHashMap<>();

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private void within(Duration time, Runnable holds) {
        TestProbe.create(kit.system()).awaitAssert(time, () -> {
            holds.run();
            return null;
        });
    }

    private <V> V held(ActorRef<Replicator.Command> real, String key, String node) {
        Key<LWWMap<String, V>> of = new LWWMapKey<>(key);
        TestProbe<Replicator.GetResponse<LWWMap<String, V>>> probe = kit.createTestProbe();
        real.tell(new Replicator.Get<>(of, Replicator.readLocal(), probe.ref()));
        return probe.receiveMessage() instanceof Replicator.GetSuccess<LWWMap<String, V>> found
                ? found.dataValue().getEntries().get(node)
                : null;
    }

    private <V> void writes(ActorRef<Replicator.Command> real, String key, String node, V value) {
        SelfUniqueAddress address = DistributedData.get(kit.system()).selfUniqueAddress();
        Key<LWWMap<String, V>> of = new LWWMapKey<>(key);
        TestProbe<Replicator.UpdateResponse<LWWMap<String, V>>> probe = kit.createTestProbe();
        real.tell(new Replicator.Update<>(
                of, LWWMap.empty(), Replicator.writeLocal(), probe.ref(), map -> map.put(address, node, value)));
        probe.receiveMessage();
    }

    private static DefinitionState named(long at) {
        return DefinitionState.EMPTY.after(
                new Change(Change.Kind.CREATED, Map.of("name", "n" + at), new Stamp(at, "us-east-1"), "tester", ""));
    }

    private static HealthBoard board(long sequence) {
        return new HealthBoard("us-east-1", sequence, Map.of(), Map.of());
    }

    private void wants(double rate) {
        director.tallies().measured(Demand.NONE, Map.of(new RuleId("web"), Map.of(SELF, rate)), Map.of());
    }

    @SuppressWarnings("unchecked")
    @ParameterizedTest(name = "{0} s late")
    @ValueSource(ints = {1, 4, 30})
    void noBoardStopsAndAllAreRightSoonAfter(int seconds) {
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        within(
                RIGHT_AFTER,
                () -> assertThat(String.valueOf(cluster.selfMember().status())).isEqualTo("Up"));
        String self = cluster.selfMember().address().hostPort();
        ActorRef<Replicator.Command> real = NodeEntries.ofCluster(kit.system());
        ActorRef<Replicator.Command> replicator = kit.spawn(LateReplicator.before(real, late));
        HealthSettings health = new HealthSettings(
                Checks.DEFAULTS,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                false,
                100,
                null,
                null);
        ActorRef<HealthExchange.Command> exchange = kit.spawn(parts.lasting(
                "health-exchange", part -> HealthExchange.create(health, SELF, watch.ref(), replicator, part)));
        kit.spawn(parts.lasting(
                "usage-board",
                part -> UsageBoard.create(director.tallies(), Duration.ofMillis(300), replicator, part)));
        kit.spawn(parts.lasting(
                "demand-board", part -> DemandBoard.create(director.tallies(), keeper.ref(), replicator, part)));
        RuleBoards rule = new RuleBoards();
        ActorRef<Object> rules = kit.spawn(parts.lasting(
                "rule-board", part -> (Behavior<Object>) rule.board(this.rules::putAll, () -> {}, replicator, part)));
        parts.watch(kit.system());

        exchange.tell(new HealthExchange.Publish(0, board(1)));
        rules.tell(rule.news("rule:before", named(1)));
        director.tallies().counters().used(GEOGRAPHIC);
        wants(1);
        within(RIGHT_AFTER, () -> {
            assertThat(this.<HealthBoard>held(real, "health-0", self)).isEqualTo(board(1));
            assertThat(this.<DemandBoard.Wanted>held(real, "demand", self)).isNotNull();
            assertThat(this.rules).containsKey(DefinitionKey.parse("rule:before"));
        });

        late.set(Duration.ofSeconds(seconds));
        for (long i = 2; i < 20; i++) {
            exchange.tell(new HealthExchange.Publish(0, board(i)));
            rules.tell(rule.news("rule:meanwhile", named(i)));
        }
        director.tallies().counters().used(GEOGRAPHIC);
        writes(real, "health-1", "other:1", board(7));
        if (seconds > 4) {
            within(
                    RIGHT_AFTER,
                    () -> assertThat(alarms.raised())
                            .extracting(Alarms.Alarm::source)
                            .containsAll(BOARDS));
            assertThat(parts.missing()).containsOnlyKeys(BOARDS);
        }
        within(
                Duration.ofSeconds(3L * seconds + 10),
                () -> assertThat(this.<HealthBoard>held(real, "health-0", self)).isEqualTo(board(19)));
        late.set(Duration.ZERO);
        exchange.tell(new HealthExchange.Publish(0, board(20)));
        rules.tell(rule.news("rule:after", named(30)));
        director.tallies().counters().used(GEOGRAPHIC);
        wants(9);
        within(RIGHT_AFTER, () -> {
            assertThat(this.<HealthBoard>held(real, "health-0", self)).isEqualTo(board(20));
            assertThat(this.<DemandBoard.Wanted>held(real, "demand", self).rates())
                    .isEqualTo(Map.of("web", Map.of("us-east-1", 9.0)));
            assertThat(this.rules)
                    .containsEntry(DefinitionKey.parse("rule:meanwhile"), named(19))
                    .containsEntry(DefinitionKey.parse("rule:after"), named(30));
            long used = 0;
            for (int i = 0; i < 32; i++) {
                UsageBoard.Counted counted = held(real, "usage-" + i, self);
                used += counted == null ? 0 : counted.usage().getOrDefault(GEOGRAPHIC.value(), 0L);
            }
            assertThat(used).isEqualTo(3);
        });
        watch.fishForMessage(
                RIGHT_AFTER,
                told -> told instanceof HealthWatch.BoardHeard heard
                                && heard.node().equals("other:1")
                        ? akka.actor.testkit.typed.javadsl.FishingOutcomes.complete()
                        : akka.actor.testkit.typed.javadsl.FishingOutcomes.continueAndIgnore());
        within(Duration.ofSeconds(seconds + 10L), () -> {
            assertThat(parts.missing()).isEmpty();
            assertThat(alarms.raised()).isEmpty();
        });
    }
}
