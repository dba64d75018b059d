package dev.windrose.decide.health;

import dev.windrose.decide.failover.FailbackProgress;
import dev.windrose.model.Authority;
import dev.windrose.model.Drain;
import dev.windrose.model.HealthOverride;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Assesses the targets of one rule: the status of each by the highest authority with evidence, ejections, and failback.
 * For one assessment.
 */
final class RuleAssessment {

    /**
     * The result.
     *
     * @param targets by region, the checked fallback region included
     * @param turns what the journal does not have yet
     * @param memory for the next assessment
     */
    record Result(Map<RegionId, TargetHealth> targets, List<HealthPicture.Turn> turns, HealthMemory.OfRule memory) {}

    private final Rule rule;
    private final HealthFacts facts;
    private final Map<String, CheckVerdict> verdicts;
    private final Overrides overrides;
    private final Map<RegionId, List<CheckPlan.Place>> places;
    private final HealthMemory.OfRule before;
    private final OutcomeGrading grading;
    private final Map<RegionId, TargetHealth> targets = new HashMap<>();

    static Result of(
            Rule rule,
            HealthFacts facts,
            Map<String, CheckVerdict> verdicts,
            Overrides overrides,
            HealthMemory.OfRule before) {
        return new RuleAssessment(rule, facts, verdicts, overrides, before).result();
    }

    private RuleAssessment(
            Rule rule,
            HealthFacts facts,
            Map<String, CheckVerdict> verdicts,
            Overrides overrides,
            HealthMemory.OfRule before) {
        this.rule = rule;
        this.facts = facts;
        this.verdicts = verdicts;
        this.overrides = overrides;
        this.before = before;
        this.places = facts.watchlist().plan().byRule().getOrDefault(rule.id(), Map.of());
        this.grading = new OutcomeGrading(
                rule,
                before,
                facts.outcomes() == null ? null : facts.outcomes().getOrDefault(rule.id(), Map.of()),
                facts.outcomeWindow(),
                facts.nowMs());
    }

    private Result result() {
        List<RegionId> serving = new ArrayList<>();
        for (RegionId region : rule.targets()) {
            TargetHealth health = target(region, grading.grade(region));
            targets.put(region, health);
            if (health.status().serves()) {
                serving.add(region);
            }
        }
        Collections.sort(serving);
        Set<RegionId> ejected = grading.ejected(serving);
        targets.replaceAll((region, health) -> ejected.contains(region) && health.authority() != Authority.OVERRIDE
                ? health.is(HealthStatus.DEGRADED, Authority.PASSIVE)
                : health);
        Map<RegionId, FailbackProgress.Outage> outages = new HashMap<>(before.outages());
        List<HealthPicture.Turn> turns = returning(outages);
        RegionId fallback = rule.fallback().region();
        if (fallback != null && places.containsKey(fallback)) {
            // It has no share of its own, so it has no failback and no record.
            targets.put(fallback, target(fallback, grading.gradeWithoutOutcomes(fallback)));
        }
        return new Result(targets, turns, grading.remembered(outages));
    }

    /** Limits targets during failback, and finds what is to be recorded. */
    private List<HealthPicture.Turn> returning(Map<RegionId, FailbackProgress.Outage> outages) {
        UnrecordedFailovers unrecorded = new UnrecordedFailovers(rule, facts, verdicts);
        boolean others = false;
        for (RegionId region : rule.targets()) {
            TargetHealth health = targets.getOrDefault(region, TargetHealth.UNKNOWN);
            if (health.status().serves()) {
                FailbackProgress back = FailbackProgress.serves(
                        new FailbackProgress.Target(rule, region, facts.self()),
                        outages.get(region),
                        overrides.lapsedEpochMs(rule, region),
                        facts.nowNanos(),
                        facts.nowEpochMs());
                remember(outages, region, back);
                TargetHealth kept = health.withShare(Math.min(health.share(), back.share()));
                targets.put(region, kept);
                others |= kept.share() > 0;
                unrecorded.serves(region, kept, places(region), back);
            }
        }
        for (RegionId region : rule.targets()) {
            TargetHealth health = targets.getOrDefault(region, TargetHealth.UNKNOWN);
            if (!health.status().serves()) {
                boolean ordered = health.authority() == Authority.OVERRIDE;
                boolean leaves = !ordered && leaves(health.status(), others);
                FailbackProgress out = FailbackProgress.out(
                        new FailbackProgress.Target(rule, region, facts.self()),
                        outages.get(region),
                        leaves,
                        ordered,
                        () -> unrecorded.why(health, places(region)),
                        facts.nowEpochMs());
                remember(outages, region, out);
                unrecorded.out(region, health, places(region), leaves, out);
            }
        }
        return unrecorded.found();
    }

