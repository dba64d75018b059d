package dev.windrose.live.geo;

import dev.windrose.decide.geo.Networks;
import dev.windrose.watch.GeoMeters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in which an operator says where blocks of addresses are, read again when it changes. One that cannot be used changes
 * nothing: what was read before stays, and a meter and the log say so.
 */
public final class NetworksFile {

    private static final Logger LOG = LoggerFactory.getLogger(NetworksFile.class);

    /** Larger ones are refused unread: a line of every block there is takes less. */
    private static final long MAX_BYTES = 256L * 1024 * 1024;

    /** What tells one state of the file from another. */
    private record State(FileTime changed, long bytes) {}

    private final @Nullable Path path;
    private final GeoMeters meters;
    private @Nullable State seen = null;
    private volatile Networks networks = Networks.NONE;

    /** @param path null when there is no such file: then nothing is known of any address */
    public NetworksFile(@Nullable Path path, GeoMeters meters) {
        this.path = path;
        this.meters = meters;
        meters.show(this, file -> file.networks.size());
    }

    /** What is known now. Safe for all threads. */
    public Networks networks() {
        return networks;
    }

    /** Reads the file if it has changed. Blocks; for one thread at a time. */
    public synchronized void look() {
        if (path == null) {
            return;
        }
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            State now = new State(attributes.lastModifiedTime(), attributes.size());
            if (now.equals(seen)) {
                return;
            }
            seen = now;
            read(path, now);
        } catch (IOException e) {
            refused("cannot be read: " + e);
        }
    }

    private void read(Path file, State now) throws IOException {
        if (now.bytes() > MAX_BYTES) {
            refused("has " + now.bytes() + " bytes (expected: at most " + MAX_BYTES + ")");
            return;
        }
        try (Stream<String> lines = Files.lines(file)) {
            networks = Networks.parse(lines.iterator());
            meters.refused(false);
            LOG.info("networks of [{}] read, blocks [{}]", file, networks.size());
        } catch (IllegalArgumentException | UncheckedIOException e) {
            refused(String.valueOf(e.getMessage()));
        }
    }

    private void refused(String why) {
        if (meters.refused(true)) {
            LOG.error("networks of [{}] cannot be used, those read before stay: {}", path, why);
        }
    }
}
