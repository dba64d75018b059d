package dev.windrose.decide.route;

import dev.windrose.model.GeographicRule;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The chain of steps that chooses for some clients of a rule, and every answer it can give. */
final class StepChain {

    private final EligibleTargets settled;
    private final Rule rule;
    private final RuleCompiler.Common common;
    private final int ttlSeconds;
    private final Nearness nearness;
    private final @Nullable GeographicStep geographic;
    private final Selector chain;

    StepChain(EligibleTargets settled, RuleCompiler.Common common, int ttlSeconds) {
        this.settled = settled;
        this.rule = settled.rule();
        this.common = common;
        this.ttlSeconds = ttlSeconds;
        List<RegionId> candidates = new ArrayList<>();
        for (int target : settled.targets()) {
            candidates.add(rule.targets().get(target));
        }
        this.nearness = new Nearness(
                common.atlas(), common.latencies(), candidates, settled.ofCandidates(settled.measuredMs()));
        if (settled.targets().length == 0) {
            this.geographic = null;
            this.chain = lastResort();
        } else {
            Selector last = algorithm();
            Selector sticky = rule.sessionAffinity() ? hashed(Reason.SESSION_AFFINITY, last) : last;
            this.geographic = geographic(candidates, sticky);
            this.chain = admitted(geographic == null ? sticky : geographic);
        }
    }

    Selector chain() {
        return chain;
    }

    /** The nearness of the candidates, in their order. */
    Nearness nearness() {
        return nearness;
    }

    /** The step of geographic rules, or null when none applies. */
    @Nullable
    GeographicStep geographic() {
        return geographic;
    }

    private Selector lastResort() {
        if (settled.tier() == Tier.FALLBACK) {
            return always(rule.fallback().region(), Reason.FALLBACK_REGION);
        }
        return always(null, settled.entry() == null ? Reason.NOTHING_SERVES : Reason.RESIDENCY);
    }

    private @Nullable GeographicStep geographic(List<RegionId> candidates, Selector next) {
        List<GeographicRule> rules = settled.sources().geographicRules();
        return rules.isEmpty()
                ? null
                : new GeographicStep(
                        nearness,
                        common.atlas().naming(rules),
                        rules,
                        candidates,
                        (candidate, by) -> choice(settled.targets()[candidate], Reason.GEOGRAPHIC_RULE, by),
                        next);
    }

    private Selector admitted(Selector chosen) {
        double[] kept = settled.kept();
        boolean all = true;
        for (int target : settled.targets()) {
            all &= kept[target] >= 1;
        }
        if (all) {
            return chosen;
        }
        @Nullable Selector[] elsewhere = new Selector[settled.count()];
        for (int target : settled.targets()) {
            if (kept[target] < 1) {
                elsewhere[target] = elsewhere(target);
            }
        }
        return new Admission(chosen, kept, settled.keptSessions(), elsewhere);
    }

