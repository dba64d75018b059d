package dev.windrose.model;

import java.util.List;

/**
 * A key that somebody was given. Of the key itself only a hash is kept.
 *
 * @param hash SHA-256 of the key, in hex
 * @param previousHash of the key before it was rotated; empty when there was none
 * @param previousUntilEpochMs how long the key before is good still
 * @param expiresEpochMs when the key ends
 */
public record ApiKey(
        String name,
        String owner,
        List<Grant> grants,
        String hash,
        String previousHash,
        long previousUntilEpochMs,
        long expiresEpochMs) {

    public static final int MAX_GRANTS = 16;

    public ApiKey {
        grants = List.copyOf(grants);
    }

    /** Who comes with this key. */
    public Principal principal() {
        return Principal.of(Principal.Kind.KEY, "key:" + name, grants);
    }
}
