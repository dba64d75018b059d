package dev.windrose.decide.definition;

/**
 * Names a request, so that its repetition is known to be one.
 *
 * @param id of caller and key, or of caller and content when the caller gave no key; hex
 * @param content of what was asked for, hex: one key cannot ask for two things
 * @param keyed whether the caller named it with a key. Without one only a request whose answer may not have arrived is repeated
 */
public record IdempotencyKey(String id, String content, boolean keyed) {}
