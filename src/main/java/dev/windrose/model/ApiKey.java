package dev.windrose.model;

import java.util.List;

/**
 * A key that somebody was given. Of the key itself only a hash is kept.
 *
 * @param hash SHA-256 of the key, in hex
 * @param previousHash of the key before it was rotated; empty when there was none
 * @param previousUntilEpochMs how long the key before is good still
 * @param expiresEpochMs when the key ends
 * @param usedHash the beginning of the hash of the secret that somebody used last; empty when nobody used any
 */
public record ApiKey(
        String name,
        String owner,
        List<Grant> grants,
        String hash,
        String previousHash,
        long previousUntilEpochMs,
        long expiresEpochMs,
        String usedHash) {

    /** Digits of a hash that tell one secret of a key from another. */
    private static final int MARK = 16;

    public static final int MAX_GRANTS = 16;

    public ApiKey {
        grants = List.copyOf(grants);
    }

    /** Whether somebody used the key as it is now: its secret was seen. */
    public boolean isUsed() {
        return !usedHash.isEmpty() && hash.startsWith(usedHash);
    }

    /** What is recorded when somebody uses the key as it is now. */
    public String mark() {
        return mark(hash);
    }

    /** The same of any secret's hash. */
    public static String mark(String hash) {
        return hash.substring(0, MARK);
    }

    /** Who comes with this key. */
    public Principal principal() {
        return Principal.of(Principal.Kind.KEY, "key:" + name, grants);
    }
}
