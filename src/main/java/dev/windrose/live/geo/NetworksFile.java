package dev.windrose.live.geo;

import dev.windrose.decide.geo.Networks;
import dev.windrose.watch.GeoMeters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operator's file of address block locations. It takes precedence over every database. */
public final class NetworksFile {

    /** Size limit of the file: one line for every block takes less. */
    private static final long MAX_BYTES = 256L * 1024 * 1024;

    private final WatchedFile<Networks> file;

    /** @param path null for no file: then no address is located */
    public NetworksFile(@Nullable Path path, GeoMeters meters) {
        file = new WatchedFile<>(
                "networks file", path, MAX_BYTES, Networks.NONE, NetworksFile::read, meters::networksRefused);
        meters.showNetworks(this, self -> self.networks().size());
    }

    /** The current content. Safe for all threads. */
    public Networks networks() {
        return file.content();
    }

    /** Reads the file if it has changed. Blocks; for one thread at a time. */
    public void look() {
        file.look();
    }

    private static Networks read(Path path, long bytes) throws IOException {
        try (Stream<String> lines = Files.lines(path)) {
            return Networks.parse(lines.iterator());
        } catch (UncheckedIOException e) {
            // The text is not UTF-8, or the disk fails in the middle of it.
            throw new IllegalArgumentException(String.valueOf(e.getCause()));
        }
    }
}
