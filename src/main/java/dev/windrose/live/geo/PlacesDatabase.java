package dev.windrose.live.geo;

import com.maxmind.db.Reader;
import dev.windrose.decide.geo.Networks;
import dev.windrose.watch.GeoMeters;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The operator's database of address locations, in the MaxMind format. Reloaded as a whole when it changes; a damaged
 * one changes nothing.
 */
public final class PlacesDatabase {

    /*
     * The file is copied before it is read, and the copy is read through a memory mapping: replacing or truncating the
     * original in the meantime does no harm, and reading needs no heap except for the resulting table. The file is not
     * needed afterwards.
     */

    /** Larger ones are refused unread. */
    static final long MAX_BYTES = 1L << 30;

    /** Free space to leave on the disk of the copy. */
    private static final long SPARE_BYTES = 256L << 20;

    private static final String COPY = "geo-database.reading";

    /** The content of a database. */
    private record Database(Networks networks, int nodes, long built, String type) {

        static final Database NONE = new Database(Networks.NONE, 0, 0, "");

        @Override
        public String toString() {
            return "type [" + type + "], built [" + Instant.ofEpochSecond(built) + "], nodes [" + nodes + "], "
                    + networks;
        }
    }

    private final WatchedFile<Database> file;
    private final Path directory;
    private final long mostMemory;

    /**
     * Nothing is known yet.
     *
     * @param path null when there is no database
     * @param directory where the file is copied to for reading
     */
    public PlacesDatabase(@Nullable Path path, Path directory, GeoMeters meters) {
        this(path, directory, meters, MAX_BYTES, Runtime.getRuntime().maxMemory() / 4);
    }

    PlacesDatabase(@Nullable Path path, Path directory, GeoMeters meters, long mostBytes, long mostMemory) {
        this.directory = directory;
        this.mostMemory = mostMemory;
        file = new WatchedFile<>("database", path, mostBytes, Database.NONE, this::read, meters::databaseRefused);
        meters.showDatabase(
                this,
                self -> self.networks().size(),
                self -> self.file.content().nodes(),
                self -> self.file.content().built(),
                self -> self.file.content().nodes() == 0 ? 0 : self.networks().bytes());
    }

    /** The current content. Safe for all threads. */
    public Networks networks() {
        return file.content().networks();
    }

    /** Reads the database if it has changed. Blocks, for seconds if it is large; for one thread at a time. */
    public void look() {
        file.look();
    }

    private Database read(Path path, long bytes) throws IOException {
        long free = Files.getFileStore(directory).getUsableSpace() - bytes;
        if (free < SPARE_BYTES) {
            throw new IOException(
                    "no space for its copy in [" + directory + "] (expected: " + (SPARE_BYTES - free) + " bytes more)");
        }
        Path copy = directory.resolve(COPY);
        MmdbFile parts;
        Reader reader;
        try {
            parts = new MmdbFile(mappedCopy(path, bytes, copy));
            reader = reader(copy);
        } finally {
            // Readers that opened it keep it until they close it.
            Files.deleteIfExists(copy);
        }
        Networks networks = new MmdbNetworks(parts, reader, mostMemory).read();
        return new Database(networks, parts.nodes(), parts.built(), printable(parts.type()));
    }

    private static Reader reader(Path copy) {
        try {
            return new Reader(copy.toFile());
        } catch (IOException | RuntimeException e) {
            // Its bytes can be read, but not decoded.
            throw new IllegalArgumentException("metadata: " + e.getMessage(), e);
        }
    }

    private static MappedByteBuffer mappedCopy(Path path, long bytes, Path copy) throws IOException {
        try (FileChannel from = FileChannel.open(path, StandardOpenOption.READ);
                FileChannel to = FileChannel.open(
                        copy,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            long copied = 0;
            while (copied < bytes) {
                long more = from.transferTo(copied, bytes - copied, to);
                if (more <= 0) {
                    throw new IOException("it was truncated after " + copied + " bytes of " + bytes);
                }
                copied += more;
            }
            return to.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
        }
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(60, text.length())).replaceAll("[^ -~]", "?");
    }
}
