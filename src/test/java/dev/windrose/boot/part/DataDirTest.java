package dev.windrose.boot.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.windrose.boot.settings.WrongSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {

    @TempDir
    Path dir;

    @Test
    void isHeldByOneNodeAtATime() {
        Path path = dir.resolve("a/b");
        try (DataDir held = DataDir.open(path)) {
            assertThatThrownBy(() -> DataDir.open(path))
                    .hasMessage("windrose.node.data-dir: " + path + " (expected: not in use by another node)");
        }
        DataDir.open(path).close();
    }

    @Test
    void refusesWhatIsNoDirectory() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThatThrownBy(() -> DataDir.open(file))
                .isInstanceOf(WrongSetting.class)
                .hasMessageStartingWith("windrose.node.data-dir: " + file + " (expected: a writable directory");
    }

    @Test
    void oneThatWasRemovedOrReplacedSaysSoUntilItIsBack() throws Exception {
        Path path = dir.resolve("data");
        Path aside = dir.resolve("aside");
        try (DataDir held = DataDir.open(path)) {
            held.look();
            assertThat(held.problem()).isNull();
            Files.move(path, aside);
            held.look();
            assertThat(held.problem()).contains("was removed while this node was running");
            assertThat(held.lost()).isTrue();

            Files.createDirectory(path);
            held.look();
            assertThat(held.lost()).isTrue();
            Files.createFile(path.resolve("node.lock"));
            held.look();
            assertThat(held.problem()).contains("was replaced while this node was running");
            assertThat(held.lost()).isTrue();

            Files.delete(path.resolve("node.lock"));
            Files.delete(path);
            Files.move(aside, path);
            held.look();
            assertThat(held.problem()).isNull();
            assertThat(held.lost()).isFalse();
        }
    }

    @Test
    void oneThatCannotBeWrittenIsReadAndHeldOnceItCan() throws Exception {
        // A lock that cannot be opened for writing, whoever runs the test.
        Path blocked = Files.createDirectory(dir.resolve("node.lock"));
        try (DataDir readable = DataDir.open(dir)) {
            assertThat(readable.problem()).contains("is not writable").contains("decisions continue");
            readable.look();
            assertThat(readable.problem()).contains("is not writable");
            assertThat(readable.lost()).isFalse();
            Files.delete(blocked);
            readable.look();
            assertThat(readable.problem()).isNull();
            assertThatThrownBy(() -> DataDir.open(dir)).hasMessageContaining("not in use by another node");
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static Path wide(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void aNewOneIsForTheNodesOwnUserAlone() throws IOException {
        Path path = dir.resolve("new/data");
        try (DataDir held = DataDir.open(path)) {
            held.look();
            assertThat(mode(path)).isEqualTo("rwx------");
            assertThat(mode(path.resolve("node.lock"))).isEqualTo("rw-------");
            assertThat(mode(path.resolve("node.trial"))).isEqualTo("rw-------");
        }
    }

    @Test
    void oneThatANodeOfBeforeMadeIsTightenedAndSoIsWhatLibrariesMakeLater() throws IOException {
        Path path = wide(Files.createDirectory(dir.resolve("data")), "rwxr-xr-x");
        for (String name : new String[] {"node.lock", "journal.db", "journal.db-wal", "table.snapshot.1"}) {
            wide(Files.createFile(path.resolve(name)), "rw-r--r--");
        }
        Path foreign = wide(Files.createFile(path.resolve("notes.txt")), "rw-r--r--");
        Path elsewhere = wide(Files.createFile(dir.resolve("elsewhere")), "rw-r--r--");
        Files.createSymbolicLink(path.resolve("journal.link"), elsewhere);
        try (DataDir held = DataDir.open(path)) {
            assertThat(mode(path)).isEqualTo("rwx------");
            for (String name : new String[] {"node.lock", "journal.db", "journal.db-wal", "table.snapshot.1"}) {
                assertThat(mode(path.resolve(name))).as(name).isEqualTo("rw-------");
            }
            assertThat(mode(foreign)).isEqualTo("rw-r--r--");
            assertThat(mode(elsewhere)).isEqualTo("rw-r--r--");

            wide(Files.createFile(path.resolve("journal.db-shm")), "rw-rw-rw-");
            held.look();
            assertThat(mode(path.resolve("journal.db-shm"))).isEqualTo("rw-------");
        }
    }

    @Test
    void aDirectoryOfSomethingElseStaysAsItIs() throws IOException {
        Path path = wide(Files.createDirectory(dir.resolve("home")), "rwxr-xr-x");
        wide(Files.createFile(path.resolve("letter.txt")), "rw-r--r--");
        try (DataDir held = DataDir.open(path)) {
            assertThat(mode(path)).isEqualTo("rwxr-xr-x");
            assertThat(mode(path.resolve("node.lock"))).isEqualTo("rw-------");
        }
    }
}
