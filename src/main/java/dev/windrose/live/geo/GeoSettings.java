package dev.windrose.live.geo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings for locating clients; ranges and reasons are in {@code windrose/geo.conf}.
 *
 * @param networksFile locations of address blocks; null for none
 * @param databaseFile database in the MaxMind format, for addresses that the networks file does not locate; null for
 *     none
 * @param reloadEvery time between two checks for changes
 */
public record GeoSettings(
        @Nullable Path networksFile, @Nullable Path databaseFile, Duration reloadEvery) {}
