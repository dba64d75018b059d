package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.decide.geo.Networks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database whose file changes. */
class DatabaseReloadTest {

    @TempDir
    private Path directory;

    private DatabaseTrial trial;

    @BeforeEach
    void start() {
        trial = new DatabaseTrial(directory);
    }

    @AfterEach
    void end() {
        trial.close();
    }

    private void read(byte[] bytes) throws IOException {
        trial.replace(bytes);
        trial.look();
        assertThat(trial.refused()).as(trial.said()).isFalse();
    }

    private static Networks.Place in(String area) {
        return new Networks.Place(area, null);
    }

    @Test
    void isReadAgainWhenItChanges() throws IOException {
        trial.look();
        assertThat(trial.refused()).isTrue();
        assertThat(trial.said())
                .isEqualTo("database [" + trial.path()
                        + "] cannot be used, the previous content stays in use: cannot be read: "
                        + "java.nio.file.NoSuchFileException: " + trial.path());
        trial.look();
        assertThat(trial.lines()).as("lines logged").isEqualTo(1);

        read(new MmdbWriter(4, 24).put("10.0.0.0/8", MmdbWriter.country("DE")).bytes());
        assertThat(trial.said())
                .startsWith("database [" + trial.path()
                        + "] read: type [Windrose-Test], built [2023-11-14T22:13:20Z], nodes [8],"
                        + " blocks [1], places [1], bytes [");
        Networks first = trial.networks();
        trial.look();
        assertThat(trial.networks()).as("unchanged, so not read again").isSameAs(first);

        byte[] other = new MmdbWriter(4, 24)
                .put("10.0.0.0/8", MmdbWriter.country("FR"))
                .bytes();
        Files.write(trial.path(), other);
        Files.setLastModifiedTime(trial.path(), FileTime.fromMillis(1000));
        trial.look();
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("fr"));

        byte[] damaged = other.clone();
        damaged[damaged.length - 1] ^= 0x40;
        Files.write(trial.path(), damaged);
        trial.look();
        assertThat(trial.refused()).as(trial.said()).isTrue();
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("fr"));
        Files.delete(trial.path());
        trial.look();
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("fr"));
        Files.write(trial.path(), damaged);
        trial.look();
        assertThat(trial.refused()).isTrue();
        read(other);
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("fr"));
    }

    @Test
    void aFileThatIsCutOffAfterwardsIsNotMissed() throws IOException {
        read(new MmdbWriter(6, 32).put("10.0.0.0/8", MmdbWriter.country("DE")).bytes());
        Files.write(trial.path(), new byte[0]);
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("de"));
        trial.look();
        assertThat(trial.refused()).isTrue();
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("de"));
    }

    @Test
    void isReplacedAndCutOffAllTheTime() throws Exception {
        byte[] german = new MmdbWriter(6, 24)
                .put("10.0.0.0/8", MmdbWriter.country("DE"))
                .bytes();
        byte[] french = new MmdbWriter(4, 32)
                .put("10.0.0.0/8", MmdbWriter.country("FR"))
                .bytes();
        read(german);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            Random random = new Random(1);
            try {
                for (int i = 0; i < 2000; i++) {
                    byte[] bytes = random.nextBoolean() ? german : french;
                    Files.write(
                            trial.path(), Arrays.copyOf(bytes, bytes.length - (i % 3 == 0 ? 0 : random.nextInt(200))));
                }
                Files.write(trial.path(), french);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        int looks = 0;
        while (!writing.isDone()) {
            trial.look();
            looks++;
            assertThat(trial.place("10.0.0.1")).isIn(in("de"), in("fr"));
        }
        writing.get();
        trial.look();

        assertThat(looks).isPositive();
        assertThat(trial.refused()).as(trial.said()).isFalse();
        assertThat(trial.place("10.0.0.1")).isEqualTo(in("fr"));
    }
}
