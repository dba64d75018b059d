package dev.windrose.decide.definition;

import dev.windrose.decide.geo.Gazetteer;
import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.model.Algorithm;
import dev.windrose.model.Coordinate;
import dev.windrose.model.DefinitionKey;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthPolicy;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import dev.windrose.model.RuleId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings in a definition that are valid but probably unintended.
 *
 * <p>Each warning is one sentence of the form {@code field: offending, what it means; what to do}. A warning never
 * refuses anything: invalid values are the task of {@link DefinitionChecks}.
 */
public final class Warnings {

    /**
     * Everything that is defined.
     *
     * @param observers the regions of the cluster, each of which checks every target
     */
    public record Known(
            Map<RuleId, Rule> rules,
            Map<RuleId, GeographicRule> geographicRules,
            Map<RegionId, Region> regions,
            Set<RegionId> observers) {}

    /** Maximum number of names in one sentence. */
    private static final int NAMED_AT_MOST = 5;

    /** Round-trip time of light in fibre for 1000 km; no cable is straight. */
    private static final double LEAST_MS_PER_1000_KM = 10;

    /** In names of headers. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)authorization|cookie|token|secret|passw|api-?key|access-?key|credential|signature|^x-auth");

    private final Known known;
    private final Gazetteer places;

    public Warnings(Known known) {
        this.known = known;
        this.places = new Gazetteer(known.regions().values());
    }

    /** The warnings of one definition, most important first; none for one that does not exist. */
    public List<String> of(DefinitionKey key) {
        return switch (key.kind()) {
            case RULE -> of(known.rules().get(new RuleId(key.name())));
            case GEOGRAPHIC_RULE -> of(known.geographicRules().get(new RuleId(key.name())));
            case REGION -> of(known.regions().get(new RegionId(key.name())), region -> true);
            case KEY -> List.of();
        };
    }

    /** The warnings of a rule. */
    public List<String> of(@Nullable Rule rule) {
        List<String> warnings = new ArrayList<>();
        if (rule != null) {
            endpoints(rule, warnings);
            residency(rule, warnings);
            thresholds(rule, warnings);
        }
        return List.copyOf(warnings);
    }

    private void endpoints(Rule rule, List<String> warnings) {
        Map<Boolean, List<RegionId>> having = new TreeMap<>(Map.of(true, new ArrayList<>(), false, new ArrayList<>()));
        rule.targets()
                .forEach(target -> having.getOrDefault(!at(rule, target).isEmpty(), List.of())
                        .add(target));
        List<RegionId> with = having.getOrDefault(true, List.of());
        List<RegionId> without = having.getOrDefault(false, List.of());
        RegionId fallback = rule.fallback().region();
        if (with.isEmpty()) {
            return;
        }
        if (!without.isEmpty()) {
            warnings.add("target_regions: no endpoint for " + names(without)
                    + ", so no client is sent there while another target has one; add it to the endpoints of the region or"
                    + " of the rule");
        }
        if (with.stream().allMatch(target -> rule.weights().getOrDefault(target, 0.0) <= 0)) {
            warnings.add("weights: every target that has an endpoint has weight 0, so they share the clients equally;"
                    + " give one of them a weight above 0");
        }
        if (fallback != null && at(rule, fallback).isEmpty()) {
            warnings.add("fallback: " + fallback
                    + " has no endpoint, so clients are refused when no target serves; add the endpoint to the region");
        }
        shared(rule, with, warnings);
        if (known.observers().size() == 1) {
            warnings.add("observers: only " + names(known.observers())
                    + " checks the targets, so a fault of its own network looks like an outage of all of them; run"
                    + " nodes in at least three regions");
        }
    }

    private void shared(Rule rule, List<RegionId> targets, List<String> warnings) {
        Map<URI, List<RegionId>> users = new TreeMap<>();
        targets.forEach(target -> new HashSet<>(at(rule, target))
                .forEach(endpoint -> users.computeIfAbsent(endpoint, key -> new ArrayList<>())
                        .add(target)));
        users.forEach((endpoint, regions) -> {
            if (regions.size() > 1) {
                warnings.add("endpoints: " + endpoint + " is the same for " + names(regions)
                        + ", so moving traffic between them has no effect; give each target its own");
            }
        });
    }

