package dev.windrose.decide.access;

import dev.windrose.model.Identifier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The text of a key, {@code wr.NAME.SECRET}: the name finds its record, 32 random bytes in hex prove its identity.
 *
 * <p>256 random bits cannot be guessed, so one SHA-256 over name and secret protects them as well as a slow hash would,
 * and costs a call less than a microsecond.
 */
public record KeyText(String name, String secret) {

    public static final String PREFIX = "wr.";

    /** Bytes of a secret. */
    public static final int SECRET_BYTES = 32;

    private static final byte[] SALT = "windrose\n".getBytes(StandardCharsets.US_ASCII);
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(KeyText::sha256);

    private static final int SECRET_LENGTH = 2 * SECRET_BYTES;
    private static final int NAME_AT_MOST = 63;

    /** The parts of a key, or null when the text is not a key. */
    public static @Nullable KeyText parse(String text) {
        int dot = text.length() - SECRET_LENGTH - 1;
        if (!text.startsWith(PREFIX)
                || dot <= PREFIX.length()
                || dot - PREFIX.length() > NAME_AT_MOST
                || text.charAt(dot) != '.') {
            return null;
        }
        return new KeyText(text.substring(PREFIX.length(), dot), text.substring(dot + 1));
    }

    /** A new key of {@code name} from {@link #SECRET_BYTES} random bytes. */
    public static KeyText of(String name, byte[] random) {
        if (random.length != SECRET_BYTES) {
            throw new IllegalArgumentException("secret: " + random.length + " bytes (expected: " + SECRET_BYTES + ")");
        }
        return new KeyText(Identifier.require("key", name), HexFormat.of().formatHex(random));
    }

    /** The key as given to its user. */
    public String text() {
        return PREFIX + name + "." + secret;
    }

    /** The stored form of the key: 64 hex digits. */
    public String hash() {
        return HexFormat.of().formatHex(digest());
    }

    /** Whether this key has that hash. Compares in constant time. */
    public boolean is(String hash) {
        return MessageDigest.isEqual(
                hash().getBytes(StandardCharsets.ISO_8859_1), hash.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The bytes of {@link #hash}. */
    public byte[] digest() {
        MessageDigest digest = SHA_256.get();
        digest.update(SALT);
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
        return digest.digest(secret.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return PREFIX + name + ".(hidden)";
    }
}
