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
     * Makes an empty file, unless there is one of that name, which stays as it is. Where the file system knows no
     * permissions it is made all the same.
     *
     * @throws IOException when it cannot be made
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
            // Somebody else made it meanwhile, or it is a link to a file that is not there yet.
        }
    }

    private PrivateFile() {}
}
