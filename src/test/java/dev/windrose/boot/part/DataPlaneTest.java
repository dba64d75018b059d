package dev.windrose.boot.part;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import dev.windrose.boot.Capabilities;
import dev.windrose.boot.settings.Settings;
import dev.windrose.live.geo.MmdbWriter;
import dev.windrose.watch.Meters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data plane as a node starts it, with files that an operator changes meanwhile. */
class DataPlaneTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String DATABASE_REFUSED = "windrose_geo_refused\\{file=\"database\"";
    private static final String NETWORKS_REFUSED = "windrose_geo_refused\\{file=\"networks\"";

    @TempDir
    private Path directory;

    private void replace(Path file, byte[] bytes) throws IOException {
        Path other = Files.write(directory.resolve("other"), bytes);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void readsItsFilesOfPlacesAgainWhenTheyChange() throws Exception {
        Path database = directory.resolve("places.mmdb");
        Path networks = directory.resolve("networks.csv");
        byte[] one = new MmdbWriter(6, 24)
                .put("10.0.0.0/8", MmdbWriter.country("DE"))
                .bytes();
        replace(database, one);
        replace(networks, "192.0.2.0/24,de\n192.0.3.0/24,fr\n192.0.4.0/24,jp\n".getBytes(StandardCharsets.UTF_8));
        Settings settings = Capabilities.settings(new Settings.Sources(
                null,
                Map.of(
                        "windrose.node.region",
                        "us-east-1",
                        "windrose.geo.database-file",
                        database.toString(),
                        "windrose.geo.networks-file",
                        networks.toString(),
                        "windrose.geo.reload-every",
                        "1s"),
                Map.of()));
        try (DataDir data = DataDir.open(directory.resolve("data"));
                Meters meters = Meters.create("us-east-1", "a", "1")) {
            DataPlane plane = DataPlane.open(settings, "1", data, new NodePools(meters), meters, line -> {});
            List<Part> parts = Capabilities.all().parts();
            parts.forEach(part -> part.start(plane));
            TestProbe<Object> probe = TestProbe.create(plane.system());
            try {
                soon(probe, meters, "windrose_geo_database_blocks", 1);
                soon(probe, meters, "windrose_geo_networks", 3);
                replace(
                        database,
                        new MmdbWriter(4, 28)
                                .put("10.0.0.0/8", MmdbWriter.country("DE"))
                                .put("11.0.0.0/8", MmdbWriter.country("FR"))
                                .bytes());
                soon(probe, meters, "windrose_geo_database_blocks", 2);
                replace(database, new byte[1000]);
                soon(probe, meters, DATABASE_REFUSED, 1);
                assertThat(said(meters, "windrose_geo_database_blocks")).isEqualTo(2);
                assertThat(said(meters, NETWORKS_REFUSED)).isZero();
                replace(database, one);
                soon(probe, meters, "windrose_geo_database_blocks", 1);
                soon(probe, meters, DATABASE_REFUSED, 0);
                assertThat(said(meters, "windrose_geo_database_built")).isEqualTo(1_700_000_000);
            } finally {
                parts.forEach(Part::close);
                plane.terminate().toCompletableFuture().get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static void soon(TestProbe<Object> probe, Meters meters, String name, double value) {
        probe.awaitAssert(SOON, () -> {
            assertThat(said(meters, name)).as(name).isEqualTo(value);
            return value;
        });
    }

    /** What a meter says now. */
    private static double said(Meters meters, String name) {
        return meters.scrape()
                .lines()
                .filter(line -> line.matches(name + "[{,].*"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(Double.NaN);
    }
}
