package dev.windrose.boot.part;

import dev.windrose.boot.settings.WrongSetting;
import dev.windrose.decide.access.KeyText;
import dev.windrose.live.access.FixedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The key with which the first admin creates the first key. Only the node's own user can read its file in the data
 * directory. It is valid until an admin's key has been used, or the node trusts an issuer of tokens.
 */
final class FirstKey {

    static final String FILE = "first-admin-key";

    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

    /**
     * The key in the file, which is created if it is missing and there can be no other admin.
     *
     * @param noAdmin whether there is no other admin, active or not: only then it is created
     * @param needed whether no other admin has appeared yet
     */
    static FixedKey open(DataDir dataDir, BooleanSupplier noAdmin, BooleanSupplier needed, Consumer<String> say) {
        Path file = dataDir.path().resolve(FILE);
        try {
            if (!needed.getAsBoolean() || (!noAdmin.getAsBoolean() && !Files.exists(file))) {
                Files.deleteIfExists(file);
                return FixedKey.first("", () -> false);
            }
            KeyText key =
                    Files.exists(file) ? KeyText.parse(Files.readString(file).strip()) : null;
            if (key == null || !key.name().equals(FixedKey.FIRST)) {
                byte[] random = new byte[KeyText.SECRET_BYTES];
                new SecureRandom().nextBytes(random);
                key = KeyText.of(FixedKey.FIRST, random);
                write(file, key.text());
            }
            say.accept("no admin exists yet: the key in " + file.toAbsolutePath()
                    + " is valid until another admin key, created with it by POST /api/v1/keys, has been used");
            return FixedKey.first(key.hash(), needed);
        } catch (IOException e) {
            throw new WrongSetting("windrose.node.data-dir: " + file + " cannot be written (expected: a writable"
                    + " directory, " + FailureText.oneLine(e) + ")");
        }
    }

    private static void write(Path file, String text) throws IOException {
        boolean posix = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
        FileAttribute<?>[] own =
                posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWN)} : new FileAttribute<?>[0];
        Files.deleteIfExists(file);
        Files.createFile(file, own);
        Files.writeString(file, text + "\n", StandardOpenOption.WRITE);
    }

    private FirstKey() {}
}
