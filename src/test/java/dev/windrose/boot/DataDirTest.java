package dev.windrose.boot;

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
}
