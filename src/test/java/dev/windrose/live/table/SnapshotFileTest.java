package dev.windrose.live.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.Forall;
import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.model.HealthStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTest {

    @TempDir
    private Path directory;

    private SnapshotFile file;

    @BeforeEach
    void make() {
        file = new SnapshotFile(directory);
    }

    private static Snapshot snapshot(long number) {
        DefinitionState state = DefinitionState.EMPTY.after(new Change(
                Change.Kind.CREATED,
                Map.of("name", "Größe " + number, "target_regions", "us-east-1"),
                new Stamp(number, "us-east-1"),
                "tester",
                ""));
        return new Snapshot(
                number,
                5,
                Map.of("rule:web", state),
                Map.of("rule:web", DefinitionState.EMPTY),
                Map.of("web", Map.of("us-east-1", HealthStatus.DEGRADED)),
                List.of(new Snapshot.Report("eu-west-1", HealthStatus.UNHEALTHY, 5.5, 0.5, 3, 7)),
                Map.of("us-east-1", new Snapshot.Learned(120, 100)),
                Map.of("web", new RuleCounts(10, 1)),
                Map.of("europeans", 3L),
                "series");
    }

    @Test
    void readsBackWhatWasSaved() throws IOException {
        file.save(snapshot(1));
        file.save(snapshot(2));

        SnapshotFile.Loaded loaded = file.load();
        assertThat(loaded.snapshot()).isEqualTo(snapshot(2));
        assertThat(loaded.problems()).isEmpty();
    }

    @Test
    void thereIsNoneAtFirst() {
        assertThat(file.load().snapshot()).isNull();
        assertThat(file.load().problems()).isEmpty();
    }

    @Test
    void aDamagedOneIsPassedOverForTheOneBefore() {
        Forall.cases(random -> {
            file.save(snapshot(1));
            file.save(snapshot(2));
            byte[] bytes = Files.readAllBytes(file.path(0));
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            Files.write(file.path(0), bytes);

            SnapshotFile.Loaded loaded = file.load();
            assertThat(loaded.snapshot()).isEqualTo(snapshot(1));
            assertThat(loaded.problems()).hasSize(1);
        });
    }

    @Test
    void whenAllAreDamagedThereIsNoneAndEachIsNamed() throws IOException {
        for (int i = 0; i < 4; i++) {
            file.save(snapshot(i));
        }
        for (int age = 0; age < 3; age++) {
            Files.writeString(file.path(age), "windrose-table 1 00000000 3\n{}");
        }

        SnapshotFile.Loaded loaded = file.load();
        assertThat(loaded.snapshot()).isNull();
        assertThat(loaded.problems()).hasSize(3).allMatch(problem -> problem.contains("damaged"));
    }

    @Test
    void aCrashWhileWritingLeavesTheLastOne() throws IOException {
        file.save(snapshot(1));
        Files.writeString(directory.resolve("table.snapshot.writing"), "windrose-table 1 half");

        assertThat(file.load().snapshot()).isEqualTo(snapshot(1));
        file.save(snapshot(2));
        assertThat(file.load().snapshot()).isEqualTo(snapshot(2));
    }
}
