package dev.windrose.live.board;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ddata.Key;
import akka.cluster.ddata.LWWMap;
import akka.cluster.ddata.LWWMapKey;
import akka.cluster.ddata.LWWRegister;
import akka.cluster.ddata.SelfUniqueAddress;
import akka.cluster.ddata.typed.javadsl.DistributedData;
import akka.cluster.ddata.typed.javadsl.Replicator;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.supervision.Supervision;
import dev.windrose.live.supervision.Watching;
import dev.windrose.watch.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One node, whose replicator the test can make late, and entries that other nodes are made to have written. */
class NodeEntriesTest {

    private static final Key<LWWMap<String, String>> KEY = new LWWMapKey<>("test");
    private static final Duration RIGHT_AFTER = Duration.ofSeconds(10);

    private final ActorTestKit kit =
            ActorTestKit.create(ConfigFactory.parseString("""
                    akka.actor.provider = cluster
                    akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    akka.cluster.jmx.enabled = off
                    akka.coordinated-shutdown.exit-jvm = off
                    """).withFallback(ConfigFactory.load()));
    private final AtomicReference<Duration> late = new AtomicReference<>(Duration.ZERO);
    private final AtomicLong aheadNanos = new AtomicLong();
    private final Map<String, String> heard = new ConcurrentHashMap<>();
    private final Alarms alarms = new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis);
    private final Supervision parts = Watching.parts(alarms);
    private ActorRef<Replicator.Command> real;
    private SelfUniqueAddress address;
    private String self;

    private sealed interface Message {}

    private record Say(String value) implements Message {}

    private record Fail() implements Message {}

    private record Told(Board.News news) implements Message {}

    @BeforeEach
    void join() {
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        self = cluster.selfMember().address().hostPort();
        real = NodeEntries.ofCluster(kit.system());
        address = DistributedData.get(kit.system()).selfUniqueAddress();
        eventually(
                () -> assertThat(String.valueOf(cluster.selfMember().status())).isEqualTo("Up"));
        parts.watch(kit.system());
    }

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private void eventually(Runnable holds) {
        TestProbe.create(kit.system()).awaitAssert(RIGHT_AFTER, () -> {
            holds.run();
            return null;
        });
    }

    private ActorRef<Message> start() {
        ActorRef<Replicator.Command> replicator = kit.spawn(LateReplicator.before(real, late));
        return kit.spawn(parts.lasting("board", part -> board(replicator, part)));
    }

    private Behavior<Message> board(ActorRef<Replicator.Command> replicator, SupervisedActor part) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            NodeEntries<String> entries = new NodeEntries<>(
                    context,
                    timers,
                    replicator,
                    part,
                    () -> System.nanoTime() + aheadNanos.get(),
                    Duration.ofMinutes(10),
                    Told::new,
                    (key, node, value) -> {
                        if (value.equals("poison")) {
                            throw new IllegalArgumentException("value: poison (expected: another)");
                        }
                        heard.put(node, value);
                    });
            entries.follow(KEY);
            timers.startTimerWithFixedDelay("faster", new Told(Board.Look.NOW), Duration.ofMillis(200));
            return Behaviors.receiveMessage(message -> {
                if (message instanceof Say say) {
                    entries.tell(KEY, say.value());
                } else if (message instanceof Told told) {
                    entries.on(told.news());
                } else {
                    throw new IllegalStateException("a fault");
                }
                return Behaviors.same();
            });
        }));
    }

    /** What the replicator holds. */
    private Map<String, String> held() {
        TestProbe<Replicator.GetResponse<LWWMap<String, String>>> probe = kit.createTestProbe();
        real.tell(new Replicator.Get<>(KEY, Replicator.readLocal(), probe.ref()));
        return probe.receiveMessage() instanceof Replicator.GetSuccess<LWWMap<String, String>> found
                ? found.dataValue().getEntries()
                : Map.of();
    }

    /** Another node's word, or a former one of this node, written at a time of another clock. */
    private void written(String node, String value, long epochMs) {
        TestProbe<Replicator.UpdateResponse<LWWMap<String, String>>> probe = kit.createTestProbe();
        LWWRegister.Clock<String> clock = (timestamp, of) -> epochMs;
        real.tell(new Replicator.Update<>(
                KEY,
                LWWMap.empty(),
                Replicator.writeLocal(),
                probe.ref(),
                map -> map.put(address, node, value, clock)));
        probe.receiveMessage();
    }

    @ParameterizedTest(name = "{0} s late")
    @ValueSource(ints = {1, 4, 30})
    void aLateReplicatorStopsNobodyIsAnAlarmAndEverythingIsRightSoonAfter(int seconds) {
        ActorRef<Message> board = start();
        board.tell(new Say("before"));
        eventually(() -> assertThat(held()).containsEntry(self, "before"));

        late.set(Duration.ofSeconds(seconds));
        for (int i = 0; i < 50; i++) {
            board.tell(new Say("meanwhile " + i));
        }
        written("other:1", "meanwhile", System.currentTimeMillis());
        if (seconds > Board.LATE.toSeconds() + 1) {
            eventually(() -> assertThat(alarms.raised())
                    .extracting(Alarms.Alarm::kind, Alarms.Alarm::source)
                    .contains(org.assertj.core.groups.Tuple.tuple(Alarms.Kind.PART_AWAY, "board")));
            assertThat(parts.missing()).containsKey("board");
        }
        // As late as it was for as long as it was: then the first late answers come.
        TestProbe.create(kit.system()).awaitAssert(Duration.ofSeconds(2L * seconds + 10), () -> {
            assertThat(held().get(self)).startsWith("meanwhile");
            return null;
        });
        late.set(Duration.ZERO);
        board.tell(new Say("after"));
        eventually(() -> assertThat(held()).containsEntry(self, "after"));
        eventually(() -> assertThat(heard).containsEntry("other:1", "meanwhile"));
        // What is late still comes, and changes nothing.
        TestProbe.create(kit.system()).awaitAssert(Duration.ofSeconds(seconds + 10), () -> {
            assertThat(parts.missing()).isEmpty();
            assertThat(alarms.raised()).isEmpty();
            return null;
        });
        eventually(() -> assertThat(held()).containsEntry(self, "after"));
    }

    @Test
    void aNodeWhoseClockWasSetBackIsNotOverruledByItsFormerSelf() {
        ActorRef<Message> board = start();
        board.tell(new Say("now"));
        eventually(() -> assertThat(held()).containsEntry(self, "now"));
        // The others have an entry of this address that is an hour ahead.
        written(self, "former", System.currentTimeMillis() + 3_600_000);
        eventually(() -> assertThat(held()).containsEntry(self, "now"));
    }

    @Test
    void whatItsFormerSelfSaidAndItDoesNotIsTakenBack() {
        written(self, "former", System.currentTimeMillis() + 3_600_000);
        start();
        eventually(() -> assertThat(held()).doesNotContainKey(self));
    }

    @Test
    void entriesOfAddressesThatAreGoneAreDroppedAfterAWhile() {
        written("gone:1", "old", System.currentTimeMillis());
        ActorRef<Message> board = start();
        board.tell(new Say("now"));
        eventually(() -> assertThat(heard).containsEntry("gone:1", "old"));
        assertThat(held()).containsKey("gone:1");
        eventually(() -> {
            aheadNanos.addAndGet(Duration.ofMinutes(4).toNanos());
            assertThat(held()).doesNotContainKey("gone:1").containsEntry(self, "now");
        });
    }

    @Test
    void anEntryThatCannotBeUsedKeepsNoOtherFromBeingHeard() {
        written("poisoned:1", "poison", System.currentTimeMillis());
        written("other:1", "well", System.currentTimeMillis());
        start();
        eventually(() -> assertThat(heard).containsOnlyKeys("other:1"));
        assertThat(parts.missing()).isEmpty();
    }

    @Test
    void aReplicatorThatLostEverythingIsToldAgain() {
        ActorRef<Message> board = start();
        board.tell(new Say("now"));
        eventually(() -> assertThat(held()).containsEntry(self, "now"));
        TestProbe<Replicator.UpdateResponse<LWWMap<String, String>>> probe = kit.createTestProbe();
        real.tell(new Replicator.Update<>(
                KEY, LWWMap.empty(), Replicator.writeLocal(), probe.ref(), map -> map.remove(address, self)));
        probe.receiveMessage();
        eventually(() -> assertThat(held()).containsEntry(self, "now"));
    }

    @Test
    void oneThatFailsOnAMessageIsThereAgain() {
        ActorRef<Message> board = start();
        board.tell(new Say("before"));
        eventually(() -> assertThat(held()).containsEntry(self, "before"));
        board.tell(new Fail());
        board.tell(new Say("after"));
        eventually(() -> assertThat(held()).containsEntry(self, "after"));
        assertThat(parts.missing()).isEmpty();
    }
}
