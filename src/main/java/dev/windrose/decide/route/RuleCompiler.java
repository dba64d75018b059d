package dev.windrose.decide.route;

import dev.windrose.decide.geo.Latencies;
import dev.windrose.model.Algorithm;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.SafetyRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles one rule: determines the eligible targets, and builds the chain of steps that chooses among them. */
final class RuleCompiler {

    /**
     * What all rules of a table have in common.
     *
     * @param ttlSeconds how long clients may cache an answer in normal operation
     * @param explore share of clients that try another region than the nearest, for rules that do not set it
     */
    record Common(
            PlaceDistances atlas,
            TableCompiler.Loads loads,
            Latencies latencies,
            KeyTables keyTables,
            int ttlSeconds,
            double explore) {}

    private final RuleSources sources;
    private final Rule rule;
    private final Common common;
    private final EligibleTargets settled;
    private final int ttlSeconds;

    RuleCompiler(RuleSources sources, Common common) {
        this.sources = sources;
        this.rule = sources.rule();
        this.common = common;
        this.settled = new EligibleTargets(sources, null, common.loads());
        boolean allWell = true;
        for (RuleSources.Target target : sources.targets()) {
            allWell &= target.health().status().serves();
        }
        // Clients come back sooner during a fault, and so also learn sooner that it is over (as in gdnsd).
        this.ttlSeconds = allWell ? common.ttlSeconds() : Math.max(1, common.ttlSeconds() / 2);
    }

    /**
     * @param before the same rule in the previous table, or null
     * @param nowMs on a monotonic clock
     */
    CompiledRule compile(@Nullable CompiledRule before, long nowMs) {
        SafetyRules safety = rule.failover().safety();
        MoveLimit pace = safety.limitsMoves()
                ? MoveLimit.next(before == null ? null : before.pace(), intended(), safety.maxMovedPerMinute(), nowMs)
                : null;
        return compiled(settled, pace, bound(pace));
    }

    private CompiledRule compiled(EligibleTargets of, @Nullable MoveLimit pace, CompiledRule.@Nullable Bound bound) {
        StepChain steps = new StepChain(of, common, ttlSeconds);
        return new CompiledRule(of, paced(steps, of, pace), steps, sources, pace, bound);
    }

    /** The variants for the places whose clients the rule's residency binds; null where it binds none. */
    private CompiledRule.@Nullable Bound bound(@Nullable MoveLimit pace) {
        Residency residency = rule.geography().residency();
        if (residency.allowed().isEmpty()) {
            return null;
        }
        Map<String, CompiledRule> byEntry = new HashMap<>();
        for (String entry : residency.allowed().keySet()) {
            byEntry.put(entry, compiled(new EligibleTargets(sources, entry, common.loads()), pace, null));
        }
        CompiledRule others = byEntry.get(Residency.EVERYBODY_ELSE);
        if (others == null) {
            others = compiled(new EligibleTargets(sources, Residency.ANYWHERE_AT_ALL, common.loads()), pace, null);
        }
        List<PlaceDistances.Place> places = common.atlas().places();
        @Nullable CompiledRule[] byPlace = new CompiledRule[places.size()];
        for (int i = 0; i < byPlace.length; i++) {
            String entry = residency.entry(places.get(i).lineage());
            // A name that only a definition uses may be anywhere.
            byPlace[i] = entry != null ? byEntry.get(entry) : places.get(i).located() ? null : others;
        }
        return new CompiledRule.Bound(common.atlas(), byPlace, others);
    }

    private Selector paced(StepChain steps, EligibleTargets of, @Nullable MoveLimit pace) {
        if (pace == null || !pace.waits()) {
            return steps.chain();
        }
        List<Choice> choices = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < of.count(); i++) {
            RegionId target = rule.targets().get(i);
            double share = pace.before().getOrDefault(target, 0.0);
            if (share > 0
                    && (sources.reachable() >>> i & 1) != 0
                    && rule.geography().residency().entryAllows(of.entry(), target)) {
                choices.add(steps.choice(i, Reason.HELD_BACK, null));
                shares.add(share);
            }
        }
        if (choices.isEmpty()) {
            return steps.chain();
        }
        Split before = new Split(
                choices.toArray(new Choice[0]),
                shares.stream().mapToDouble(Double::doubleValue).toArray());
        return new LimitedMove(steps.chain(), before, pace.held());
    }

    /**
     * The intended shares of all targets: by weight or by priority, after redirects. Where clients choose by place or
     * by load, their choices are unknown here, and the weights stand for them. Empty when no target is returned.
     */
    Map<RegionId, Double> intended() {
        int[] candidates = settled.targets();
        double[] weights = settled.weights();
        double[] chosen = new double[settled.count()];
        double sum = 0;
        for (int target : candidates) {
            chosen[target] = weights[target];
            sum += weights[target];
        }
        if (candidates.length == 0) {
            return Map.of();
        }
        for (int target : candidates) {
            chosen[target] = sum > 0 ? chosen[target] / sum : 1.0 / candidates.length;
        }
        if (rule.algorithm() == Algorithm.PRIORITY) {
            byPriority(chosen);
        }
        double[] shares = new double[chosen.length];
        for (int from : candidates) {
            moved(from, chosen[from], shares);
        }
        double total = 0;
        for (double share : shares) {
            total += share;
        }
        Map<RegionId, Double> intended = new HashMap<>();
        for (int i = 0; i < shares.length; i++) {
            intended.put(rule.targets().get(i), total > 0 ? shares[i] / total : 1.0 / shares.length);
        }
        return intended;
    }

    /** The intended shares while targets serve; empty where there is only a fallback. */
    Map<RegionId, Double> served() {
        return settled.tier() == Tier.FAIL_OPEN ? Map.of() : intended();
    }

    private void byPriority(double[] chosen) {
        PrioritySpill.Loads loads = settled.priorityLoads();
        boolean first = settled.tier() != Tier.SERVING || loads.totalHealth() == 0;
        for (int i = 0; i < settled.targets().length; i++) {
            chosen[settled.targets()[i]] =
                    first ? (i == 0 ? 1 : 0) : loads.percents().get(i) / 100.0;
        }
    }

    /** Adds the clients chosen for one target to the shares of where they go. */
    private void moved(int from, double chosen, double[] shares) {
        double[] kept = settled.kept();
        double[] weights = settled.weights();
        Shares fixed = sources.shares();
        double others = 0;
        for (int to : settled.targets()) {
            others += to == from ? 0 : weights[to] * kept[to];
        }
        boolean stays = fixed == null && others <= 0;
        shares[from] += chosen * (stays ? 1 : kept[from]);
        for (int to : settled.targets()) {
            if (to != from && !stays) {
                double part = fixed == null ? (1 - kept[from]) * weights[to] * kept[to] / others : fixed.of(from, to);
                shares[to] += chosen * part;
            }
        }
    }
}
