package dev.windrose.live.health;

import dev.windrose.decide.health.Belief;
import dev.windrose.decide.health.Outliers;
import dev.windrose.decide.health.Rates;
import dev.windrose.decide.health.Verdict;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is remembered from one picture to the next, so that what is at a boundary does not move traffic to and fro. */
final class Steady {

    private static final double FORGOTTEN = 0.01;

    private record Target(RuleId rule, RegionId region) {}

    /** What a majority saw last, by check. */
    private final Map<String, HealthStatus> verdicts = new HashMap<>();

    private final Map<Target, Belief> told = new HashMap<>();
    private final Map<Target, Belief> outliers = new HashMap<>();
    private final Set<Target> ejected = new HashSet<>();
    private final PassiveWindow passive;
    private long judged = 0;
    private boolean fresh = false;

    Steady(PassiveWindow passive) {
        this.passive = passive;
    }

    /** A new picture is begun: outcomes are judged once for each sample of them. */
    void begin() {
        fresh = passive.taken() != judged;
        judged = passive.taken();
    }

    /** What the checks of all observers say of one target. */
    Verdict.Ruling verdict(String checkId, HealthStatus own, Collection<HealthStatus> others) {
        Verdict.Ruling ruling = Verdict.of(own, others, verdicts.getOrDefault(checkId, HealthStatus.UNKNOWN));
        boolean majority = ruling.reach() == Verdict.Reach.EVERYBODY;
        verdicts.put(checkId, majority ? ruling.status() : HealthStatus.UNKNOWN);
        return ruling;
    }

    /** What the outcomes that clients reported say of a target; unknown when they are too few. */
    HealthStatus told(Rule rule, RegionId region, Outliers.@Nullable Outcomes outcomes, long nowMs) {
        Target target = new Target(rule.id(), region);
        Belief before = told.getOrDefault(target, Belief.NONE);
        if (!fresh) {
            return before.status();
        }
        boolean enough = outcomes != null
                && outcomes.requests() >= rule.health().policy().outlierRequests();
        HealthStatus grade = outcomes == null || !enough
                ? HealthStatus.UNKNOWN
                : Rates.grade(
                        outcomes.failures(),
                        outcomes.requests(),
                        rule.health().check().levels(),
                        before.status());
        Belief after = before.afterMany(grade, turns(rule), nowMs);
        keep(told, target, after);
        return after.status();
    }

    /**
     * The targets of a rule that are ejected.
     *
     * @param serving outcomes of those that serve
     */
    Set<RegionId> ejected(Rule rule, Map<RegionId, Outliers.Outcomes> serving, long nowMs) {
        HealthPolicy policy = rule.health().policy();
        Outliers.Limits limits =
                new Outliers.Limits(policy.outlierDistance(), policy.outlierRequests(), policy.outlierCap());
        if (fresh) {
            eject(rule, serving, limits, nowMs);
        }
        Set<RegionId> out = new HashSet<>();
        serving.keySet().forEach(region -> {
            if (ejected.contains(new Target(rule.id(), region))) {
                out.add(region);
            }
        });
        return out;
    }

    private void eject(Rule rule, Map<RegionId, Outliers.Outcomes> serving, Outliers.Limits limits, long nowMs) {
        List<RegionId> worst = Outliers.of(serving, limits);
        List<Target> out = new ArrayList<>();
        for (Map.Entry<RegionId, Outliers.Outcomes> each : serving.entrySet()) {
            Target target = new Target(rule.id(), each.getKey());
            HealthStatus grade = worst.contains(each.getKey())
                    ? HealthStatus.UNHEALTHY
                    : each.getValue().requests() >= limits.requests() ? HealthStatus.HEALTHY : HealthStatus.UNKNOWN;
            Belief after = outliers.getOrDefault(target, Belief.NONE).afterMany(grade, turns(rule), nowMs);
            keep(outliers, target, after);
            // Who is out already stays so: it has no outcomes any more by which it could be the worst.
            if (after.status() == HealthStatus.UNHEALTHY && ejected.contains(target)) {
                out.add(target);
            }
        }
        for (RegionId region : worst) {
            Target target = new Target(rule.id(), region);
            boolean believed = outliers.getOrDefault(target, Belief.NONE).status() == HealthStatus.UNHEALTHY;
            if (believed && !out.contains(target)) {
                out.add(target);
            }
        }
        ejected.removeIf(target -> target.rule().equals(rule.id()));
        ejected.addAll(out.subList(0, Math.min(out.size(), Outliers.atMost(serving.size(), limits))));
    }

    private static void keep(Map<Target, Belief> beliefs, Target target, Belief after) {
        boolean nothing = after.status() == HealthStatus.UNKNOWN && after.tenths() == 0;
        if (nothing && after.damping().penalty() < FORGOTTEN) {
            beliefs.remove(target);
        } else {
            beliefs.put(target, after);
        }
    }

    /** A window still tells of what was two windows ago, so what it says is damped for at least as long. */
    private HealthCheck.Turns turns(Rule rule) {
        HealthCheck.Turns turns = rule.health().check().turns();
        Duration two = passive.length().multipliedBy(2);
        Duration halfLife = turns.dampingHalfLife();
        return halfLife.isZero() || halfLife.compareTo(two) >= 0
                ? turns
                : new HealthCheck.Turns(turns.rise(), turns.settle(), turns.fall(), two);
    }

    /** Forgets what is watched no more. */
    void retain(Set<RuleId> rules, Set<String> checks) {
        verdicts.keySet().retainAll(checks);
        told.keySet().removeIf(target -> !rules.contains(target.rule()));
        outliers.keySet().removeIf(target -> !rules.contains(target.rule()));
        ejected.removeIf(target -> !rules.contains(target.rule()));
    }
}
