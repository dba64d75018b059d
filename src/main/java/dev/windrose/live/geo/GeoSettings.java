package dev.windrose.live.geo;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of where clients are; ranges and reasons stand in {@code windrose/geo.conf}.
 *
 * @param networksFile says where blocks of addresses are; null for none
 * @param databaseFile says the same, in the MaxMind format, of addresses that the networks file does not place; null for none
 * @param reloadEvery time between two looks whether they have changed
 */
public record GeoSettings(
        @Nullable Path networksFile, @Nullable Path databaseFile, Duration reloadEvery) {}
