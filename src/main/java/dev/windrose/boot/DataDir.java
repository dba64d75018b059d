package dev.windrose.boot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a node's files. Held by one process at a time, so that two nodes never write one journal; the
 * operating system gives it free when the process dies.
 */
final class DataDir implements AutoCloseable {

    private static final String LOCK = "node.lock";

    private final Path path;
    private final FileChannel lock;

    /** @throws WrongSetting when the directory cannot be used, or another process uses it */
    static DataDir open(Path path) {
        try {
            Files.createDirectories(path);
            FileChannel channel =
                    FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel) == null) {
                channel.close();
                throw new WrongSetting("windrose.node.data-dir: " + path + " (expected: used by no other node)");
            }
            return new DataDir(path, channel);
        } catch (IOException e) {
            throw new WrongSetting("windrose.node.data-dir: " + path + " (expected: a directory that can be written, "
                    + Causes.oneLine(e) + ")");
        }
    }

    private static @Nullable FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private DataDir(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new IllegalStateException("cannot close " + path.resolve(LOCK), e);
        }
    }
}
