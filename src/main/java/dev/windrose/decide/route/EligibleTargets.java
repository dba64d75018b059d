package dev.windrose.decide.route;

import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import org.jspecify.annotations.Nullable;

/**
 * Which of a rule's targets may serve some of its clients, and which share of the clients they are chosen for. Arrays
 * are by target.
 */
final class EligibleTargets {

    private final RuleSources sources;
    private final @Nullable String entry;
    private final Tier tier;
    private final long candidates;
    private final int[] targets;
    private final TargetHealth[] health;
    private final double[] weights;
    private final double[] measuredMs;
    private final double[] kept;
    private final double[] keptSessions;
    private final TargetLoad[] loads;

    /**
     * Determines the eligible targets.
     *
     * @param entry of the rule's residency that binds the clients; null for none
     * @param counted the counters of work
     */
    EligibleTargets(RuleSources sources, @Nullable String entry, TableCompiler.Loads counted) {
        this.sources = sources;
        this.entry = entry;
        Rule rule = sources.rule();
        int count = sources.targets().size();
        this.health = sources.health();
        this.weights = new double[count];
        this.measuredMs = new double[count];
        this.loads = new TargetLoad[count];
        long allowed = 0;
        for (int i = 0; i < count; i++) {
            RegionId region = sources.targets().get(i).region();
            measuredMs[i] = health[i].latencyMs();
            weights[i] = rule.weights().getOrDefault(region, 0.0);
            loads[i] = counted.of(rule.id(), region);
            allowed |= rule.geography().residency().entryAllows(entry, region) ? 1L << i : 0;
        }
        Candidacy candidacy = Candidacy.of(rule, health, allowed & sources.reachable());
        this.tier = tier(sources, entry, candidacy);
        this.candidates = candidacy.candidates();
        this.targets = indexes(candidates);
        this.kept = kept(candidacy, sources.shares());
        this.keptSessions = keptSessions(candidacy, kept);
    }

    /** A fallback does not apply without an endpoint, or outside of the clients' residency. */
    private static Tier tier(RuleSources sources, @Nullable String entry, Candidacy candidacy) {
        Rule rule = sources.rule();
        RegionId fallback = rule.fallback().region();
        return switch (candidacy.tier()) {
            case FALLBACK ->
                fallback != null
                                && sources.fallbackReachable()
                                && rule.geography().residency().entryAllows(entry, fallback)
                        ? Tier.FALLBACK
                        : Tier.NONE;
            case SERVING, PANIC, DEGRADED, HELD, FAIL_OPEN, NONE ->
                candidacy.candidates() == 0 ? Tier.NONE : candidacy.tier();
        };
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

    /** Where sessions may stay longer than other clients, they stay whatever is decided for the others. */
    private static double[] keptSessions(Candidacy candidacy, double[] settled) {
        double[] kept = settled.clone();
        for (int i = 0; i < kept.length; i++) {
            double sessions = candidacy.keptSessions()[i];
            kept[i] = sessions > candidacy.kept()[i] ? Math.max(sessions, kept[i]) : kept[i];
        }
        return kept;
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

    Rule rule() {
        return sources.rule();
    }

    RuleSources sources() {
        return sources;
    }

    /** The entry of the rule's residency that binds these clients; null for none. */
    @Nullable
    String entry() {
        return entry;
    }

    /** The tier of the candidates. */
    Tier tier() {
        return tier;
    }

    /** Bit i is set when target i may be chosen. */
    long candidates() {
        return candidates;
    }

    /** The candidates as indexes. */
    int[] targets() {
        return targets;
    }

    TargetHealth[] health() {
        return health;
    }

    double[] weights() {
        return weights;
    }

    /** Latency by our own checks, NaN when never measured. */
    double[] measuredMs() {
        return measuredMs;
    }

    /** Share of its clients that a target keeps, 0 to 1. */
    double[] kept() {
        return kept;
    }

    /** The same of its clients with an affinity key, at least as much. */
    double[] keptSessions() {
        return keptSessions;
    }

    TargetLoad[] loads() {
        return loads;
    }

    int count() {
        return health.length;
    }

    boolean isCandidate(int target) {
        return (candidates >>> target & 1) != 0;
    }

    /** The values of the candidates, in their order. */
    double[] ofCandidates(double[] byTarget) {
        double[] values = new double[targets.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = byTarget[targets[i]];
        }
        return values;
    }

    PrioritySpill.Loads priorityLoads() {
        int[] healthy = new int[targets.length];
        for (int i = 0; i < healthy.length; i++) {
            healthy[i] = (int) Math.round(100 * health[targets[i]].servingShare());
        }
        return PrioritySpill.of(healthy, PrioritySpill.OVER_PROVISIONING);
    }
}