    private List<URI> at(Rule rule, RegionId target) {
        return rule.endpointsIn(target, known.regions().get(target));
    }

    private void residency(Rule rule, List<String> warnings) {
        Map<String, Set<RegionId>> allowed =
                new TreeMap<>(rule.geography().residency().allowed());
        if (!allowed.isEmpty() && !allowed.containsKey(Residency.EVERYBODY_ELSE)) {
            Set<RegionId> common = new TreeSet<>(rule.geography().residency().allowedByAll());
            common.retainAll(rule.targets());
            warnings.add(
                    "residency: no entry '*', so clients of every other place may be served in any target, and clients"
                            + " of unknown location "
                            + (common.isEmpty()
                                    ? "are refused, because any entry may apply to them and no target is allowed by all entries"
                                    : "only in " + names(common) + ", which every entry allows")
                            + "; add '*' with the regions for both");
        }
        List<String> unknown = allowed.keySet().stream()
                .filter(place -> !place.equals(Residency.EVERYBODY_ELSE) && !isPlace(place))
                .toList();
        if (!unknown.isEmpty()) {
            warnings.add("residency: unknown place " + names(unknown)
                    + ", which binds only clients that name exactly this place; use an area, an ISO 3166 country code, or"
                    + " a region");
        }
        allowed.forEach((place, regions) -> {
            if (regions.isEmpty()) {
                warnings.add("residency." + place
                        + ": no region, so these clients are served nowhere, as also happens when two"
                        + " names of one place have none in common; name the regions where they may be served");
            } else if (rule.targets().stream().noneMatch(regions::contains)) {
                warnings.add("residency." + place + ": none of " + names(new TreeSet<>(regions))
                        + " is a target of the rule, so no target may serve these clients; add one to target_regions");
            }
        });
    }

    private void thresholds(Rule rule, List<String> warnings) {
        HealthPolicy policy = rule.health().policy();
        int targets = rule.targets().size();
        if (policy.panicBelow() > 0 && policy.panicBelow() * targets <= 1) {
            warnings.add(
                    "health_policy.panic_below: " + policy.panicBelow() + " is never reached while one of " + targets
                            + " targets serves, so it has no effect; use more than " + hundredths(1.0 / targets)
                            + ", or 0 to disable it");
        }
        boolean several = rule.targets().stream().anyMatch(target -> new HashSet<>(at(rule, target)).size() > 1);
        if (policy.failoverBelow() > 0 && !several) {
            warnings.add("health_policy.failover_below: " + policy.failoverBelow()
                    + " has no effect, because no target has more than one endpoint; register the endpoints with the"
                    + " regions, or omit it");
        }
        check("health_check", rule.health().check(), warnings);
        new TreeMap<>(rule.health().monitors())
                .forEach((name, monitor) -> check("monitors." + name, monitor.check(), warnings));
        int least = rule.failover().safety().minRegions();
        if (targets > 1 && least == targets) {
            warnings.add("safety.min_regions: " + least
                    + " is the number of targets, so none of them can be drained; use a lower value, or add a target");
        }
    }

    private static void check(String field, HealthCheck check, List<String> warnings) {
        List<String> secrets = check.question().request().headers().keySet().stream()
                .filter(name -> SECRET.matcher(name).find())
                .toList();
        if (!secrets.isEmpty()) {
            warnings.add(
                    field + ".headers: " + names(secrets)
                            + " looks like a secret, visible to everyone who may read the rule, its history or the audit, for as"
                            + " long as these are kept; let the checked path require none, or use one that grants access to nothing else");
        }
        long timeout = check.timeout().toMillis();
        if (check.levels().healthyLatencyMs() >= timeout) {
            warnings.add(field + ".healthy_latency_ms: " + plain(check.levels().healthyLatencyMs())
                    + " is never reached, because a check fails after timeout_ms, " + timeout
                    + ", so a slow target is never degraded; use less than the timeout");
        }
    }

