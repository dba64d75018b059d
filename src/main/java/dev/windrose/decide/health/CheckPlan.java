package dev.windrose.decide.health;

import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.model.Coordinate;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.LatencyAllowance;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The checks to run: each distinct target once, however many rules send clients there.
 *
 * @param checks by id, in order of id
 * @param byRule for each rule and target region (its fallback region included), the checked endpoints, best first
 * @param unchecked for each rule, the target regions without a check: they have no endpoint, or exceed the limit
 * @param leftOut number of targets not checked because they exceed the limit
 */
public record CheckPlan(
        Map<String, Check> checks,
        Map<RuleId, Map<RegionId, List<Place>>> byRule,
        Map<RuleId, Set<RegionId>> unchecked,
        int leftOut) {

    /**
     * One target.
     *
     * @param id the same in every region that checks the same target in the same way
     * @param allowanceMs round trip to it that is allowed for distance, as in {@link Reading#answered}
     */
    public record Check(String id, RegionId region, URI endpoint, HealthCheck check, double allowanceMs) {

        /** The latency up to which it counts as healthy. */
        public LatencyAllowance allowed() {
            return new LatencyAllowance(check.levels().healthyLatencyMs(), allowanceMs);
        }
    }

    /** One endpoint of a target, and its checks. */
    public record Place(URI endpoint, List<Look> looks) {
        public Place {
            looks = List.copyOf(looks);
        }
    }

    /**
     * One check of an endpoint.
     *
     * @param monitor the name of the rule's monitor; empty for the rule's own check
     */
    public record Look(String monitor, String checkId, boolean mustBeHealthy) {}

    /** Maximum number of checked endpoints of one region; the monitors of a rule multiply them. */
    public static final int ENDPOINTS_AT_MOST = 16;

    public static final CheckPlan NOTHING = new CheckPlan(Map.of(), Map.of(), Map.of(), 0);

    public CheckPlan {
        checks = Collections.unmodifiableMap(checks);
        byRule = Collections.unmodifiableMap(byRule);
        unchecked = Collections.unmodifiableMap(unchecked);
    }

    /**
     * The ids of the checks of targets, in order.
     *
     * @param rule of that rule; null for all
     * @param region in that region; null for all
     */
    public SortedSet<String> checksOf(@Nullable RuleId rule, @Nullable RegionId region) {
        SortedSet<String> ids = new TreeSet<>();
        byRule.forEach((of, targets) -> targets.forEach((in, places) -> {
            if ((rule == null || rule.equals(of)) && (region == null || region.equals(in))) {
                places.forEach(place -> place.looks().forEach(look -> ids.add(look.checkId())));
            }
        }));
        return ids;
    }

    /**
     * The plan of an observer. When there are too many targets, the rules that come first by name have theirs checked,
     * so that every observer leaves out the same ones.
     *
     * @param self the region of the observer
     * @param atMost targets that may be checked
     */
    public static CheckPlan of(Collection<Rule> rules, Collection<Region> regions, RegionId self, int atMost) {
        return new Planning(regions, self, atMost).plan(rules);
    }

    /** A plan in the making. */
    private static final class Planning {

        private final Map<RegionId, Region> registered = new HashMap<>();
        private final RegionId self;
        private final int atMost;
        private final Map<String, Check> checks = new TreeMap<>();
        private final Set<String> tooMany = new HashSet<>();

        Planning(Collection<Region> regions, RegionId self, int atMost) {
            this.self = self;
            this.atMost = atMost;
            regions.forEach(region -> registered.put(region.id(), region));
        }

        CheckPlan plan(Collection<Rule> rules) {
            Map<RuleId, Map<RegionId, List<Place>>> byRule = new LinkedHashMap<>();
            Map<RuleId, Set<RegionId>> unchecked = new LinkedHashMap<>();
            List<Rule> inOrder = new ArrayList<>(rules);
            inOrder.sort(Comparator.comparing(Rule::id));
            for (Rule rule : inOrder) {
                Map<RegionId, List<Place>> places = new LinkedHashMap<>();
                Set<RegionId> without = new LinkedHashSet<>();
                for (RegionId region : rule.targets()) {
                    List<Place> ofTarget = places(rule, region);
                    if (ofTarget.isEmpty()) {
                        without.add(region);
                    } else {
                        places.put(region, ofTarget);
                    }
                }
                RegionId fallback = rule.fallback().region();
                if (fallback != null && !places.containsKey(fallback)) {
                    // Its failure must not be discovered only when it is needed.
                    List<Place> ofFallback = places(rule, fallback);
                    if (!ofFallback.isEmpty()) {
                        places.put(fallback, ofFallback);
                    }
                }
                byRule.put(rule.id(), places);
                if (!without.isEmpty()) {
                    unchecked.put(rule.id(), without);
                }
            }
            return new CheckPlan(checks, byRule, unchecked, tooMany.size());
        }

        private List<Place> places(Rule rule, RegionId region) {
            List<Place> places = new ArrayList<>();
            List<URI> endpoints = rule.endpointsIn(region, registered.get(region));
            for (URI endpoint : endpoints.subList(0, Math.min(endpoints.size(), ENDPOINTS_AT_MOST))) {
                List<Look> looks = new ArrayList<>();
                look("", rule.health().check(), false, region, endpoint, looks);
                new TreeMap<>(rule.health().monitors())
                        .forEach((name, monitor) ->
                                look(name, monitor.check(), monitor.mustBeHealthy(), region, endpoint, looks));
                if (looks.isEmpty()) {
                    // The places that follow would have other indexes than the endpoints of the table.
                    break;
                }
                places.add(new Place(endpoint, looks));
            }
            return places;
        }

        private void look(
                String monitor, HealthCheck check, boolean must, RegionId region, URI endpoint, List<Look> looks) {
            String id = id(region, endpoint, check);
            if (checks.size() >= atMost && !checks.containsKey(id)) {
                tooMany.add(id);
                return;
            }
            checks.computeIfAbsent(id, key -> new Check(key, region, endpoint, check, allowance(region)));
            looks.add(new Look(monitor, id, must));
        }

        private static String id(RegionId region, URI endpoint, HealthCheck check) {
            // The check is part of the id, because the same target may be healthy by one rule's thresholds and not by
            // another's.
            return region + " " + endpoint + " "
                    + Integer.toHexString(check.toString().hashCode());
        }

        private double allowance(RegionId region) {
            if (region.equals(self)) {
                return 0;
            }
            Coordinate from = place(self);
            Coordinate to = place(region);
            return from == null || to == null ? 0 : GreatCircle.expectedRoundTripMs(from, to);
        }

        private @Nullable Coordinate place(RegionId region) {
            Region said = registered.get(region);
            Coordinate place = said == null ? null : said.coordinate();
            return place == null ? RegionCatalogue.place(region.value()) : place;
        }
    }
}
