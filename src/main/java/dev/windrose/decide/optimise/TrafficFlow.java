package dev.windrose.decide.optimise;

import dev.windrose.model.RegionId;

/**
 * Clients of one area that were sent to one region.
 *
 * @param decisions at least 0
 */
public record TrafficFlow(String area, RegionId region, long decisions) {}
