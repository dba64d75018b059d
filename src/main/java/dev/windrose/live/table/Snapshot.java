package dev.windrose.live.table;

import dev.windrose.decide.definition.Catalog;
import dev.windrose.decide.definition.DefinitionState;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.decide.route.CapacityTrack;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a node needs to answer before it has received anything. Names are those of {@code DefinitionKey.entityId}, of
 * rules and of regions.
 *
 * @param savedAtEpochMs wall clock at saving
 * @param ageMs how old the definitions were at saving
 * @param definitions every known definition, removed ones included
 * @param lastGood for definitions with an invalid field: what was used instead
 * @param statuses last known status of each rule's targets
 * @param reports external reports that had not expired
 * @param learned the learned capacity of regions
 * @param counts what this node alone had counted
 * @param usage of geographic rules, what this node alone had counted
 * @param series identifies the counters; empty in snapshots of an earlier version
 */
record Snapshot(
        long savedAtEpochMs,
        long ageMs,
        Map<String, DefinitionState> definitions,
        Map<String, DefinitionState> lastGood,
        Map<String, Map<String, HealthStatus>> statuses,
        List<Report> reports,
        Map<String, Learned> learned,
        Map<String, RuleCounts> counts,
        Map<String, Long> usage,
        String series) {

    /**
     * An external report.
     *
     * @param epochMs wall clock of its receipt
     */
    record Report(
            String region,
            HealthStatus status,
            double responseTimeMs,
            double successRate,
            long activeConnections,
            long epochMs) {

        static Report of(HealthPicture.Reported reported) {
            HealthReport report = reported.report();
            return new Report(
                    report.region().value(),
                    report.status(),
                    report.responseTimeMs(),
                    report.successRate(),
                    report.activeConnections(),
                    reported.epochMs());
        }

        HealthPicture.Reported reported() {
            return new HealthPicture.Reported(
                    new HealthReport(new RegionId(region), status, responseTimeMs, successRate, activeConnections),
                    epochMs);
        }
    }

    /** A {@link CapacityTrack}; the capacity is 0 when it is not known. */
    record Learned(double capacity, double proven) {

        static Learned of(CapacityTrack track) {
            return new Learned(Double.isInfinite(track.capacity()) ? 0 : track.capacity(), track.proven());
        }

        CapacityTrack track() {
            return new CapacityTrack(capacity > 0 ? capacity : Double.POSITIVE_INFINITY, Math.max(0, proven), 0, 0);
        }
    }

    /**
     * The current state of a node.
     *
     * @param catalog possibly newer than the table
     * @param tracks the learned capacity of regions
     */
    static Snapshot of(
            Director director,
            Catalog catalog,
            List<HealthPicture.Reported> reports,
            Map<RegionId, CapacityTrack> tracks,
            long nowEpochMs) {
        Map<String, DefinitionState> definitions = new HashMap<>();
        catalog.states().forEach((key, state) -> definitions.put(key.entityId(), state));
        Map<String, DefinitionState> lastGood = new HashMap<>();
        catalog.lastGood().forEach((key, state) -> lastGood.put(key.entityId(), state));
        Map<String, Map<String, HealthStatus>> statuses = new HashMap<>();
        director.statuses().forEach((rule, targets) -> {
            Map<String, HealthStatus> byTarget = new HashMap<>();
            targets.forEach((region, status) -> byTarget.put(region.value(), status));
            statuses.put(rule.value(), byTarget);
        });
        Map<String, Learned> learned = new HashMap<>();
        tracks.forEach((region, track) -> learned.put(region.value(), Learned.of(track)));
        Counters counters = director.tallies().counters();
        return new Snapshot(
                nowEpochMs,
                director.dataAgeMs(),
                definitions,
                lastGood,
                statuses,
                reports.stream().map(Report::of).toList(),
                learned,
                named(counters.ruleCounts()),
                named(counters.usageCounts()),
                counters.series());
    }

    private static <V> Map<String, V> named(Map<RuleId, V> byRule) {
        Map<String, V> named = new HashMap<>();
        byRule.forEach((rule, value) -> named.put(rule.value(), value));
        return named;
    }

    Snapshot {
        // Snapshots of an earlier version lack these.
        learned = Map.copyOf(Objects.requireNonNullElse(learned, Map.of()));
        lastGood = Map.copyOf(Objects.requireNonNullElse(lastGood, Map.of()));
        series = Objects.requireNonNullElse(series, "");
        reports = List.copyOf(Objects.requireNonNullElse(reports, List.of()));
    }
}
