package dev.windrose.decide.route;

import dev.windrose.model.Algorithm;
import dev.windrose.model.Authority;
import dev.windrose.model.Coordinate;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.HealthView;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.TargetHealth;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the compilation of one rule depends on.
 *
 * @param shares where the clients of each target go when some are redirected; null for the targets' own shares
 * @param places every place that a client may name; empty for a rule that does not depend on its clients' places
 */
record RuleSources(
        Rule rule,
        List<GeographicRule> geographicRules,
        List<PlaceDistances.Place> places,
        List<Target> targets,
        @Nullable URI fallbackEndpoint,
        @Nullable Shares shares) {

    /** Latencies change continuously; a rule is recompiled for one that changed by more than this share. */
    private static final double LATENCY_TOLERANCE = 0.25;

    /** The current state of one target. */
    record Target(
            RegionId region,
            @Nullable URI endpoint,
            @Nullable Coordinate coordinate,
            TargetHealth health) {

        boolean sameAs(Target other) {
            return region.equals(other.region)
                    && health.status() == other.health.status()
                    && health.takenOut() == other.health.takenOut()
                    && health.wellOtherwise() == other.health.wellOtherwise()
                    && health.share() == other.health.share()
                    && health.drain().equals(other.health.drain())
                    && health.servingShare() == other.health.servingShare()
                    && Objects.equals(endpoint, other.endpoint)
                    && Objects.equals(coordinate, other.coordinate)
                    && health.allowed().equals(other.health.allowed())
                    && closeTo(health.latencyMs(), other.health.latencyMs());
        }

        private static boolean closeTo(double a, double b) {
            return (Double.isNaN(a) && Double.isNaN(b)) || Math.abs(a - b) <= LATENCY_TOLERANCE * Math.max(a, b);
        }
    }

    static RuleSources of(
            Rule rule,
            List<GeographicRule> geographicRules,
            PlaceDistances atlas,
            Map<RegionId, Region> registered,
            HealthView health) {
        List<Target> targets = new ArrayList<>(rule.targets().size());
        for (RegionId region : rule.targets()) {
            TargetHealth seen = health.of(rule.id(), region);
            // Health affects this rule's traffic only where allowed; an operator's override always does.
            boolean moves = rule.failover().enabled() || seen.authority() == Authority.OVERRIDE;
            TargetHealth believed = moves
                    ? seen
                    : TargetHealth.of(HealthStatus.UNKNOWN, Authority.NONE, seen.latencyMs())
                            .withDrain(seen.drain())
                            .allowing(seen.allowed());
            targets.add(new Target(
                    region,
                    endpoint(rule.endpointsIn(region, registered.get(region)), believed.endpoint()),
                    coordinate(registered.get(region)),
                    believed));
        }
        RegionId fallback = rule.fallback().region();
        return new RuleSources(
                rule,
                geographicRules,
                asksForPlaces(rule, geographicRules) ? atlas.places() : List.of(),
                targets,
                fallback == null
                        ? null
                        : endpoint(
                                rule.endpointsIn(fallback, registered.get(fallback)),
                                health.of(rule.id(), fallback).endpoint()),
                null);
    }

    private static boolean asksForPlaces(Rule rule, List<GeographicRule> geographicRules) {
        return rule.algorithm() == Algorithm.GEOGRAPHIC
                || !geographicRules.isEmpty()
                || !rule.geography().residency().allowed().isEmpty()
                || !Double.isNaN(rule.geography().latency().windowMs());
    }

    RuleSources with(@Nullable Shares settled) {
        return new RuleSources(rule, geographicRules, places, targets, fallbackEndpoint, settled);
    }

    /**
     * Bit i is set when target i has an endpoint. When none has, all are set: such a rule names regions, and its
     * clients know what is there.
     */
    long reachable() {
        long reachable = endpoints();
        return reachable == 0 ? -1 : reachable;
    }

    /** Whether the fallback region has an endpoint, as for targets. */
    boolean fallbackReachable() {
        return fallbackEndpoint != null || endpoints() == 0;
    }

    private long endpoints() {
        long having = 0;
        for (int i = 0; i < targets.size(); i++) {
            having |= targets.get(i).endpoint() == null ? 0 : 1L << i;
        }
        return having;
    }

    TargetHealth[] health() {
        return targets.stream().map(Target::health).toArray(TargetHealth[]::new);
    }

    boolean sameAs(RuleSources other) {
        if (!rule.equals(other.rule)
                || !geographicRules.equals(other.geographicRules)
                || !(places == other.places || places.equals(other.places))
                || !Objects.equals(fallbackEndpoint, other.fallbackEndpoint)
                || !Objects.equals(shares, other.shares)) {
            return false;
        }
        for (int i = 0; i < targets.size(); i++) {
            if (!targets.get(i).sameAs(other.targets.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Coordinate coordinate(@Nullable Region registered) {
        return registered == null ? null : registered.coordinate();
    }

    private static @Nullable URI endpoint(List<URI> endpoints, int index) {
        // The health assessment may predate the removal of an endpoint.
        return endpoints.isEmpty() ? null : endpoints.get(Math.min(index, endpoints.size() - 1));
    }
}
