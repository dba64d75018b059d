package dev.windrose.decide.route;

import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Coordinate;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import dev.windrose.model.SafetyRules;
import dev.windrose.model.TargetHealth;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compiles one rule: settles who may serve, and makes the chain of steps that chooses among them. */
final class RuleCompiler {

    private static final double[] UNKNOWN_DIRECTION = {};

    private final RuleSources sources;
    private final Rule rule;
    private final Atlas atlas;
    private final int ttlSeconds;
    private final int count;
    private final TargetHealth[] health;
    private final double[] weights;
    private final double[] measuredMs;
    private final double[] kept;
    private final double[] keptSessions;
    private final TargetLoad[] loads;
    private final Tier tier;
    private final long candidates;
    private final int[] candidateTargets;

    RuleCompiler(RuleSources sources, Atlas atlas, TableCompiler.Loads loads, int ttlSeconds) {
        this.sources = sources;
        this.rule = sources.rule();
        this.atlas = atlas;
        this.count = sources.targets().size();
        this.health = new TargetHealth[count];
        this.weights = new double[count];
        this.measuredMs = new double[count];
        this.loads = new TargetLoad[count];
        boolean allWell = true;
        for (int i = 0; i < count; i++) {
            RuleSources.Target target = sources.targets().get(i);
            health[i] = target.health();
            measuredMs[i] = target.health().latencyMs();
            weights[i] = rule.weights().getOrDefault(target.region(), 0.0);
            this.loads[i] = loads.of(rule.id(), target.region());
            allWell &= health[i].status().serves();
        }
        // Clients come back sooner while something is wrong, and so also learn sooner that it is over (as gdnsd does).
        this.ttlSeconds = allWell ? ttlSeconds : Math.max(1, ttlSeconds / 2);
        Candidacy candidacy = Candidacy.of(rule, health);
        this.tier = candidacy.tier();
        this.candidates = candidacy.candidates();
        this.kept = kept(candidacy, sources.shares());
        this.keptSessions = keptSessions(candidacy, kept);
        this.candidateTargets = indexes(candidates);
    }

    private static double[] kept(Candidacy candidacy, @Nullable Shares settled) {
        if (settled == null) {
            return candidacy.kept();
        }
        double[] kept = new double[settled.targets()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = settled.kept(i);
        }
        return kept;
    }

    /** Where sessions stay longer than the rest, they stay whatever is settled for the rest. */
    private static double[] keptSessions(Candidacy candidacy, double[] settled) {
        double[] kept = settled.clone();
        for (int i = 0; i < kept.length; i++) {
            double sessions = candidacy.keptSessions()[i];
            kept[i] = sessions > candidacy.kept()[i] ? Math.max(sessions, kept[i]) : kept[i];
        }
        return kept;
    }

    /**
     * @param before the same rule in the table before, or null when it was not there
     * @param nowMs on a clock that only goes forward
     */
    CompiledRule compile(@Nullable CompiledRule before, long nowMs) {
        SafetyRules safety = rule.failover().safety();
        Pace pace = safety.limitsMoves()
                ? Pace.next(before == null ? null : before.pace(), intended(), safety.maxMovedPerMinute(), nowMs)
                : null;
        return new CompiledRule(
                rule, tier, candidates, health, weights, kept, loads, paced(chain(), pace), sources, pace);
    }

