package dev.windrose.live.geo;

import java.time.Duration;

/**
 * Settings of the latency map; ranges and reasons are in {@code windrose/latency.conf}.
 *
 * @param places maximum number of places remembered
 * @param halfLife after which a sample counts half
 * @param bonus by how much another region must be nearer to overtake the first one
 * @param queue maximum number of samples waiting to be processed
 * @param viewEvery minimum time between two views for decisions
 * @param observeEvery time between two readings of what the regions measured of each other
 * @param saveEvery time between two writes of the file
 * @param sharePlaces number of places that this node shares with the others
 * @param shareEvery time between two rounds of sharing
 * @param beaconSamples browser samples accepted per address block and minute
 */
public record LatencySettings(
        int places,
        Duration halfLife,
        Duration bonus,
        int queue,
        Duration viewEvery,
        Duration observeEvery,
        Duration saveEvery,
        int sharePlaces,
        Duration shareEvery,
        int beaconSamples) {}
