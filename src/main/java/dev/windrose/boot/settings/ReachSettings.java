package dev.windrose.boot.settings;

import dev.windrose.decide.reach.Destinations;
import java.time.Duration;

/**
 * The settings under {@code windrose.reach}.
 *
 * @param destinations addresses that the node may connect to when outsiders name them
 * @param lookUpEvery time after which a name is resolved again
 */
public record ReachSettings(Destinations destinations, Duration lookUpEvery) {}
