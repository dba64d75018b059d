package dev.windrose.decide.definition;

/**
 * Identifies a request, so that a retry is recognised.
 *
 * @param id hash of caller and key, or of caller and content when the caller gave no key; hex
 * @param content hash of the requested change, hex: one key cannot be used for two different requests
 * @param keyed whether the caller supplied a key. Without one, only a request whose answer may not have arrived counts
 *     as a retry
 */
public record IdempotencyKey(String id, String content, boolean keyed) {}