    /** The warnings of a geographic rule. */
    public List<String> of(@Nullable GeographicRule rule) {
        List<String> warnings = new ArrayList<>();
        if (rule == null) {
            return warnings;
        }
        List<String> unknown = rule.sources().stream()
                .filter(place -> !isPlace(place))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            warnings.add("source_regions: unknown place " + names(unknown)
                    + ", which matches only clients that name exactly this place; use an area, an ISO 3166 country code,"
                    + " or a region");
        }
        List<Rule> applies = known.rules().values().stream()
                .filter(each -> rule.rule() == null
                        ? each.algorithm() == Algorithm.GEOGRAPHIC
                        : each.id().equals(rule.rule()))
                .toList();
        List<RegionId> strangers = rule.targets().stream()
                .filter(target ->
                        applies.stream().noneMatch(each -> each.targets().contains(target)))
                .toList();
        if (!applies.isEmpty() && !strangers.isEmpty()) {
            warnings.add("target_regions: " + names(strangers) + " not among the targets of "
                    + (rule.rule() == null ? "any rule with algorithm geographic" : "rule " + rule.rule())
                    + ", so no client is sent there; add it to target_regions of the rule");
        }
        List<RegionId> tooFar = rule.targets().stream()
                .filter(target -> rule.sources().stream().allMatch(source -> isBeyond(rule, source, target)))
                .toList();
        if (!tooFar.isEmpty()) {
            warnings.add("latency_threshold_ms: " + plain(rule.latencyThresholdMs())
                    + " is less than the round trip over the distance from every source to " + names(tooFar)
                    + " can be, so no client is sent there once the round trip has been measured; raise the threshold, or"
                    + " omit the region");
        }
        return List.copyOf(warnings);
    }

    private boolean isBeyond(GeographicRule rule, String source, RegionId target) {
        Coordinate from = places.coordinate(source);
        Coordinate to = places.coordinate(target.value());
        if (from == null || to == null || places.lineage(target.value()).contains(source)) {
            return false;
        }
        // Clients of an area may live at its near end; those of a region are at its location.
        boolean exact = RegionCatalogue.knows(source) || known.regions().containsKey(new RegionId(source));
        double km = GreatCircle.km(from, to) * (exact ? 1 : 0.5);
        return km / 1000 * LEAST_MS_PER_1000_KM > rule.latencyThresholdMs();
    }

    private boolean isPlace(String name) {
        return places.name(PlaceKey.of(name)) != null
                || places.lineage(name).size() > 1
                || known.observers().contains(new RegionId(name));
    }

    /**
     * The warnings of a region.
     *
     * @param shown whether the caller may see another region
     */
    public List<String> of(@Nullable Region region, Predicate<RegionId> shown) {
        List<String> warnings = new ArrayList<>();
        if (region == null) {
            return warnings;
        }
        Set<URI> once = new HashSet<>();
        Set<URI> twice = new TreeSet<>();
        region.endpoints().stream().filter(endpoint -> !once.add(endpoint)).forEach(twice::add);
        twice.forEach(endpoint -> warnings.add("endpoints: " + endpoint
                + " is listed twice, so it counts twice among the endpoints that must serve; list it once"));
        Map<URI, List<RegionId>> others = new TreeMap<>();
        sorted(known.regions().values())
                .filter(other -> !other.id().equals(region.id()) && shown.test(other.id()))
                .forEach(other -> other.endpoints().stream()
                        .filter(once::contains)
                        .distinct()
                        .forEach(endpoint -> others.computeIfAbsent(endpoint, key -> new ArrayList<>())
                                .add(other.id())));
        others.forEach((endpoint, users) -> warnings.add("endpoints: " + endpoint + " is an endpoint of " + names(users)
                + " as well, so moving traffic between these regions has no effect; give each region its own"));
        return List.copyOf(warnings);
    }

    private static Stream<Region> sorted(Collection<Region> regions) {
        return regions.stream().sorted((a, b) -> a.id().compareTo(b.id()));
    }

    private static String names(Collection<?> all) {
        List<String> first =
                all.stream().limit(NAMED_AT_MOST).map(String::valueOf).toList();
        return String.join(", ", first)
                + (all.size() > NAMED_AT_MOST ? " and " + (all.size() - NAMED_AT_MOST) + " more" : "");
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String hundredths(double share) {
        return Double.toString(Math.round(share * 100) / 100.0);
    }
}
