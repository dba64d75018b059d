package dev.windrose.live.table;

import java.time.Duration;

/**
 * Settings of the table; ranges and reasons are in {@code windrose/table.conf}.
 *
 * @param ttlSeconds how long clients may cache an answer in normal operation, 1 to 3600
 * @param swapEvery minimum time between two tables, 10 ms to 10 s
 * @param saveEvery minimum time between two snapshots, 100 ms to 10 min
 * @param saveCountersEvery time between two snapshots when only counters changed, 1 s to 1 h
 * @param rememberHealth how long the status from before a restart stands in for an unknown one, 0 to 1 h
 * @param shareCountersEvery time between two reports of this node's counters to the others, 1 s to 10 min
 * @param explore share of the clients of a geographic rule that try another region than the nearest, 0 to 0.5
 */
public record TableSettings(
        int ttlSeconds,
        Duration swapEvery,
        Duration saveEvery,
        Duration saveCountersEvery,
        Duration rememberHealth,
        Duration shareCountersEvery,
        double explore) {}
