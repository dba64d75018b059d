package dev.windrose.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
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
                    .hasMessage("windrose.node.data-dir: " + path + " (expected: used by no other node)");
        }
        DataDir.open(path).close();
    }

    @Test
    void refusesWhatIsNoDirectory() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThatThrownBy(() -> DataDir.open(file))
                .isInstanceOf(WrongSetting.class)
                .hasMessageStartingWith("windrose.node.data-dir: " + file + " (expected: a directory");
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
            assertThat(held.problem()).contains("was removed while this node runs");
            assertThat(held.lost()).isTrue();

            Files.createDirectory(path);
            held.look();
            assertThat(held.lost()).isTrue();
            Files.createFile(path.resolve("node.lock"));
            held.look();
            assertThat(held.problem()).contains("was replaced while this node runs");
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
            assertThat(readable.problem()).contains("cannot be written").contains("decisions go on");
            readable.look();
            assertThat(readable.problem()).contains("cannot be written");
            assertThat(readable.lost()).isFalse();
            Files.delete(blocked);
            readable.look();
            assertThat(readable.problem()).isNull();
            assertThatThrownBy(() -> DataDir.open(dir)).hasMessageContaining("used by no other node");
        }
    }
}
