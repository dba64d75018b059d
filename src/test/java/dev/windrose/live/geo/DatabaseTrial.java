package dev.windrose.live.geo;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.windrose.decide.geo.Networks;
import dev.windrose.decide.geo.Prefix;
import dev.windrose.watch.GeoMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A database file on a real disk, that a test replaces, what was read of it, and what was said about it. */
final class DatabaseTrial implements AutoCloseable {

    static final long MEMORY = 64 << 20;

    private final Path directory;
    private final Path path;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AppenderBase<ILoggingEvent> log = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            said = event.getFormattedMessage();
            lines++;
        }
    };
    private volatile String said = "";
    private volatile int lines = 0;
    private final PlacesDatabase database;

    DatabaseTrial(Path directory) {
        this(directory, PlacesDatabase.MAX_BYTES, MEMORY);
    }

    DatabaseTrial(Path directory, long mostBytes, long mostMemory) {
        this.directory = directory;
        this.path = directory.resolve("places.mmdb");
        database = new PlacesDatabase(path, directory, new GeoMeters(registry), mostBytes, mostMemory);
        log.start();
        logger().addAppender(log);
        // Thousands of files are read, and what is said of each is asked for here.
        logger().setAdditive(false);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(WatchedFile.class);
    }

    Path path() {
        return path;
    }

    /** Puts another file in its place, as one should: whole, by a rename. */
    void replace(byte[] bytes) throws IOException {
        Path other = Files.write(directory.resolve("places.new"), bytes);
        Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    }

    void look() {
        database.look();
    }

    Networks networks() {
        return database.networks();
    }

    Networks.@Nullable Place place(String address) {
        return networks().of(Objects.requireNonNull(Prefix.address(address)));
    }

    boolean refused() {
        return registry.get(GeoMeters.REFUSED)
                        .tag(GeoMeters.TAG_FILE, "database")
                        .gauge()
                        .value()
                == 1;
    }

    double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    /** The line that was logged last, or an empty one. */
    String said() {
        return said;
    }

    int lines() {
        return lines;
    }

    @Override
    public void close() {
        logger().detachAppender(log);
        logger().setAdditive(true);
    }
}
