package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.live.board.NodeEntries;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.supervision.SupervisedActor;
import dev.windrose.live.supervision.Watching;
import dev.windrose.model.RegionId;
import dev.windrose.watch.LatencyMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of a real cluster, each with its map. */
class LatencyBoardTest {

    private static final Config CLUSTER = ConfigFactory.parseString("""
                    akka.actor.provider = cluster
                    akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    akka.cluster.jmx.enabled = off
                    akka.cluster.distributed-data.gossip-interval = 500ms
                    akka.coordinated-shutdown.exit-jvm = off
                    """)
            .withFallback(ConfigFactory.parseResources("windrose/wire.conf"))
            .withFallback(ConfigFactory.load());

    private static final LatencySettings SETTINGS = new LatencySettings(
            1000,
            Duration.ofHours(1),
            Duration.ofMillis(3),
            1024,
            Duration.ofMillis(100),
            Duration.ofHours(1),
            Duration.ofHours(1),
            1000,
            Duration.ofMillis(300),
            60);

    @TempDir
    private Path directory;

    private LatencyPlane node(ActorTestKit kit, String region) throws IOException {
        LatencyPlane plane = LatencyPlane.start(
                kit.system(),
                new RegionId(region),
                SETTINGS,
                Files.createDirectory(directory.resolve(region)),
                () -> CompletableFuture.completedFuture(new HealthWatch.Looked(new HealthMatrix(List.of()), 0)),
                Watching.parts(),
                new LatencyMeters(new SimpleMeterRegistry()));
        kit.spawn(LatencyBoard.create(
                plane, SETTINGS, NodeEntries.ofCluster(kit.system()), SupervisedActor.unwatched("latency-board")));
        return plane;
    }

    private static double ms(LatencyPlane plane, long place, RegionId to) {
        LatencyView view = plane.latencies().view();
        int row = view.row(place);
        return row == LatencyView.NONE
                ? Double.NaN
                : view.measuredMs(row, plane.latencies().number(to));
    }

    private static void eventually(ActorTestKit kit, Runnable holds) {
        TestProbe.create(kit.system()).awaitAssert(Duration.ofSeconds(20), () -> {
            holds.run();
            return true;
        });
    }

    @Test
    void whatClientsOfOneNodeMeasureIsKnownOnTheOther() throws IOException {
        ActorTestKit first = ActorTestKit.create("boards", CLUSTER);
        ActorTestKit second = ActorTestKit.create("boards", CLUSTER);
        try {
            Cluster cluster = Cluster.get(first.system());
            cluster.manager().tell(Join.create(cluster.selfMember().address()));
            Cluster.get(second.system())
                    .manager()
                    .tell(Join.create(cluster.selfMember().address()));
            LatencyPlane one = node(first, "us-east-1");
            LatencyPlane two = node(second, "eu-west-1");
            long office = PlaceKey.parse("192.0.2.0/24");
            long asia = PlaceKey.of("asia");
            RegionId singapore = new RegionId("ap-southeast-1");
            for (int i = 0; i < 10; i++) {
                one.latencies().samples().offer(new SampleQueue.Sample(office, asia, singapore, 21));
            }
            eventually(second, () -> {
                assertThat(ms(two, office, singapore)).isBetween(20.0, 24.0);
                assertThat(ms(two, asia, singapore)).isBetween(20.0, 24.0);
            });
            // A lasting change is told again.
            for (int i = 0; i < 200; i++) {
                one.latencies().samples().offer(new SampleQueue.Sample(office, asia, singapore, 80));
            }
            eventually(second, () -> assertThat(ms(two, office, singapore)).isBetween(70.0, 85.0));
        } finally {
            second.shutdownTestKit();
            first.shutdownTestKit();
        }
    }
}
