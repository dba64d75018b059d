package dev.windrose.boot.part;

import dev.windrose.boot.settings.WrongSetting;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a node's files. Locked by one process at a time, so that two nodes never write the same journal; the
 * operating system releases the lock when the process dies.
 *
 * <p>It contains secrets and the audit, so only the node's own user may access it; see {@link FilePermissions}.
 *
 * <p>A read-only directory is still used: the node decides from the snapshot in it, and has no control plane until the
 * directory is writable. A directory that was removed or replaced while the node runs accepts no more writes: data
 * written to its old files would be lost.
 */
public final class DataDir implements AutoCloseable {

    private static final String LOCK = "node.lock";
    private static final String TRIAL = "node.trial";

    private final Path path;
    private @Nullable FileChannel lock = null;
    private @Nullable Object identity = null;
    private volatile @Nullable String problem = null;
    private volatile boolean lost = false;

    /** @throws WrongSetting when the directory cannot be used, or another process uses it */
    public static DataDir open(Path path) {
        DataDir dir = new DataDir(path);
        try {
            FilePermissions.directory(path, LOCK);
            dir.hold();
            FilePermissions.tighten(path);
        } catch (IOException e) {
            if (!Files.isDirectory(path) || !Files.isReadable(path)) {
                throw new WrongSetting("windrose.node.data-dir: " + path + " (expected: a writable directory, "
                        + FailureText.oneLine(e) + ")");
            }
            dir.problem = cannotBeWritten(path, e);
        }
        return dir;
    }

    private DataDir(Path path) {
        this.path = path;
    }

    private static String cannotBeWritten(Path path, IOException e) {
        return "the data directory " + path + " is not writable, cause [" + FailureText.oneLine(e)
                + "]; decisions continue from the existing data, edits are refused until it is writable";
    }

    /** Acquires the lock, unless it has it. */
    private synchronized void hold() throws IOException {
        if (lock != null) {
            return;
        }
        FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (locked(channel) == null) {
            channel.close();
            throw new WrongSetting("windrose.node.data-dir: " + path + " (expected: not in use by another node)");
        }
        lock = channel;
        identity = identity(path.resolve(LOCK));
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            // A file system without locks: each retry would open a file.
            channel.close();
            throw e;
        }
    }

    private static @Nullable Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    public Path path() {
        return path;
    }

    /** Why it cannot be written now; null when it can. */
    public @Nullable String problem() {
        return problem;
    }

    /** Whether this node's open files are no longer those in the directory. */
    public boolean lost() {
        return lost;
    }

    /** Checks that it still exists and can be written. Called every few seconds; blocks. */
    public void look() {
        try {
            hold();
            lost = !Objects.equals(identity, identity(path.resolve(LOCK)));
            if (lost) {
                problem = "the data directory " + path
                        + " was replaced while this node was running; edits are refused: put back"
                        + " the original directory, or restart this node";
                return;
            }
            Files.write(path.resolve(TRIAL), new byte[] {'\n'});
            // Files that libraries created since, as a database does beside its file.
            FilePermissions.tighten(path);
            problem = null;
        } catch (IOException e) {
            lost = lock != null && !Files.exists(path.resolve(LOCK));
            problem = !lost
                    ? cannotBeWritten(path, e)
                    : "the data directory " + path
                            + " was removed while this node was running; edits are refused: put back the"
                            + " original directory, or restart this node";
        } catch (WrongSetting e) {
            problem = e.getMessage();
        }
    }

    @Override
    public synchronized void close() {
        try {
            FileChannel held = lock;
            if (held != null) {
                held.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot close " + path.resolve(LOCK), e);
        }
    }
}
