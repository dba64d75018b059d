package dev.windrose.boot.settings;

import dev.windrose.decide.reach.Destinations;
import java.time.Duration;

/**
 * The settings under {@code windrose.reach}.
 *
 * @param destinations where the node may connect to when somebody else names the address
 * @param lookUpEvery time after which a name is looked up again
 */
public record ReachSettings(Destinations destinations, Duration lookUpEvery) {}