    private static void remember(
            Map<RegionId, FailbackProgress.Outage> outages, RegionId region, FailbackProgress progress) {
        FailbackProgress.Outage outage = progress.outage();
        if (outage == null) {
            outages.remove(region);
        } else {
            outages.put(region, outage);
        }
    }

    /** A degraded target has lost its traffic only where others have it, and it may keep none. */
    private boolean leaves(HealthStatus status, boolean others) {
        return status == HealthStatus.UNHEALTHY
                || (status == HealthStatus.DEGRADED
                        && others
                        && rule.health().policy().degradedShare() == 0);
    }

    private List<CheckPlan.Place> places(RegionId region) {
        return places.getOrDefault(region, List.of());
    }

    private TargetHealth target(RegionId region, HealthStatus graded) {
        HealthStatus probed = HealthStatus.UNKNOWN;
        EndpointPool pool = new EndpointPool(HealthStatus.UNKNOWN, 1, 0);
        double latencyMs = Double.NaN;
        LatencyAllowance allowed = LatencyAllowance.NONE;
        List<CheckPlan.Place> endpoints = places(region);
        if (!endpoints.isEmpty()) {
            pool = EndpointPool.of(
                    endpoints.stream().map(this::endpoint).toList(),
                    rule.health().policy().failoverBelow());
            probed = pool.status();
            latencyMs = latency(endpoints.get(pool.endpoint()));
            allowed = allowed(endpoints.get(pool.endpoint()));
        }
        HealthFacts.LastReport report = facts.counting(region);
        HealthOverride override = overrides.of(rule, region);
        HealthStatus reported = report == null ? HealthStatus.UNKNOWN : report.believed();
        Evidence evidence = new Evidence(overrides.ordered(override), probed, graded, reported);
        double known = evidence.authority() == Authority.REPORT && report != null
                ? report.said().report().responseTimeMs()
                : latencyMs;
        return new TargetHealth(
                evidence.status(),
                evidence.authority(),
                known,
                pool.servingShare(),
                pool.endpoint(),
                1,
                override == null ? Drain.NONE : override.drain(facts.nowEpochMs()),
                new Evidence(HealthStatus.UNKNOWN, probed, graded, reported)
                        .status()
                        .serves(),
                allowed);
    }

    private HealthStatus endpoint(CheckPlan.Place place) {
        List<MonitorGroup.Vote> votes = new ArrayList<>(place.looks().size());
        for (CheckPlan.Look look : place.looks()) {
            CheckVerdict verdict = verdicts.get(look.checkId());
            if (verdict != null) {
                votes.add(new MonitorGroup.Vote(verdict.ruling().status(), look.mustBeHealthy()));
            }
        }
        return MonitorGroup.of(votes);
    }

    private double latency(CheckPlan.Place place) {
        CheckVerdict verdict = verdicts.get(place.looks().get(0).checkId());
        return verdict == null ? Double.NaN : verdict.latencyMs();
    }

    private LatencyAllowance allowed(CheckPlan.Place place) {
        CheckPlan.Check check =
                facts.watchlist().plan().checks().get(place.looks().get(0).checkId());
        return check == null ? LatencyAllowance.NONE : check.allowed();
    }
}
