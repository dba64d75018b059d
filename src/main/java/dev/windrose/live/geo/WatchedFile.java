package dev.windrose.live.geo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operator's file that is reloaded when it changes. An invalid file changes nothing: the previous content stays in
 * effect, and a meter and the log report it.
 *
 * @param <T> its parsed content
 */
final class WatchedFile<T> {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);

    /** Parses the file. */
    interface Reading<T> {

        /**
         * Reads all of it. Blocks.
         *
         * @param bytes its size
         * @throws IllegalArgumentException with what is wrong with it
         */
        T read(Path file, long bytes) throws IOException;
    }

    /** Identifies a version of the file. */
    private record State(
            FileTime changed, long bytes, @Nullable Object key) {}

    private final String what;
    private final @Nullable Path path;
    private final long most;
    private final Reading<T> reading;
    private final Consumer<Boolean> refused;

    private @Nullable State seen = null;
    private String complaint = "";
    private volatile T content;

    /**
     * Nothing is read yet.
     *
     * @param what name of the file for the log
     * @param path null for no file
     * @param most maximum size in bytes; larger ones are refused unread
     * @param nothing value until it is read
     * @param refused receives, after each check of a changed file, whether it is invalid
     */
    WatchedFile(String what, @Nullable Path path, long most, T nothing, Reading<T> reading, Consumer<Boolean> refused) {
        this.what = what;
        this.path = path;
        this.most = most;
        this.content = nothing;
        this.reading = reading;
        this.refused = refused;
    }

    /** The last valid content. Safe for all threads. */
    T content() {
        return content;
    }

    /** Reads the file if it has changed. Blocks, and throws nothing; for one thread at a time. */
    synchronized void look() {
        if (path == null) {
            return;
        }
        try {
            State before = state(path);
            if (before.equals(seen)) {
                return;
            }
            seen = before;
            T read = read(path, before.bytes());
            if (!before.equals(state(path))) {
                throw new IOException("it changed while being read");
            }
            content = read;
            complaint = "";
            refused.accept(false);
            LOG.info("{} [{}] read: {}", what, path, read);
        } catch (IOException e) {
            // The reason for a failed read may disappear without a change of the file.
            seen = null;
            refuse("cannot be read: " + (e.getClass() == IOException.class ? e.getMessage() : e));
        } catch (IllegalArgumentException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError | InternalError e) {
            refuse("cannot be parsed: " + e);
        }
    }

    private static State state(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new IOException("it is not a regular file (expected: a regular file)");
        }
        return new State(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    private T read(Path file, long bytes) throws IOException {
        if (bytes > most) {
            throw new IllegalArgumentException("it has " + bytes + " bytes (expected: at most " + most + ")");
        }
        return reading.read(file, bytes);
    }

    private void refuse(String why) {
        refused.accept(true);
        if (!why.equals(complaint)) {
            complaint = why;
            LOG.error("{} [{}] cannot be used, the previous content stays in use: {}", what, path, why);
        }
    }
}
