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
 * @param areas names of the areas it lies in, lower case, nearest first
 * @param override what an operator says of everything there, expired or not; null when nobody said anything
 */
public record Region(
        RegionId id,
        List<URI> endpoints,
        @Nullable Coordinate coordinate,
        double capacity,
        Set<String> areas,
        @Nullable HealthOverride override) {

    public Region {
        endpoints = List.copyOf(endpoints);
        areas = Set.copyOf(areas);
    }
}
