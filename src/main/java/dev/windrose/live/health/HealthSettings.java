package dev.windrose.live.health;

import dev.windrose.model.HealthCheck;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of health; ranges and reasons are in {@code windrose/health.conf}.
 *
 * @param check default check of rules
 * @param reportAge age after which an external report expires
 * @param passiveWindow window of client-reported outcomes that count
 * @param observerAge time without news after which an observer is ignored
 * @param beatEvery time between two heartbeats of an observer
 * @param publishEvery minimum time between two assessments
 * @param refreshEvery time between two assessments when only latencies changed
 * @param secondApprover whether draining a whole region needs the approval of a second person
 * @param targets maximum number of targets that one region checks
 * @param caFile authorities trusted by checks in addition to the platform's; null for none
 * @param caDirectory directory of files {@code NAME.pem} with authorities that checks may name; null for none
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
