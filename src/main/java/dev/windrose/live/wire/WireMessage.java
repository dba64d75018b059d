package dev.windrose.live.wire;

/**
 * Marks everything that travels between nodes. Bound to Jackson's CBOR in {@code windrose/wire.conf}; the golden files
 * under {@code src/test/resources/wire} fix the format of each message.
 */
public interface WireMessage {}
