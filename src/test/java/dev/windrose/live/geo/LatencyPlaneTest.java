package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.windrose.decide.geo.LatencyCsv;
import dev.windrose.decide.geo.LatencyMap;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.health.Verdict;
import dev.windrose.live.health.HealthMatrix;
import dev.windrose.live.health.HealthWatch;
import dev.windrose.live.supervision.Watching;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.watch.LatencyMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyPlaneTest {

    private static final RegionId HERE = new RegionId("us-east-1");
    private static final RegionId IRELAND = new RegionId("eu-west-1");
    private static final long EUROPE = PlaceKey.of("europe");

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private ActorTestKit kit = ActorTestKit.create();
    private HealthMatrix matrix = new HealthMatrix(List.of());

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private LatencyPlane start() {
        LatencySettings settings = new LatencySettings(
                1000,
                Duration.ofHours(1),
                Duration.ofMillis(3),
                64,
                Duration.ofMillis(100),
                Duration.ofMillis(200),
                Duration.ofHours(1),
                1000,
                Duration.ofSeconds(1),
                60);
        return LatencyPlane.start(
                kit.system(),
                HERE,
                settings,
                directory,
                () -> CompletableFuture.completedFuture(new HealthWatch.Looked(matrix, 0)),
                Watching.parts(),
                new LatencyMeters(registry));
    }

    private void restart() {
        kit.shutdownTestKit();
        kit = ActorTestKit.create();
    }

    private void eventually(Runnable holds) {
        TestProbe.create(kit.system()).awaitAssert(Duration.ofSeconds(10), () -> {
            holds.run();
            return true;
        });
    }

    private static double samples(LatencyPlane plane, long place, RegionId to) {
        LatencyView view = plane.latencies().view();
        int row = view.row(place);
        return row == LatencyView.NONE ? 0 : view.samples(row, plane.latencies().number(to));
    }

    private double count(String result) {
        return registry.get(LatencyMeters.SAMPLES)
                .tag("result", result)
                .counter()
                .count();
    }

    private static void offer(LatencyPlane plane, long place, double ms) {
        plane.latencies().samples().offer(new SampleQueue.Sample(place, PlaceKey.NONE, IRELAND, ms));
    }

    @Test
    void samplesReachTheViewAndTheFileAndTheNextStart() throws Exception {
        LatencyPlane plane = start();
        for (int i = 0; i < 5; i++) {
            offer(plane, EUROPE, 30);
        }
        eventually(() -> assertThat(samples(plane, EUROPE, IRELAND)).isBetween(4.9, 5.0));
        assertThat(registry.get(LatencyMeters.PLACES).gauge().value()).isEqualTo(1);
        assertThat(registry.get(LatencyMeters.VIEW).timer().count()).isPositive();
        plane.save().toCompletableFuture().get(5, TimeUnit.SECONDS);

        restart();
        LatencyPlane again = start();
        eventually(() -> assertThat(samples(again, EUROPE, IRELAND)).isBetween(4.5, 5.0));
    }

    @Test
    void aDamagedFileIsPassedOver() throws Exception {
        LatencyPlane plane = start();
        offer(plane, EUROPE, 30);
        eventually(() -> assertThat(samples(plane, EUROPE, IRELAND)).isPositive());
        plane.save().toCompletableFuture().get(5, TimeUnit.SECONDS);
        Path file = directory.resolve("latency.map");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);

        restart();
        LatencyPlane again = start();
        offer(again, PlaceKey.of("asia"), 30);
        eventually(
                () -> assertThat(samples(again, PlaceKey.of("asia"), IRELAND)).isPositive());
        assertThat(samples(again, EUROPE, IRELAND)).isZero();
        again.save().toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertThat(new LatencyFile(directory).load(10).places()).hasSize(1);
    }

    @Test
    void namesAreLearnedOnceTheyAreRegistered() {
        LatencyPlane plane = start();
        RegionId lab = new RegionId("lab-7");
        offer(plane, PlaceKey.of("lab-7"), 30);
        offer(plane, PlaceKey.of("labs"), 30);
        offer(plane, PlaceKey.NONE, 30);
        offer(plane, EUROPE, LatencyCsv.MOST_MS + 1);
        eventually(() -> assertThat(count("unknown")).isEqualTo(4));
        plane.registered(List.of(new Region(lab, List.of(), null, 0, Set.of("labs"), null)));
        offer(plane, PlaceKey.of("lab-7"), 30);
        offer(plane, PlaceKey.of("labs"), 30);
        eventually(() -> {
            assertThat(samples(plane, PlaceKey.of("lab-7"), IRELAND)).isPositive();
            assertThat(samples(plane, PlaceKey.of("labs"), IRELAND)).isPositive();
        });
        assertThat(count("taken")).isEqualTo(2);
    }

    @Test
    void whatRegionsMeasureOfEachOtherIsTakenOver() {
        matrix = new HealthMatrix(List.of(new HealthMatrix.Row(
                "check",
                HERE,
                URI.create("http://127.0.0.1:1"),
                HealthCheck.Type.HTTP,
                HealthStatus.HEALTHY,
                Verdict.Reach.values()[0],
                LatencyAllowance.NONE,
                List.of(new HealthMatrix.Sight(
                        "127.0.0.1:2", "eu-west-1", false, true, HealthStatus.HEALTHY, 87, 1, 0, 0, "")))));
        LatencyPlane plane = start();
        eventually(() -> {
            LatencyView view = plane.latencies().view();
            int row = view.row(PlaceKey.of("eu-west-1"));
            assertThat(row).isNotEqualTo(LatencyView.NONE);
            assertThat(view.measuredMs(row, plane.latencies().number(HERE))).isBetween(80.0, 95.0);
            assertThat(view.row(EUROPE)).isNotEqualTo(LatencyView.NONE);
        });
    }

    @Test
    void whatOtherNodesTellCountsUntilTheyTellOtherwise() throws Exception {
        LatencyPlane plane = start();
        LatencyMap.Place told =
                new LatencyMap.Place("europe", "", 5, List.of(new LatencyMap.Leg("eu-west-1", 25, 1, 8, 0)));
        plane.keeper().tell(new LatencyKeeper.Heard("b 1", List.of(told)));
        eventually(() -> assertThat(samples(plane, EUROPE, IRELAND)).isBetween(7.9, 8.0));
        assertThat(plane.measured(10).toCompletableFuture().get(5, TimeUnit.SECONDS))
                .isEmpty();
        plane.keeper().tell(new LatencyKeeper.Heard("b 1", List.of()));
        eventually(() -> assertThat(samples(plane, EUROPE, IRELAND)).isZero());
    }

    @Test
    void aFileThatCannotBeWrittenIsCountedAndWrittenLater() throws Exception {
        LatencyPlane plane = start();
        Files.createDirectory(directory.resolve("latency.map.writing"));
        offer(plane, EUROPE, 30);
        plane.save().toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertThat(registry.get(LatencyMeters.SAVES)
                        .tag("result", "failed")
                        .counter()
                        .count())
                .isEqualTo(1);
        Files.delete(directory.resolve("latency.map.writing"));
        plane.save().toCompletableFuture().get(5, TimeUnit.SECONDS);
        assertThat(new LatencyFile(directory).load(10).places()).hasSize(1);
    }
}