    /** Where the clients go that a target does not keep, or null for nowhere. */
    private @Nullable Selector elsewhere(int from) {
        Shares fixed = settled.sources().shares();
        List<Choice> choices = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (int to : settled.targets()) {
            double share = fixed == null ? settled.weights()[to] * settled.kept()[to] : fixed.of(from, to);
            if (to != from && (fixed == null || share > 0)) {
                choices.add(spilled(to, from));
                shares.add(share);
            }
        }
        if (fixed != null && fixed.shed(from) > 0) {
            choices.add(new Choice(
                    rule.id(),
                    -1,
                    null,
                    null,
                    Reason.SHED,
                    settled.tier(),
                    null,
                    ttlSeconds,
                    TargetLoad.IDLE,
                    settled.loads()[from]));
            shares.add(fixed.shed(from));
        }
        double outside = fixed == null ? 0 : outside(fixed, from);
        if (outside > 0) {
            // The spare capacity is where these clients may not be served: they stay, because residency takes
            // precedence over capacity.
            choices.add(choice(from, Reason.SPILL, null));
            shares.add(outside);
        }
        return choices.isEmpty()
                ? null
                : new Split(
                        choices.toArray(new Choice[0]),
                        shares.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private double outside(Shares fixed, int from) {
        double outside = 0;
        for (int to = 0; settled.entry() != null && to < settled.count(); to++) {
            outside += to == from || settled.isCandidate(to) ? 0 : fixed.of(from, to);
        }
        return outside;
    }

    private Choice spilled(int to, int from) {
        Choice plain = choice(to, Reason.SPILL, null);
        return new Choice(
                plain.rule(),
                to,
                plain.region(),
                plain.endpoint(),
                Reason.SPILL,
                settled.tier(),
                null,
                ttlSeconds,
                settled.loads()[to],
                settled.loads()[from]);
    }

    private Selector algorithm() {
        LatencyPolicy latency = rule.geography().latency();
        return switch (rule.algorithm()) {
            case WEIGHTED_ROUND_ROBIN -> weighted(Reason.WEIGHTED_ROUND_ROBIN);
            case LEAST_CONNECTIONS ->
                twoChoices(Reason.LEAST_CONNECTIONS, TwoChoices.LEAST_CONNECTIONS, latency.windowMs());
            case PERFORMANCE_BASED ->
                twoChoices(Reason.PERFORMANCE_BASED, TwoChoices.PERFORMANCE_BASED, latency.windowMs());
            case PRIORITY -> byPriority();
            case CONSISTENT_HASH -> hashed(Reason.CONSISTENT_HASH, weighted(Reason.WEIGHTED_ROUND_ROBIN));
            case GEOGRAPHIC ->
                new Proximity(
                        nearness,
                        choices(Reason.PROXIMITY),
                        choices(Reason.EXPLORATION),
                        settled.ofCandidates(settled.weights()),
                        Double.isNaN(latency.windowMs()) ? 0 : latency.windowMs(),
                        Double.isNaN(latency.explore()) ? common.explore() : latency.explore(),
                        weighted(Reason.WEIGHTED_ROUND_ROBIN));
        };
    }

    private Selector twoChoices(Reason reason, TwoChoices.Cost cost, double windowMs) {
        return new TwoChoices(
                choices(reason),
                settled.ofCandidates(settled.weights()),
                settled.ofCandidates(settled.measuredMs()),
                cost,
                nearness,
                windowMs);
    }

    /** The first candidate, or as much of it as its endpoints that serve can carry. */
    private Selector byPriority() {
        PrioritySpill.Loads loads = settled.priorityLoads();
        Choice[] choices = choices(Reason.PRIORITY);
        if (settled.tier() != Tier.SERVING
                || loads.totalHealth() == 0
                || loads.percents().get(0) == 100) {
            return new Priority(choices);
        }
        double[] shares = new double[choices.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = loads.percents().get(i);
        }
        return new WeightedRoundRobin(choices, shares);
    }

    private Selector weighted(Reason reason) {
        return new WeightedRoundRobin(choices(reason), settled.ofCandidates(settled.weights()));
    }

    private Selector hashed(Reason reason, Selector keyless) {
        Choice[] byTarget = new Choice[settled.count()];
        for (int i = 0; i < byTarget.length; i++) {
            byTarget[i] = choice(i, reason, null);
        }
        List<String> names = rule.targets().stream().map(RegionId::value).toList();
        return new ConsistentHash(
                common.keyTables().of(names, settled.weights()), byTarget, settled.candidates(), keyless);
    }

    private Selector always(@Nullable RegionId region, Reason reason) {
        Choice only = new Choice(
                rule.id(),
                -1,
                region,
                region == null ? null : settled.sources().fallbackEndpoint(),
                reason,
                settled.tier(),
                null,
                ttlSeconds,
                TargetLoad.IDLE,
                TargetLoad.IDLE);
        return (client, sequence) -> only;
    }

    private Choice[] choices(Reason reason) {
        Choice[] choices = new Choice[settled.targets().length];
        for (int i = 0; i < choices.length; i++) {
            choices[i] = choice(settled.targets()[i], reason, null);
        }
        return choices;
    }

    /** The answer that names that target. */
    Choice choice(int target, Reason reason, @Nullable GeographicRule by) {
        return new Choice(
                rule.id(),
                target,
                rule.targets().get(target),
                settled.sources().targets().get(target).endpoint(),
                reason,
                settled.tier(),
                by == null ? null : by.id(),
                ttlSeconds,
                settled.loads()[target],
                settled.loads()[target]);
    }
}
