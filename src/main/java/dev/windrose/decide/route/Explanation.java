package dev.windrose.decide.route;

import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.Client;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.List;

/**
 * A decision and everything that led to it, in the order of the steps.
 *
 * @param choice the decision, made by the same code that answers clients
 * @param candidates every target of the rule
 */
public record Explanation(Choice choice, Algorithm algorithm, Tier tier, List<Candidate> candidates) {

    /**
     * One target, and what became of it.
     *
     * @param authority who is believed about it
     * @param kept share of the clients chosen for it that it keeps, 0 to 1
     * @param removedBy the step that took it out, or empty when the algorithm could choose it
     * @param weight share among all targets, 0 to 1
     * @param inFlight decisions for it that this node has not seen the end of
     * @param reportedMs latency that clients reported, in ms; NaN when none did
     * @param measuredMs latency by our own checks, in ms; NaN when never measured
     */
    public record Candidate(
            RegionId region,
            HealthStatus status,
            Authority authority,
            double kept,
            String removedBy,
            double weight,
            int inFlight,
            double reportedMs,
            double measuredMs,
            boolean chosen) {}

    /** The decision for this client, explained. */
    public static Explanation of(CompiledRule rule, Client client, long sequence) {
        Choice choice = rule.decide(client, sequence);
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < rule.rule().targets().size(); i++) {
            candidates.add(new Candidate(
                    rule.rule().targets().get(i),
                    rule.status(i),
                    rule.authority(i),
                    rule.kept(i),
                    rule.isCandidate(i) ? "" : removedBy(rule, i),
                    rule.weight(i),
                    rule.load(i).inFlight(),
                    rule.load(i).latencyMs(),
                    rule.measuredMs(i),
                    choice.target() == i));
        }
        return new Explanation(choice, rule.rule().algorithm(), rule.tier(), candidates);
    }

    private static String removedBy(CompiledRule rule, int target) {
        if (rule.authority(target) == Authority.OVERRIDE) {
            return "override";
        }
        return switch (rule.status(target)) {
            case DRAINING -> "drain";
            case DEGRADED, UNHEALTHY -> "health";
            case HEALTHY, UNKNOWN -> "failback";
        };
    }
}
