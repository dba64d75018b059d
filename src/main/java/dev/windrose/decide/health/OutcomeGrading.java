package dev.windrose.decide.health;

import dev.windrose.decide.failover.FailbackProgress;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Grades the targets of one rule by client-reported outcomes, absolutely and relative to their peers. For one
 * assessment; reads the previous state and never writes to it.
 */
final class OutcomeGrading {

    private static final double FORGOTTEN = 0.01;

    private final Rule rule;
    private final @Nullable Map<RegionId, Outliers.Outcomes> outcomes;
    private final HealthCheck.Turns turns;
    private final Outliers.Limits limits;
    private final long nowMs;
    private final Map<RegionId, Belief> graded;
    private final Map<RegionId, Belief> outliers;
    private Set<RegionId> ejected;

    /**
     * @param before the previous state of the rule
     * @param outcomes by target; null when no rule has news: then everything stays as it was
     * @param window that the outcomes are of
     */
    OutcomeGrading(
            Rule rule,
            HealthMemory.OfRule before,
            @Nullable Map<RegionId, Outliers.Outcomes> outcomes,
            Duration window,
            long nowMs) {
        this.rule = rule;
        this.outcomes = outcomes;
        this.turns = turns(rule, window);
        HealthPolicy policy = rule.health().policy();
        this.limits = new Outliers.Limits(policy.outlierDistance(), policy.outlierRequests(), policy.outlierCap());
        this.nowMs = nowMs;
        this.graded = outcomes == null ? before.graded() : new HashMap<>(before.graded());
        this.outliers = outcomes == null ? before.outliers() : new HashMap<>(before.outliers());
        this.ejected = before.ejected();
    }

    /** A window still contains outcomes of two windows ago, so its grade is damped for at least as long. */
    private static HealthCheck.Turns turns(Rule rule, Duration window) {
        HealthCheck.Turns turns = rule.health().check().turns();
        Duration two = window.multipliedBy(2);
        Duration halfLife = turns.dampingHalfLife();
        return halfLife.isZero() || halfLife.compareTo(two) >= 0
                ? turns
                : new HealthCheck.Turns(turns.rise(), turns.settle(), turns.fall(), two);
    }

    /** The grade of a target by its own outcomes; unknown when they are too few. */
    HealthStatus grade(RegionId target) {
        return outcomes == null ? status(target) : grade(target, outcomes.get(target));
    }

    /** The same for a target whose outcomes are ignored. */
    HealthStatus gradeWithoutOutcomes(RegionId target) {
        return outcomes == null ? status(target) : grade(target, null);
    }

    private HealthStatus status(RegionId target) {
        return graded.getOrDefault(target, Belief.NONE).status();
    }

    private HealthStatus grade(RegionId target, Outliers.@Nullable Outcomes seen) {
        Belief before = graded.getOrDefault(target, Belief.NONE);
        HealthStatus grade = seen == null || seen.requests() < limits.requests()
                ? HealthStatus.UNKNOWN
                : RateSignificance.grade(
                        seen.failures(), seen.requests(), rule.health().check().levels(), before.status());
        Belief after = before.afterMany(grade, turns, nowMs);
        keep(graded, target, after);
        return after.status();
    }

    /**
     * The targets that are ejected.
     *
     * @param serving those that serve, in order
     */
    Set<RegionId> ejected(List<RegionId> serving) {
        if (outcomes != null) {
            Map<RegionId, Outliers.Outcomes> compared = new HashMap<>();
            for (RegionId target : serving) {
                compared.put(target, outcomes.getOrDefault(target, Outliers.NONE));
            }
            eject(serving, compared);
        }
        Set<RegionId> out = new HashSet<>(serving);
        out.retainAll(ejected);
        return out;
    }

    private void eject(List<RegionId> serving, Map<RegionId, Outliers.Outcomes> compared) {
        List<RegionId> worst = Outliers.of(compared, limits);
        List<RegionId> out = new ArrayList<>();
        for (RegionId target : serving) {
            boolean enough = compared.getOrDefault(target, Outliers.NONE).requests() >= limits.requests();
            HealthStatus grade = worst.contains(target)
                    ? HealthStatus.UNHEALTHY
                    : enough ? HealthStatus.HEALTHY : HealthStatus.UNKNOWN;
            Belief after = outliers.getOrDefault(target, Belief.NONE).afterMany(grade, turns, nowMs);
            keep(outliers, target, after);
            // An ejected target stays ejected: it has no outcomes any more by which it could be the worst.
            if (after.status() == HealthStatus.UNHEALTHY && ejected.contains(target)) {
                out.add(target);
            }
        }
        for (RegionId target : worst) {
            boolean believed = outliers.getOrDefault(target, Belief.NONE).status() == HealthStatus.UNHEALTHY;
            if (believed && !out.contains(target)) {
                out.add(target);
            }
        }
        ejected = Set.copyOf(out.subList(0, Math.min(out.size(), Outliers.atMost(serving.size(), limits))));
    }

    private static void keep(Map<RegionId, Belief> beliefs, RegionId target, Belief after) {
        boolean nothing = after.status() == HealthStatus.UNKNOWN && after.tenths() == 0;
        if (nothing && after.damping().penalty() < FORGOTTEN) {
            beliefs.remove(target);
        } else {
            beliefs.put(target, after);
        }
    }

    /** The new state of the rule. */
    HealthMemory.OfRule remembered(Map<RegionId, FailbackProgress.Outage> outages) {
        return new HealthMemory.OfRule(graded, outliers, ejected, outages);
    }
}
