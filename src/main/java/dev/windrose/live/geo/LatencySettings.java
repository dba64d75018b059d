package dev.windrose.live.geo;

import java.time.Duration;

/**
 * Settings of the latency map; ranges and reasons stand in {@code windrose/latency.conf}.
 *
 * @param places that are remembered
 * @param halfLife after which a sample counts half
 * @param bonus by how much another region must be nearer than the one that is ahead
 * @param queue samples that wait to be taken
 * @param viewEvery least time between two views for deciding
 * @param observeEvery time between two looks at what the regions measured of each other
 * @param saveEvery time between two writes of the file
 * @param sharePlaces that this node tells the others of
 * @param shareEvery time between two tellings
 * @param beaconSamples of browsers that are taken of one block of addresses in a minute
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
