package dev.windrose.live.geo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {

    private static final FileTime THEN = FileTime.fromMillis(1_000_000);

    @TempDir
    private Path directory;

    private final List<Boolean> refused = new ArrayList<>();
    private int reads = 0;
    private WatchedFile.Reading<String> reading = (file, bytes) -> Files.readString(file);

    private WatchedFile<String> watched(Path path) {
        return new WatchedFile<>(
                "notes",
                path,
                100,
                "nothing",
                (file, bytes) -> {
                    reads++;
                    return reading.read(file, bytes);
                },
                refused::add);
    }

    private Path write(String text) throws IOException {
        Path path = Files.writeString(directory.resolve("notes"), text);
        return Files.setLastModifiedTime(path, THEN);
    }

    @Test
    void isReadOnceForEachChange() throws IOException {
        WatchedFile<String> file = watched(write("one"));
        assertThat(file.content()).isEqualTo("nothing");
        file.look();
        file.look();
        assertThat(file.content()).isEqualTo("one");
        assertThat(reads).isEqualTo(1);
        write("three");
        file.look();
        assertThat(file.content()).isEqualTo("three");
    }

    @Test
    void anotherFileOfTheSameSizeAndTimeIsAChange() throws IOException {
        WatchedFile<String> file = watched(write("one"));
        file.look();
        Path other = Files.writeString(directory.resolve("other"), "two");
        Files.setLastModifiedTime(other, THEN);
        Files.move(other, directory.resolve("notes"), StandardCopyOption.REPLACE_EXISTING);
        file.look();
        assertThat(file.content()).isEqualTo("two");
    }

    @Test
    void whatChangesWhileItIsReadIsReadAgainLater() throws IOException {
        WatchedFile<String> file = watched(write("one"));
        file.look();
        write("seven");
        reading = (path, bytes) -> {
            String half = Files.readString(path).substring(0, 3);
            Files.writeString(path, "seven and more");
            return half;
        };
        file.look();
        assertThat(file.content()).isEqualTo("one");
        assertThat(refused).containsExactly(false, true);
        reading = (path, bytes) -> Files.readString(path);
        file.look();
        assertThat(file.content()).isEqualTo("seven and more");
        assertThat(refused).containsExactly(false, true, false);
    }

    @Test
    void whatIsThrownWhileItIsReadChangesNothingAndIsNotThrownOn() throws IOException {
        WatchedFile<String> file = watched(write("one"));
        file.look();
        List<WatchedFile.Reading<String>> bad = List.of(
                (path, bytes) -> {
                    throw new IllegalArgumentException("no good");
                },
                (path, bytes) -> {
                    throw new IndexOutOfBoundsException("7");
                },
                (path, bytes) -> {
                    throw new StackOverflowError();
                },
                (path, bytes) -> {
                    throw new InternalError("a fault of the disk under a mapping");
                },
                (path, bytes) -> {
                    throw new IOException("the disk fails");
                });
        for (int i = 0; i < bad.size(); i++) {
            reading = bad.get(i);
            write("x".repeat(i + 4));
            file.look();
            assertThat(file.content()).isEqualTo("one");
            assertThat(refused).hasSize(i + 2).last().isEqualTo(true);
        }
        reading = (path, bytes) -> "as it was";
        file.look();
        assertThat(file.content()).as("the disk works again").isEqualTo("as it was");
    }

    @Test
    void whatCannotBeUsedIsNotReadAtEveryLook() throws IOException {
        WatchedFile<String> file = watched(write("one"));
        reading = (path, bytes) -> {
            throw new IllegalArgumentException("no good");
        };
        file.look();
        file.look();
        assertThat(reads).isEqualTo(1);
    }

    @Test
    void whatComesBackAsItWasIsInOrderAgain() throws IOException {
        WatchedFile<String> file = watched(write("one"));
        file.look();
        Path away = Files.move(directory.resolve("notes"), directory.resolve("away"));
        file.look();
        assertThat(refused).containsExactly(false, true);
        Files.move(away, directory.resolve("notes"));
        file.look();
        assertThat(refused).containsExactly(false, true, false);
        assertThat(file.content()).isEqualTo("one");
    }

    @Test
    void whatIsTooLargeOrNoFileIsNotRead() throws IOException {
        watched(write("x".repeat(101))).look();
        watched(directory).look();
        assertThat(reads).isZero();
        assertThat(refused).containsExactly(true, true);
        watched(write("x".repeat(100))).look();
        assertThat(reads).isEqualTo(1);
    }
}
