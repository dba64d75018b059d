package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.decide.geo.LatencyMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyFileTest {

    @TempDir
    private Path directory;

    private static List<LatencyMap.Place> places(int many, int regions) {
        List<LatencyMap.Place> places = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            List<LatencyMap.Leg> legs = new ArrayList<>();
            for (int region = 0; region < regions; region++) {
                legs.add(new LatencyMap.Leg("region-" + region, 12.5f + region, 1.25f, 32, i % 3600));
            }
            places.add(new LatencyMap.Place("10." + i / 256 % 256 + "." + i % 256 + ".0/24", "europe", i % 100, legs));
        }
        return places;
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        LatencyFile file = new LatencyFile(directory);
        assertThat(file.load(100).places()).isEmpty();
        file.save(places(50, 8), 1_700_000_000_000L);
        assertThat(file.load(100)).isEqualTo(new LatencyFile.Loaded(1_700_000_000_000L, places(50, 8)));
        assertThat(file.load(10).places()).isEqualTo(places(10, 8));
        file.save(List.of(), 1);
        assertThat(file.load(100)).isEqualTo(new LatencyFile.Loaded(1, List.of()));
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void oneThatIsDamagedAnywhereIsRefused() throws IOException {
        LatencyFile file = new LatencyFile(directory);
        file.save(places(50, 8), 1);
        Path path = directory.resolve("latency.map");
        byte[] good = Files.readAllBytes(path);
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(path, i % 3 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : bad);
            assertThatThrownBy(() -> file.load(100)).isInstanceOf(IOException.class);
        }
        Files.write(path, good);
        assertThat(file.load(100).places()).hasSize(50);
    }

    @Test
    void aHundredThousandPlacesAreWrittenInATimeThatAMinuteHas() throws IOException {
        LatencyFile file = new LatencyFile(directory);
        List<LatencyMap.Place> places = places(100_000, 8);
        long began = System.nanoTime();
        file.save(places, 1);
        long savedMs = (System.nanoTime() - began) / 1_000_000;
        long bytes = Files.size(directory.resolve("latency.map"));
        System.out.printf(Locale.ROOT, "100,000 places by 8 regions: %d bytes, saved in %d ms%n", bytes, savedMs);
        assertThat(bytes).isLessThan(20_000_000);
        assertThat(file.load(100_000).places()).hasSize(100_000);
    }
}
