package dev.windrose.live.health;

import dev.windrose.decide.health.Assessment;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.HealthFacts;
import dev.windrose.decide.health.HealthMemory;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.decide.health.HealthTrack;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.health.Verdict;
import dev.windrose.decide.health.Watchlist;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All health data of one node: its own checks, the boards of other nodes, external reports and outcomes of clients. It
 * only collects; {@link Assessment} evaluates. For one thread, on the caller's clock.
 */
final class ObservedHealth {

    private final RegionId self;
    private final int targetsAtMost;
    private final boolean secondApprover;
    private final Map<String, HealthTrack> tracks = new TreeMap<>();
    private final PeerObservations observers;
    private final Reports reports;
    private final PassiveWindow passive;
    private Watchlist watchlist = Watchlist.EMPTY;
    private HealthMemory memory = HealthMemory.NOTHING;

    /** @param self the region of this node */
    ObservedHealth(RegionId self, HealthSettings settings) {
        this.self = self;
        this.targetsAtMost = settings.targets();
        this.secondApprover = settings.secondApprover();
        this.observers = new PeerObservations(settings.observerAge());
        this.reports =
                new Reports(settings.reportAge(), settings.check().turns().dampingHalfLife());
        this.passive = new PassiveWindow(settings.passiveWindow());
    }

    /** Replaces the watched rules and regions. */
    void watch(Collection<Rule> rules, Collection<Region> regions) {
        watchlist = Watchlist.of(rules, regions, self, targetsAtMost);
        memory = memory.retaining(watchlist);
    }

    CheckPlan plan() {
        return watchlist.plan();
    }

    /** This node's own results, by check. */
    Map<String, HealthTrack> tracks() {
        return tracks;
    }

    /** Replaces the checks that this node runs. */
    void runs(Set<String> checkIds) {
        tracks.keySet().retainAll(checkIds);
    }

    /** Returns whether the status changed. */
    boolean believed(String checkId, HealthTrack track) {
        HealthTrack before = tracks.put(checkId, track);
        return before == null || before.status() != track.status();
    }

    /** A report that this node received. */
    void reported(HealthReport report, long nowNanos, long epochMs) {
        if (report.ageMs() == 0) {
            reports.told(report, nowNanos, epochMs);
        } else {
            reports.stale(report, nowNanos, epochMs);
        }
    }

    /** Reports from before the restart, with their ages. */
    void remembered(List<HealthPicture.Reported> before, long nowNanos, long epochMs) {
        for (HealthPicture.Reported each : before) {
            long ageNanos = 1_000_000 * Math.max(0, epochMs - each.epochMs());
            reports.told(each.report(), nowNanos - ageNanos, each.epochMs());
        }
    }

    void heard(String node, int bucket, HealthBoard board, long nowNanos, long epochMs) {
        observers.heard(node, bucket, board, nowNanos);
        reports.heard(node, board, nowNanos, epochMs);
    }

    void beat(String node, String region, long nowNanos) {
        observers.beat(node, region, nowNanos);
    }

    /** The results of live regions for one check, by region, as of the last assessment. */
    Map<String, HealthFacts.Observation> othersOn(String checkId) {
        return observers.say(checkId);
    }

    /** Nodes heard from recently, as of the last assessment. */
    int liveObservers() {
        return observers.live();
    }

    /**
     * The assessment.
     *
     * @param totals client-reported outcomes since the start; called only when a new sample is due
     */
    HealthPicture assess(
            Supplier<Map<RuleId, Map<RegionId, Outliers.Outcomes>>> totals, long nowNanos, long nowEpochMs) {
        boolean sampled = passive.due(nowNanos);
        if (sampled) {
            passive.sample(totals.get(), nowNanos);
        }
        Assessment.Result result = Assessment.of(
                facts(watchlist.plan().checks().keySet(), sampled ? passive.lately() : null, nowNanos, nowEpochMs),
                memory);
        memory = result.memory();
        return result.picture();
    }

    private HealthFacts facts(
            Set<String> checkIds,
            @Nullable Map<RuleId, Map<RegionId, Outliers.Outcomes>> outcomes,
            long nowNanos,
            long nowEpochMs) {
        observers.at(nowNanos);
        Map<String, HealthFacts.Observations> checks = new HashMap<>();
        for (String id : checkIds) {
            HealthTrack track = tracks.get(id);
            checks.put(
                    id,
                    new HealthFacts.Observations(
                            track == null
                                    ? null
                                    : new HealthFacts.Observation(
                                            track.status(), track.latencyMs(), track.successRate()),
                            observers.say(id)));
        }
        return new HealthFacts(
                self,
                watchlist,
                checks,
                reports.at(nowNanos),
                outcomes,
                passive.length(),
                secondApprover,
                nowNanos,
                nowEpochMs);
    }

    /**
     * The observations of all observers. Does not change the assessment.
     *
     * @param checkIds the checks
     * @param own what this node publishes
     * @param node this node's address
     */
    HealthMatrix matrix(Set<String> checkIds, OwnBoards own, String node, long nowNanos, long nowEpochMs) {
        HealthFacts facts = facts(checkIds, null, nowNanos, nowEpochMs);
        List<HealthMatrix.Row> rows = new ArrayList<>();
        watchlist.plan().checks().forEach((id, check) -> {
            if (checkIds.contains(id)) {
                Verdict.Ruling ruling = Assessment.ruling(id, facts, memory);
                rows.add(new HealthMatrix.Row(
                        id,
                        check.region(),
                        check.endpoint(),
                        check.check().question().type(),
                        ruling.status(),
                        ruling.reach(),
                        check.allowed(),
                        sights(id, own, node)));
            }
        });
        return new HealthMatrix(rows);
    }

    private List<HealthMatrix.Sight> sights(String id, OwnBoards own, String node) {
        List<HealthMatrix.Sight> sights = new ArrayList<>();
        HealthBoard.Seen seen = tracks.containsKey(id) ? own.of(id) : null;
        if (seen != null) {
            sights.add(new HealthMatrix.Sight(
                    node,
                    self.value(),
                    true,
                    true,
                    seen.status(),
                    seen.latencyMs(),
                    seen.successRate(),
                    0,
                    seen.sinceEpochMs(),
                    seen.cause()));
        }
        sights.addAll(observers.sights(id));
        return sights;
    }
}
