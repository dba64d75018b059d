package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.geo.Networks;
import dev.windrose.watch.GeoMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworksFileTest {

    private static final byte[] OFFICE = {10, 1, 2, 3};

    @TempDir
    private Path directory;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long changes = 0;

    private @Nullable String place(NetworksFile file) {
        Networks.Place place = file.networks().of(OFFICE);
        return place == null ? null : place.area();
    }

    private Path write(byte[] bytes) throws IOException {
        Path path = Files.write(directory.resolve("networks.csv"), bytes);
        Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000 + 1000 * ++changes));
        return path;
    }

    private double refused() {
        return registry.get(GeoMeters.REFUSED)
                .tag(GeoMeters.TAG_FILE, "networks")
                .gauge()
                .value();
    }

    @Test
    void isReadAgainWhenItChanges() throws IOException {
        NetworksFile file =
                new NetworksFile(write("10.0.0.0/8,europe".getBytes(StandardCharsets.UTF_8)), new GeoMeters(registry));
        assertThat(place(file)).isNull();
        file.look();
        assertThat(place(file)).isEqualTo("europe");
        write("10.0.0.0/8,asia".getBytes(StandardCharsets.UTF_8));
        file.look();
        assertThat(place(file)).isEqualTo("asia");
        assertThat(registry.get(GeoMeters.NETWORKS).gauge().value()).isEqualTo(1);
    }

    @Test
    void oneThatCannotBeUsedChangesNothingAndSaysSo() throws IOException {
        NetworksFile file =
                new NetworksFile(write("10.0.0.0/8,europe".getBytes(StandardCharsets.UTF_8)), new GeoMeters(registry));
        file.look();
        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        for (byte[] bad :
                new byte[][] {"10.0.0.0/8;asia".getBytes(StandardCharsets.UTF_8), noise, new byte[] {(byte) 0xC3}}) {
            write(bad);
            file.look();
            assertThat(place(file)).isEqualTo("europe");
            assertThat(refused()).isEqualTo(1);
        }
        write("10.0.0.0/8,asia".getBytes(StandardCharsets.UTF_8));
        file.look();
        assertThat(place(file)).isEqualTo("asia");
        assertThat(refused()).isZero();
        Files.delete(directory.resolve("networks.csv"));
        file.look();
        assertThat(place(file)).isEqualTo("asia");
        assertThat(refused()).isEqualTo(1);
    }

    @Test
    void withoutAFileNothingIsKnown() {
        NetworksFile file = new NetworksFile(null, new GeoMeters(registry));
        file.look();
        assertThat(place(file)).isNull();
        assertThat(refused()).isZero();
    }
}
