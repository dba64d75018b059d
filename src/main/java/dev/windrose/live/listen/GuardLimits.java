package dev.windrose.live.listen;

import java.time.Duration;

/**
 * Limits of the cluster port.
 *
 * @param connections at most, of all addresses
 * @param connectionsPerAddress at most, of one address
 * @param beginsWithin longest time until the first bytes of a node arrive, or the TLS handshake completes
 * @param frameWithin longest time between the first and the last byte of a frame while this node reads
 * @param silentBeyond a node's connection that was silent for longer is replaced by a new one of its address: its peer
 *     may have died
 */
public record GuardLimits(
        int connections,
        int connectionsPerAddress,
        Duration beginsWithin,
        Duration frameWithin,
        Duration silentBeyond) {

    private static final Duration SILENT_BEYOND = Duration.ofSeconds(60);

    public GuardLimits(int connections, int connectionsPerAddress, Duration beginsWithin, Duration frameWithin) {
        this(connections, connectionsPerAddress, beginsWithin, frameWithin, SILENT_BEYOND);
    }
}
