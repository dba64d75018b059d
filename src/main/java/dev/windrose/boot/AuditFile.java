package dev.windrose.boot;

import dev.windrose.decide.audit.AuditChain;
import dev.windrose.live.audit.AuditJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** An exported audit: lines of {@code GET /api/v1/audit}, those of each chain in their order. */
public final class AuditFile {

    /**
     * Whether nothing in it was changed.
     *
     * @throws IOException when it cannot be read
     * @throws IllegalArgumentException when a line is no entry
     */
    public static AuditChain.Verified verify(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return AuditChain.verify(
                    lines.filter(line -> !line.isBlank()).map(AuditJson::entry).iterator());
        }
    }

    private AuditFile() {}
}
