package dev.windrose.model;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place where services run.
 *
 * @param endpoints base addresses of what serves there, best first; may be empty
 * @param coordinate where it is, or null when nobody said
 * @param capacity requests per second it can take, or 0 when nobody said
 * @param learnsCapacity whether what it can take is learned as well, from how its clients fare
 * @param areas names of the areas it lies in, lower case, nearest first
 * @param override what an operator says of everything there, expired or not; null when nobody said anything
 */
public record Region(
        RegionId id,
        List<URI> endpoints,
        @Nullable Coordinate coordinate,
        double capacity,
        boolean learnsCapacity,
        Set<String> areas,
        @Nullable HealthOverride override) {

    /** One of which nothing is learned. */
    public Region(
            RegionId id,
            List<URI> endpoints,
            @Nullable Coordinate coordinate,
            double capacity,
            Set<String> areas,
            @Nullable HealthOverride override) {
        this(id, endpoints, coordinate, capacity, false, areas, override);
    }

    public Region {
        endpoints = List.copyOf(endpoints);
        areas = Set.copyOf(areas);
    }

    /** This region, which can take no more than that either; 0 and less and infinity for as much as before. */
    public Region atMost(double most) {
        double less = !(most > 0) || Double.isInfinite(most) || (capacity > 0 && capacity <= most) ? capacity : most;
        return new Region(id, endpoints, coordinate, less, learnsCapacity, areas, override);
    }
}
