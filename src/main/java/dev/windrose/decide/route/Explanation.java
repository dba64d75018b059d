package dev.windrose.decide.route;

import dev.windrose.decide.geo.LatencyView;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.Client;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decision and how it was reached, step by step.
 *
 * @param choice the decision, made by the same code that answers clients
 * @param area of the client: the one it names, else the one around its coordinate; null when unknown
 * @param residency the entry of the rule's residency that binds the client; null for none
 * @param candidates every target of the rule
 * @param considered every geographic rule that matches the client, in the order in which they apply
 */
public record Explanation(
        Choice choice,
        Algorithm algorithm,
        Tier tier,
        @Nullable String area,
        @Nullable String residency,
        List<Candidate> candidates,
        List<Considered> considered) {

    /**
     * One target, and why it was or was not chosen.
     *
     * @param authority source of its status
     * @param kept share of the clients chosen for it that it keeps, 0 to 1
     * @param removedBy the step that removed it, or empty when the algorithm could choose it
     * @param weight share among all targets, 0 to 1
     * @param inFlight decisions for it on this node without an outcome yet
     * @param reportedMs latency that clients reported, in ms; NaN when none did
     * @param measuredMs latency by our own checks, in ms; NaN when never measured
     * @param allowed latency by our own checks up to which it is healthy
     * @param roundTripMs expected between this client and it, in ms; NaN when unknown
     * @param samples behind the round trip; 0 when it follows from distance
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
            LatencyAllowance allowed,
            double roundTripMs,
            double samples,
            boolean chosen) {}

    /**
     * A geographic rule that matches the client.
     *
     * @param outcome chosen, too_far, no_candidate or not_reached
     * @param legs its targets that could be chosen, in its order
     */
    public record Considered(RuleId rule, int priority, double thresholdMs, String outcome, List<Leg> legs) {
        public Considered {
            legs = List.copyOf(legs);
        }
    }

    /**
     * The round trip to one target of a geographic rule.
     *
     * @param measuredMs NaN when not measured
     * @param within whether it is not known to be farther than the threshold
     */
    public record Leg(RegionId region, double measuredMs, boolean within) {}

    /** The decision for this client, explained. */
    public static Explanation of(CompiledRule whole, Client client, long sequence) {
        CompiledRule rule = whole.of(client);
        Choice choice = rule.decide(client, sequence);
        Nearness nearness = rule.steps().nearness();
        LatencyView view = nearness.view();
        int row = Nearness.row(view, client);
        int place = nearness.place(client);
        int[] byTarget = byTarget(rule);
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < byTarget.length; i++) {
            int near = byTarget[i];
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
                    rule.allowed(i),
                    near < 0 ? Double.NaN : nearness.ms(view, row, client, place, near),
                    near < 0 ? 0 : nearness.samples(view, row, near),
                    choice.target() == i));
        }
        GeographicStep geographic = rule.steps().geographic();
        return new Explanation(
                choice,
                rule.rule().algorithm(),
                rule.tier(),
                PlaceDistances.area(client),
                rule.residency(),
                candidates,
                geographic == null ? List.of() : geographic.considered(client));
    }

    private static int[] byTarget(CompiledRule rule) {
        int[] byTarget = new int[rule.rule().targets().size()];
        Arrays.fill(byTarget, -1);
        for (int i = 0; i < rule.candidates().length; i++) {
            byTarget[rule.candidates()[i]] = i;
        }
        return byTarget;
    }

    private static String removedBy(CompiledRule rule, int target) {
        if (!rule.isReachable(target)) {
            return "endpoint";
        }
        if (!rule.rule()
                .geography()
                .residency()
                .entryAllows(rule.residency(), rule.rule().targets().get(target))) {
            return "residency";
        }
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
