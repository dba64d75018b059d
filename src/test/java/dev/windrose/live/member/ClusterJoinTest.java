package dev.windrose.live.member;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.member.NodeAnnouncement;
import dev.windrose.model.RegionId;
import dev.windrose.stage.NodeProcess;
import dev.windrose.stage.Wan;
import dev.windrose.watch.Alarms;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real members of real clusters, three regions of one node each, with a relay between them that can be cut. */
class ClusterJoinTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final List<String> REGIONS = List.of("us", "eu", "ap");

    /** One node, over its restarts. */
    private final class Node {
        private final int index;
        private final Alarms alarms = new Alarms(new SimpleMeterRegistry(), System::currentTimeMillis);
        private final SecondClusterSightings sightings = new SecondClusterSightings(alarms);
        private @Nullable ActorSystem<Void> system;
        private volatile String waits = "";
        private volatile @Nullable NodeAnnouncement standing;
        private volatile boolean ordered;

        private Node(int index) {
            this.index = index;
        }

        private void start(boolean found) {
            ordered = found;
            ActorSystem<Void> started = ActorSystem.create(Behaviors.empty(), "windrose-control", config(index));
            system = started;
            ClusterJoin.Outcome outcome = new ClusterJoin.Outcome() {
                @Override
                public void waits(String reason) {
                    waits = reason;
                }

                @Override
                public void stands(NodeAnnouncement now) {
                    standing = now;
                }

                @Override
                public void leaves(String cause) {
                    started.terminate();
                }
            };
            // As the supervisor of the control plane does, whatever ended it.
            started.getWhenTerminated().thenRun(() -> {
                if (!stopped) {
                    start(ordered);
                }
            });
            started.systemActorOf(
                            ClusterJoin.create(
                                    new ClusterJoin.Plan(new RegionId(REGIONS.get(index)), seeds, found),
                                    sightings,
                                    outcome,
                                    System::nanoTime,
                                    System::currentTimeMillis),
                            ClusterJoin.NAME,
                            Props.empty())
                    .tell(new ClusterJoin.Able("journal-" + index));
        }

        private Set<String> members() {
            Set<String> up = new HashSet<>();
            for (Member member :
                    Cluster.get(Objects.requireNonNull(system)).state().getMembers()) {
                if (member.status().equals(akka.cluster.MemberStatus.up())) {
                    up.add(member.address().getPort().orElse(0).toString());
                }
            }
            return up;
        }

        private String cluster() {
            NodeAnnouncement now = standing;
            return now == null ? "" : now.cluster();
        }

        private boolean alarmed() {
            return alarms.raised().stream().anyMatch(alarm -> alarm.kind() == Alarms.Kind.TWO_CLUSTERS);
        }
    }

    private final List<Integer> dialled = new ArrayList<>();
    private final List<Integer> listening = new ArrayList<>();
    private final List<String> seeds = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Wan wan;
    private volatile boolean stopped = false;

    ClusterJoinTest() throws IOException {
        for (int i = 0; i < REGIONS.size(); i++) {
            dialled.add(NodeProcess.Ports.free().cluster());
            listening.add(NodeProcess.Ports.free().cluster());
            seeds.add("127.0.0.1:" + dialled.get(i));
            nodes.add(new Node(i));
        }
        wan = Wan.between(dialled, listening);
    }

    private Config config(int index) {
        Map<String, Object> own = new HashMap<>();
        own.put("akka.remote.artery.canonical.hostname", "127.0.0.1");
        own.put("akka.remote.artery.canonical.port", dialled.get(index));
        own.put("akka.remote.artery.bind.hostname", "127.0.0.1");
        own.put("akka.remote.artery.bind.port", listening.get(index));
        own.put("akka.remote.artery.advanced.tcp.outbound-client-hostname", Wan.addressOf(index));
        own.put("akka.cluster.multi-data-center.self-data-center", REGIONS.get(index));
        own.put("akka.actor.default-blocking-io-dispatcher.executor", "thread-pool-executor");
        own.put("akka.actor.default-blocking-io-dispatcher.thread-pool-executor.fixed-pool-size", 4);
        // One node in each region: nobody has to be declared down.
        own.put("akka.cluster.downing-provider-class", "");
        return ConfigFactory.parseMap(own)
                .withFallback(ConfigFactory.parseResources("windrose/akka-control.conf"))
                .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
                .withFallback(ConfigFactory.load());
    }

    @AfterEach
    void stop() throws Exception {
        stopped = true;
        for (Node node : nodes) {
            ActorSystem<Void> system = node.system;
            if (system != null) {
                system.terminate();
            }
        }
        wan.close();
        for (Node node : nodes) {
            ActorSystem<Void> system = node.system;
            if (system != null) {
                system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
            }
        }
    }

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static void soon(Runnable asserted) {
        KIT.createTestProbe().awaitAssert(SOON, Duration.ofMillis(50), () -> {
            asserted.run();
            return true;
        });
    }

    private void awaitOneCluster() {
        soon(() -> {
            for (Node node : nodes) {
                assertThat(node.members())
                        .as("members as node %s sees them", node.index)
                        .hasSize(3);
            }
            assertThat(nodes.stream().map(Node::cluster).distinct())
                    .singleElement()
                    .isNotEqualTo("");
        });
    }

    @Test
    void seedsThatStartTogetherFoundOneCluster() {
        nodes.forEach(node -> node.start(false));
        awaitOneCluster();
        assertThat(nodes).noneMatch(Node::alarmed);
    }

    @Test
    void noSeedFoundsWhileAnotherIsSilentNotEvenTheFirst() {
        wan.cut(0, 1);
        wan.cut(0, 2);
        nodes.forEach(node -> node.start(false));
        soon(() -> assertThat(nodes.get(0).waits).contains(seeds.get(1), seeds.get(2), "--found"));
        soon(() -> assertThat(nodes.get(1).waits).contains(seeds.get(0)).doesNotContain(seeds.get(2)));
        assertThat(nodes).allSatisfy(node -> assertThat(node.members()).isEmpty());

        wan.mend();
        awaitOneCluster();
        assertThat(nodes).noneMatch(Node::alarmed);
    }

    @Test
    void clustersThatWereFoundedApartBecomeOneAndBothTellIt() {
        wan.cut(0, 1);
        wan.cut(0, 2);
        nodes.get(0).start(true);
        nodes.get(1).start(true);
        nodes.get(2).start(false);
        soon(() -> assertThat(nodes.get(0).cluster()).isNotEmpty());
        soon(() -> assertThat(nodes.get(2).members()).hasSize(2));
        soon(() -> assertThat(nodes.get(2).cluster()).isNotEmpty());
        String larger = nodes.get(2).cluster();
        assertThat(nodes.get(0).cluster()).isNotEqualTo(larger);
        assertThat(nodes).noneMatch(Node::alarmed);

        wan.mend();
        awaitOneCluster();
        assertThat(nodes.get(0).cluster())
                .as("the one with more regions goes on")
                .isEqualTo(larger);
        assertThat(nodes.get(0).alarmed()).isTrue();
        assertThat(nodes.get(1).alarmed() || nodes.get(2).alarmed()).isTrue();
    }
}
