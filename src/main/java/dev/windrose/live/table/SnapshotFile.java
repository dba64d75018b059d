package dev.windrose.live.table;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a node's table on disk: the newest and the two before it.
 *
 * <p>A snapshot is one line {@code windrose-table 1 CRC32C LENGTH} and then JSON. It is written to a file of its own,
 * forced to the disk and renamed, so that a crash at any moment leaves a whole one. Blocks: called from threads that may
 * wait, one at a time.
 */
final class SnapshotFile {

    /** What could be read. The problems name the files that were passed over, and why. */
    record Loaded(@Nullable Snapshot snapshot, List<String> problems) {}

    private static final String MAGIC = "windrose-table 1 ";
    private static final int KEPT = 3;
    private static final int LONGEST_HEAD = 64;
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path directory;

    SnapshotFile(Path directory) {
        this.directory = directory;
    }

    /** The newest snapshot that is whole; none when there is none. Never throws for what it finds on disk. */
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
        byte[] bytes = Files.readAllBytes(path);
        int newline = 0;
        while (newline < bytes.length && newline < LONGEST_HEAD && bytes[newline] != '\n') {
            newline++;
        }
        String head = new String(bytes, 0, newline, StandardCharsets.US_ASCII);
        int length = bytes.length - newline - 1;
        String expected = length < 0 ? MAGIC : head(bytes, newline + 1, length);
        if (!head.equals(expected)) {
            throw new IOException("damaged: '" + head + "' (expected: '" + expected + "')");
        }
        return JSON.readValue(bytes, newline + 1, length, Snapshot.class);
    }

    /** Makes this snapshot the newest; the oldest is dropped. */
    void save(Snapshot snapshot) throws IOException {
        byte[] body = JSON.writeValueAsBytes(snapshot);
        byte[] head = (head(body, 0, body.length) + "\n").getBytes(StandardCharsets.US_ASCII);
        Path fresh = directory.resolve("table.writing");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(channel, ByteBuffer.wrap(head));
            write(channel, ByteBuffer.wrap(body));
            channel.force(true);
        }
        for (int age = KEPT - 1; age > 0; age--) {
            if (Files.exists(path(age - 1))) {
                Files.move(
                        path(age - 1), path(age), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(fresh, path(0), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** The newest is 0. */
    Path path(int age) {
        return directory.resolve(age == 0 ? "table.snapshot" : "table.snapshot." + age);
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String head(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return MAGIC + String.format("%08x", crc.getValue()) + " " + length;
    }
}
