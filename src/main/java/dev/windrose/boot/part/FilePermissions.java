package dev.windrose.boot.part;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restricts a node's files to its own user: the directory to 0700, the files to 0600. The launcher sets a umask that
 * covers most of them; this covers files of earlier versions and nodes started otherwise. Does nothing on file systems
 * without such permissions.
 */
final class FilePermissions {

    private static final Logger LOG = LoggerFactory.getLogger(FilePermissions.class);

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    /** Prefix of the node's file names; other files in the directory are not the node's. */
    private static final Pattern NAMES =
            Pattern.compile("(?:node|journal|table|latency|audit|jwks|first-admin-key|founded)(?:[.-].*)?");

    private static final AtomicBoolean TOLD = new AtomicBoolean();

    /**
     * Creates the directory, or tightens the existing one.
     *
     * @param mark a file that identifies a node's directory; one with other content and without this file stays as it
     *     is
     */
    static void directory(Path path, String mark) throws IOException {
        if (!Files.isDirectory(path)) {
            Path parent = path.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(path);
            restrict(path);
        } else if (isWide(path)) {
            if (Files.exists(path.resolve(mark)) || isEmpty(path)) {
                restrict(path);
            } else {
                LOG.warn(
                        "data directory [{}] is readable by other users and contains files that are not a node's, so its mode is"
                                + " left unchanged; chmod 700 protects the journal, snapshots and audit from them",
                        path);
            }
        }
    }

    /** Removes others' permissions on the node's files. */
    static void tighten(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (NAMES.matcher(file.getFileName().toString()).matches()
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && isWide(file)) {
                    restrict(file);
                }
            }
        } catch (NoSuchFileException e) {
            // A file renamed in the meantime is seen the next time.
        }
    }

    private static boolean isWide(Path path) throws IOException {
        PosixFileAttributeView view = view(path);
        return view != null && view.readAttributes().permissions().stream().anyMatch(each -> !DIRECTORY.contains(each));
    }

    /** Keeps the owner's permissions. */
    private static void restrict(Path path) throws IOException {
        PosixFileAttributeView view = view(path);
        if (view != null) {
            Set<PosixFilePermission> left = view.readAttributes().permissions();
            left.retainAll(DIRECTORY);
            try {
                view.setPermissions(left);
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                if (!TOLD.compareAndSet(false, true)) {
                    return;
                }
                LOG.warn(
                        "[{}] is readable by other users, and its mode cannot be changed, cause [{}]",
                        path,
                        e.toString());
            }
        }
    }

    private static @Nullable PosixFileAttributeView view(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isEmpty(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.findAny().isEmpty();
        }
    }

    private FilePermissions() {}
}
