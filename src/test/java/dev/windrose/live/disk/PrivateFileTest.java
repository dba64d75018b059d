package dev.windrose.live.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {

    @TempDir
    Path dir;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void whatIsMadeIsForItsOwnUserAloneAndWhatIsThereStaysAsItIs() throws IOException {
        Path fresh = dir.resolve("fresh");
        PrivateFile.make(fresh);
        assertThat(mode(fresh)).isEqualTo("rw-------");

        Path old = Files.writeString(dir.resolve("old"), "text");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r-----"));
        PrivateFile.make(old);
        assertThat(mode(old)).isEqualTo("rw-r-----");
        assertThat(old).hasContent("text");
    }

    @Test
    void aWholeFileIsForItsOwnUserAloneUnderBothOfItsNames() throws IOException {
        Path path = dir.resolve("table.snapshot");
        Path written = new ChecksummedFile("kind 1").write(path, "body".getBytes(StandardCharsets.UTF_8));
        assertThat(mode(written)).isEqualTo("rw-------");
        ChecksummedFile.put(written, path);
        assertThat(mode(path)).isEqualTo("rw-------");
    }
}
