package dev.windrose.model;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which regions can serve a service, and how to choose among them.
 *
 * @param name for people, 1 to 200 characters
 * @param targets the regions that may serve, in order of preference, 1 to {@link #MAX_TARGETS}, no duplicates
 * @param weights share of each target, summing to 1; a target without a weight has the mean of the others
 * @param endpoints where this service lives in a region, for targets where it is not the region's own endpoint
 * @param health how the targets are looked at, and what is made of it
 * @param failover how traffic leaves the targets and comes back
 * @param geography what is made of where clients are
 * @param sessionAffinity whether an {@code affinity_key} keeps a client on one region
 */
public record Rule(
        RuleId id,
        String name,
        Algorithm algorithm,
        List<RegionId> targets,
        Map<RegionId, Double> weights,
        Map<RegionId, URI> endpoints,
        RuleHealth health,
        RuleFailover failover,
        RuleGeography geography,
        boolean sessionAffinity,
        Fallback fallback,
        RuleStatus status) {

    /** Candidate sets are one 64-bit word. */
    public static final int MAX_TARGETS = 64;

    /** One that serves everybody everywhere. */
    public Rule(
            RuleId id,
            String name,
            Algorithm algorithm,
            List<RegionId> targets,
            Map<RegionId, Double> weights,
            Map<RegionId, URI> endpoints,
            RuleHealth health,
            RuleFailover failover,
            boolean sessionAffinity,
            Fallback fallback,
            RuleStatus status) {
        this(
                id,
                name,
                algorithm,
                targets,
                weights,
                endpoints,
                health,
                failover,
                RuleGeography.DEFAULT,
                sessionAffinity,
                fallback,
                status);
    }

    /** This rule with another geography. */
    public Rule with(RuleGeography other) {
        return new Rule(
                id,
                name,
                algorithm,
                targets,
                weights,
                endpoints,
                health,
                failover,
                other,
                sessionAffinity,
                fallback,
                status);
    }

    public Rule {
        targets = List.copyOf(targets);
        weights = Map.copyOf(weights);
        endpoints = Map.copyOf(endpoints);
    }

    /**
     * The targets that have an endpoint; all of them when none has, for such a rule names regions and its clients know what is
     * there.
     *
     * @param registered the regions that are registered
     */
    public Set<RegionId> reachable(Map<RegionId, Region> registered) {
        Set<RegionId> reachable = new LinkedHashSet<>(targets);
        reachable.removeIf(target -> endpointsIn(target, registered.get(target)).isEmpty());
        return reachable.isEmpty() ? new LinkedHashSet<>(targets) : reachable;
    }

    /**
     * Where this service lives in a region, best first: at the rule's own address, else at those of the region.
     *
     * @param registered the region as registered, or null when it is not
     */
    public List<URI> endpointsIn(RegionId region, @Nullable Region registered) {
        URI own = endpoints.get(region);
        return own != null ? List.of(own) : registered == null ? List.of() : registered.endpoints();
    }
}
