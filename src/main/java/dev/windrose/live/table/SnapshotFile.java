package dev.windrose.live.table;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.windrose.live.disk.ChecksummedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a node's table on disk: the newest and the two before it.
 *
 * <p>A snapshot is a header line {@code windrose-table 1 CRC32C LENGTH} and then JSON. It is written to a temporary
 * file, forced to disk and renamed, so that a crash at any moment leaves a complete one. Blocks: called from threads
 * that may block, one at a time.
 */
final class SnapshotFile {

    /** The result of reading. The problems name the files that were skipped, and why. */
    record Loaded(@Nullable Snapshot snapshot, List<String> problems) {}

    private static final ChecksummedFile FILE = new ChecksummedFile("windrose-table 1");
    private static final int KEPT = 3;
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path directory;

    SnapshotFile(Path directory) {
        this.directory = directory;
    }

    /** The newest intact snapshot; none when there is none. Never throws for what it finds on disk. */
    Loaded load() {
        List<String> problems = new ArrayList<>();
        for (int age = 0; age < KEPT; age++) {
            Path path = path(age);
            if (Files.exists(path)) {
                try {
                    return new Loaded(read(path), problems);
                } catch (IOException | RuntimeException e) {
                    problems.add(path.getFileName() + ": " + e.getMessage());
                }
            }
        }
        return new Loaded(null, problems);
    }

    private static Snapshot read(Path path) throws IOException {
        return JSON.readValue(FILE.read(path), Snapshot.class);
    }

    /** Writes this snapshot as the newest; the oldest is deleted. */
    void save(Snapshot snapshot) throws IOException {
        Path fresh = FILE.write(path(0), JSON.writeValueAsBytes(snapshot));
        for (int age = KEPT - 1; age > 0; age--) {
            if (Files.exists(path(age - 1))) {
                Files.move(
                        path(age - 1), path(age), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        ChecksummedFile.put(fresh, path(0));
    }

    /** The newest is 0. */
    Path path(int age) {
        return directory.resolve(age == 0 ? "table.snapshot" : "table.snapshot." + age);
    }
}
