package dev.windrose.decide.health;

import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.model.Coordinate;
import dev.windrose.model.HealthCheck;
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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has to be checked: each distinct target once, however many rules send clients there.
 *
 * @param checks by id, in order of id
 * @param byRule for each rule and target region, the id of the check that tells of it
 * @param unchecked for each rule, the target regions that no check tells of: they have no endpoint, or are too many
 * @param leftOut targets that are not checked because there are too many
 */
public record CheckPlan(
        Map<String, Check> checks,
        Map<RuleId, Map<RegionId, String>> byRule,
        Map<RuleId, Set<RegionId>> unchecked,
        int leftOut) {

    /**
     * One target.
     *
     * @param id the same in every region that checks the same target in the same way
     * @param allowanceMs what the way there takes by itself, as {@link Reading#answered} wants it
     */
    public record Check(String id, RegionId region, URI endpoint, HealthCheck check, double allowanceMs) {}

    public static final CheckPlan NOTHING = new CheckPlan(Map.of(), Map.of(), Map.of(), 0);

    public CheckPlan {
        checks = Collections.unmodifiableMap(checks);
        byRule = Collections.unmodifiableMap(byRule);
        unchecked = Collections.unmodifiableMap(unchecked);
    }

    /** The rules whose targets these are. */
    public Set<RuleId> rules() {
        return byRule.keySet();
    }

    /**
     * The plan of an observer. When there are too many targets the rules that come first by name have theirs checked, so
     * that every observer leaves out the same ones.
     *
     * @param self the region of the observer
     * @param atMost targets that may be checked
     */
    public static CheckPlan of(Collection<Rule> rules, Collection<Region> regions, RegionId self, int atMost) {
        Map<RegionId, Region> registered = new HashMap<>();
        regions.forEach(region -> registered.put(region.id(), region));
        Map<String, Check> checks = new TreeMap<>();
        Map<RuleId, Map<RegionId, String>> byRule = new LinkedHashMap<>();
        Map<RuleId, Set<RegionId>> unchecked = new LinkedHashMap<>();
        Set<String> tooMany = new HashSet<>();
        List<Rule> inOrder = new ArrayList<>(rules);
        inOrder.sort(Comparator.comparing(Rule::id));
        for (Rule rule : inOrder) {
            Map<RegionId, String> ids = new LinkedHashMap<>();
            Set<RegionId> without = new LinkedHashSet<>();
            for (RegionId region : rule.targets()) {
                URI endpoint = endpoint(rule, registered.get(region), region);
                if (endpoint == null) {
                    without.add(region);
                    continue;
                }
                String id = id(region, endpoint, rule.check());
                if (checks.size() >= atMost && !checks.containsKey(id)) {
                    tooMany.add(id);
                    without.add(region);
                    continue;
                }
                ids.put(region, id);
                checks.computeIfAbsent(
                        id, key -> new Check(key, region, endpoint, rule.check(), allowance(self, region, registered)));
            }
            byRule.put(rule.id(), ids);
            if (!without.isEmpty()) {
                unchecked.put(rule.id(), without);
            }
        }
        return new CheckPlan(checks, byRule, unchecked, tooMany.size());
    }

    private static String id(RegionId region, URI endpoint, HealthCheck check) {
        // The check is part of the name, because the same target may be well by one rule's thresholds and not by
        // another's.
        return region + " " + endpoint + " "
                + Integer.toHexString(check.toString().hashCode());
    }

    private static @Nullable URI endpoint(Rule rule, @Nullable Region registered, RegionId region) {
        URI own = rule.endpoints().get(region);
        if (own != null) {
            return own;
        }
        return registered == null || registered.endpoints().isEmpty()
                ? null
                : registered.endpoints().get(0);
    }

    private static double allowance(RegionId self, RegionId region, Map<RegionId, Region> registered) {
        if (region.equals(self)) {
            return 0;
        }
        Coordinate from = place(self, registered);
        Coordinate to = place(region, registered);
        return from == null || to == null ? 0 : GreatCircle.expectedRoundTripMs(from, to);
    }

    private static @Nullable Coordinate place(RegionId region, Map<RegionId, Region> registered) {
        Region said = registered.get(region);
        Coordinate place = said == null ? null : said.coordinate();
        return place == null ? RegionCatalogue.place(region.value()) : place;
    }
}
