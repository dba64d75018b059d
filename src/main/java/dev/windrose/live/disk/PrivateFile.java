package dev.windrose.live.disk;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that only the node's own user can access, from their creation on and whatever the umask is. */
public final class PrivateFile {

    private static final String OWN = "rw-------";

    /**
     * Creates an empty file; an existing one stays as it is. Also works on file systems without permissions.
     *
     * @throws IOException when it cannot be created
     */
    public static void make(Path path) throws IOException {
        if (Files.exists(path)) {
            return;
        }
        Path directory = path.toAbsolutePath().getParent();
        boolean posix = directory != null && Files.getFileStore(directory).supportsFileAttributeView("posix");
        FileAttribute<?>[] own = posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWN))}
                : new FileAttribute<?>[0];
        try {
            Files.createFile(path, own);
        } catch (FileAlreadyExistsException e) {
            // It was created in the meantime, or is a dangling link.
        }
    }

    private PrivateFile() {}
}
