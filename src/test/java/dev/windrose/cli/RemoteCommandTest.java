package dev.windrose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a real node, one for all tests of a class. */
abstract class RemoteCommandTest {

    @TempDir
    static Path files;

    static RealNode node;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = RealNode.start(files.resolve("data"), Map.of());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    static Ran run(String line, String... more) {
        return node.run(line, more);
    }

    /** Runs a command that takes a file, and succeeds. */
    static void put(String line, String file, String... more) throws IOException {
        Ran ran = run(line + " -f " + Files.writeString(Files.createTempFile(files, "put", ".yaml"), file), more);
        assertThat(ran.code()).as(ran.err()).isZero();
    }
}
