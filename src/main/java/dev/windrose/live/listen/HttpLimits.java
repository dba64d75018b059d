package dev.windrose.live.listen;

import java.time.Duration;

/**
 * Limits for callers of a node; ranges and reasons are in {@code windrose/http.conf}.
 *
 * @param connections at most, of all addresses
 * @param connectionsPerAddress at most, of one address or one IPv6 network
 * @param requestsPerAddress per second, of the same
 * @param headerTimeout longest time from the first byte of a request, or from the start of a connection, to the end of its
 *     headers
 * @param idleTimeout longest time between two requests
 * @param readTimeout longest time in which a client reads nothing of its answer
 * @param holdSlow how long new connections of an address that was too slow too often are held; zero: not at all
 */
public record HttpLimits(
        int connections,
        int connectionsPerAddress,
        int requestsPerAddress,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration readTimeout,
        Duration holdSlow) {}