    private Selector paced(Selector chain, @Nullable Pace pace) {
        if (pace == null || !pace.waits()) {
            return chain;
        }
        List<Choice> choices = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double share = pace.before().getOrDefault(rule.targets().get(i), 0.0);
            if (share > 0) {
                choices.add(choice(i, Reason.HELD_BACK, null));
                shares.add(share);
            }
        }
        Split before = new Split(
                choices.toArray(new Choice[0]),
                shares.stream().mapToDouble(Double::doubleValue).toArray());
        return new HeldBack(chain, before, pace.held());
    }

    /**
     * The shares of all targets as the rule intends them: by weight or by priority, and after what moves from one to
     * another. Where clients choose by their place or by load, their wishes are not known here, and the weights stand for
     * them. Empty when no target is answered.
     */
    Map<RegionId, Double> intended() {
        double[] chosen = new double[count];
        double sum = 0;
        for (int target : candidateTargets) {
            chosen[target] = weights[target];
            sum += weights[target];
        }
        if (candidateTargets.length == 0) {
            return Map.of();
        }
        for (int target : candidateTargets) {
            chosen[target] = sum > 0 ? chosen[target] / sum : 1.0 / candidateTargets.length;
        }
        if (rule.algorithm() == Algorithm.PRIORITY) {
            byPriority(chosen);
        }
        double[] shares = new double[count];
        for (int from : candidateTargets) {
            moved(from, chosen[from], shares);
        }
        double total = 0;
        for (double share : shares) {
            total += share;
        }
        Map<RegionId, Double> intended = new HashMap<>();
        for (int i = 0; i < count; i++) {
            intended.put(rule.targets().get(i), total > 0 ? shares[i] / total : 1.0 / count);
        }
        return intended;
    }

    /** The intended shares where targets serve; empty where there is only a last resort. */
    Map<RegionId, Double> served() {
        return tier == Tier.FAIL_OPEN ? Map.of() : intended();
    }

    private void byPriority(double[] chosen) {
        PrioritySpill.Loads loads = priorityLoads();
        boolean first = tier != Tier.SERVING || loads.totalHealth() == 0;
        for (int i = 0; i < candidateTargets.length; i++) {
            chosen[candidateTargets[i]] =
                    first ? (i == 0 ? 1 : 0) : loads.percents().get(i) / 100.0;
        }
    }

    /** Adds to the shares where those go that were chosen for a target. */
    private void moved(int from, double chosen, double[] shares) {
        Shares settled = sources.shares();
        double others = 0;
        for (int to : candidateTargets) {
            others += to == from ? 0 : weights[to] * kept[to];
        }
        boolean stays = settled == null && others <= 0;
        shares[from] += chosen * (stays ? 1 : kept[from]);
        for (int to : candidateTargets) {
            if (to != from && !stays) {
                double part =
                        settled == null ? (1 - kept[from]) * weights[to] * kept[to] / others : settled.of(from, to);
                shares[to] += chosen * part;
            }
        }
    }

    private Selector chain() {
        if (tier == Tier.FALLBACK) {
            return always(rule.fallback().region(), Reason.FALLBACK_REGION);
        }
        if (tier == Tier.NONE) {
            return always(null, Reason.NOTHING_SERVES);
        }
        Selector last = algorithm();
        Selector sticky = rule.sessionAffinity() ? hashed(Reason.SESSION_AFFINITY, last) : last;
        Map<String, Choice> named = namedByGeographicRules();
        return admitted(named.isEmpty() ? sticky : new GeographicStep(named, sticky));
    }

    private Selector admitted(Selector chosen) {
        boolean all = true;
        for (int target : candidateTargets) {
            all &= kept[target] >= 1;
        }
        if (all) {
            return chosen;
        }
        @Nullable Selector[] elsewhere = new Selector[count];
        for (int target : candidateTargets) {
            if (kept[target] < 1) {
                elsewhere[target] = elsewhere(target);
            }
        }
        return new Admission(chosen, kept, keptSessions, elsewhere);
    }

    /** Where the clients go that a target does not keep, or null when there is no other place. */
    private @Nullable Selector elsewhere(int from) {
        List<Choice> choices = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (int to : candidateTargets) {
            Shares settled = sources.shares();
            double share = settled == null ? weights[to] * kept[to] : settled.of(from, to);
            if (to != from && (settled == null || share > 0)) {
                choices.add(spilled(to, from));
                shares.add(share);
            }
        }
        Shares settled = sources.shares();
        if (settled != null && settled.shed(from) > 0) {
            choices.add(new Choice(
                    rule.id(), -1, null, null, Reason.SHED, tier, null, ttlSeconds, TargetLoad.IDLE, loads[from]));
            shares.add(settled.shed(from));
        }
        return choices.isEmpty()
                ? null
                : new Split(
                        choices.toArray(new Choice[0]),
                        shares.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private Choice spilled(int to, int from) {
        Choice plain = choice(to, Reason.SPILL, null);
        return new Choice(
                plain.rule(),
                to,
                plain.region(),
                plain.endpoint(),
                Reason.SPILL,
                tier,
                null,
                ttlSeconds,
                loads[to],
                loads[from]);
    }

    private Selector algorithm() {
        return switch (rule.algorithm()) {
            case WEIGHTED_ROUND_ROBIN -> weighted(Reason.WEIGHTED_ROUND_ROBIN);
            case LEAST_CONNECTIONS ->
                new TwoChoices(
                        choices(Reason.LEAST_CONNECTIONS),
                        ofCandidates(weights),
                        ofCandidates(measuredMs),
                        TwoChoices.LEAST_CONNECTIONS);
            case PERFORMANCE_BASED ->
                new TwoChoices(
                        choices(Reason.PERFORMANCE_BASED),
                        ofCandidates(weights),
                        ofCandidates(measuredMs),
                        TwoChoices.PERFORMANCE_BASED);
            case PRIORITY -> byPriority();
            case CONSISTENT_HASH -> hashed(Reason.CONSISTENT_HASH, weighted(Reason.WEIGHTED_ROUND_ROBIN));
            case GEOGRAPHIC -> proximity();
        };
    }

    /** The first candidate, or as much of it as its endpoints that serve can carry. */
    private Selector byPriority() {
        PrioritySpill.Loads loads = priorityLoads();
        Choice[] choices = choices(Reason.PRIORITY);
        if (tier != Tier.SERVING || loads.totalHealth() == 0 || loads.percents().get(0) == 100) {
            return new Priority(choices);
        }
        double[] shares = new double[choices.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = loads.percents().get(i);
        }
        return new WeightedRoundRobin(choices, shares);
    }

    private PrioritySpill.Loads priorityLoads() {
        int[] healthy = new int[candidateTargets.length];
        for (int i = 0; i < healthy.length; i++) {
            healthy[i] = (int) Math.round(100 * health[candidateTargets[i]].servingShare());
        }
        return PrioritySpill.of(healthy, PrioritySpill.OVER_PROVISIONING);
    }

    private Selector weighted(Reason reason) {
        return new WeightedRoundRobin(choices(reason), ofCandidates(weights));
    }

    private Selector hashed(Reason reason, Selector keyless) {
        Choice[] byTarget = new Choice[count];
        for (int i = 0; i < count; i++) {
            byTarget[i] = choice(i, reason, null);
        }
        return new ConsistentHash(hashTable(), byTarget, candidates, keyless);
    }

    private byte[] hashTable() {
        List<String> names = rule.targets().stream().map(RegionId::value).toList();
        return ConsistentHash.table(names, weights, ConsistentHash.sizeFor(count));
    }

    private Selector proximity() {
        Choice[] near = choices(Reason.PROXIMITY);
        double[][] directions = new double[near.length][];
        for (int i = 0; i < near.length; i++) {
            Coordinate place =
                    atlas.coordinate(rule.targets().get(candidateTargets[i]).value());
            directions[i] = place == null ? UNKNOWN_DIRECTION : GreatCircle.unitVector(place);
        }
        double[][] nearness = new double[near.length][];
        for (int i = 0; i < near.length; i++) {
            nearness[i] = atlas.nearness(rule.targets().get(candidateTargets[i]));
        }
        byte[] byPlace = new byte[atlas.places().size()];
        for (int place = 0; place < byPlace.length; place++) {
            int nearest = 0;
            for (int i = 1; i < near.length; i++) {
                nearest = nearness[i][place] < nearness[nearest][place] ? i : nearest;
            }
            byPlace[place] = (byte) nearest;
        }
        return new Proximity(atlas.numbers(), byPlace, near, directions, weighted(Reason.WEIGHTED_ROUND_ROBIN));
    }

    private Map<String, Choice> namedByGeographicRules() {
        Map<String, Choice> named = new HashMap<>();
        Map<RuleId, Choice[]> made = new HashMap<>();
        for (Atlas.Place place : sources.geographicRules().isEmpty() ? List.<Atlas.Place>of() : atlas.places()) {
            for (GeographicRule geographicRule : sources.geographicRules()) {
                int target = Collections.disjoint(place.lineage(), geographicRule.sources())
                        ? -1
                        : best(geographicRule, atlas.isHome(place));
                if (target >= 0) {
                    // A continent names a hundred places, and all of them share an answer.
                    Choice[] answers = made.computeIfAbsent(geographicRule.id(), id -> new Choice[count]);
                    if (answers[target] == null) {
                        answers[target] = choice(target, Reason.GEOGRAPHIC_RULE, geographicRule.id());
                    }
                    named.put(place.name(), answers[target]);
                    break;
                }
            }
        }
        return named;
    }

    /** The candidate with the lowest known latency within the threshold, else the first not known to be over it. */
    private int best(GeographicRule geographicRule, boolean latencyKnown) {
        int best = -1;
        double bestMs = Double.POSITIVE_INFINITY;
        for (RegionId region : geographicRule.targets()) {
            int target = rule.targets().indexOf(region);
            if (target < 0 || (candidates >>> target & 1) == 0) {
                continue;
            }
            double ms = latencyKnown ? measuredMs[target] : Double.NaN;
            if (Double.isNaN(ms) ? best < 0 : ms <= geographicRule.latencyThresholdMs() && ms < bestMs) {
                best = target;
                bestMs = Double.isNaN(ms) ? bestMs : ms;
            }
        }
        return best;
    }

    private Selector always(@Nullable RegionId region, Reason reason) {
        Choice only = new Choice(
                rule.id(),
                -1,
                region,
                sources.fallbackEndpoint(),
                reason,
                tier,
                null,
                ttlSeconds,
                TargetLoad.IDLE,
                TargetLoad.IDLE);
        return (client, sequence) -> only;
    }

    private Choice[] choices(Reason reason) {
        Choice[] choices = new Choice[candidateTargets.length];
        for (int i = 0; i < choices.length; i++) {
            choices[i] = choice(candidateTargets[i], reason, null);
        }
        return choices;
    }

    private Choice choice(int target, Reason reason, @Nullable RuleId geographicRule) {
        return new Choice(
                rule.id(),
                target,
                rule.targets().get(target),
                sources.targets().get(target).endpoint(),
                reason,
                tier,
                geographicRule,
                ttlSeconds,
                loads[target],
                loads[target]);
    }

    private double[] ofCandidates(double[] byTarget) {
        double[] values = new double[candidateTargets.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = byTarget[candidateTargets[i]];
        }
        return values;
    }

    private static int[] indexes(long mask) {
        int[] indexes = new int[Long.bitCount(mask)];
        int at = 0;
        for (int i = 0; i < Long.SIZE; i++) {
            if ((mask >>> i & 1) != 0) {
                indexes[at++] = i;
            }
        }
        return indexes;
    }
}
