package dev.windrose.live.health;

import dev.windrose.model.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of health; ranges and reasons stand in {@code windrose/health.conf}.
 *
 * @param check of rules that do not say otherwise
 * @param reportAge after which a report from outside says nothing any more
 * @param passiveWindow how far back outcomes that clients reported count
 * @param observerAge after which an observer that is not heard of counts for nothing
 * @param beatEvery time between two signs of life of an observer
 * @param publishEvery least time between two pictures
 * @param refreshEvery time between two pictures when only latencies moved
 * @param secondApprover a whole region is drained only when a second person agrees
 * @param targets that one region checks at most
 * @param caFile authorities that checks believe beside those of the platform; null for none
 * @param caDirectory of files {@code NAME.pem} with authorities that checks may name; null for none
 */
public record HealthSettings(
        HealthCheck check,
        Duration reportAge,
        Duration passiveWindow,
        Duration observerAge,
        Duration beatEvery,
        Duration publishEvery,
        Duration refreshEvery,
        boolean secondApprover,
        int targets,
        @Nullable Path caFile,
        @Nullable Path caDirectory) {}
