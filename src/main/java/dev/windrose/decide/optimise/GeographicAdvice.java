package dev.windrose.decide.optimise;

import dev.windrose.decide.geo.RoundTrips;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.RegionId;
import dev.windrose.model.RuleId;
import dev.windrose.model.RuleStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds improvements of geographic rules. Every recommendation rests on measurements. */
public final class GeographicAdvice {

    /** Margin of a threshold above the measured round trip, which varies from day to day. */
    private static final double ROOM = 1.25;

    private static final double THRESHOLD_STEP_MS = 5;

    /** Maximum number of areas of a rule whose missing samples are listed. */
    private static final int AREAS_TOLD = 10;

    /** Number of targets in a new rule. */
    private static final int NEW_TARGETS = 3;

    /**
     * Limits below which there is nothing to recommend.
     *
     * @param samples fewer behind a round trip are not a measurement
     * @param gainMs a smaller gain is not worth a change
     * @param decisions fewer say nothing about targets that are never chosen, or about an area
     */
    public record Least(double samples, double gainMs, long decisions) {

        public static final Least DEFAULT = new Least(20, 5, 1000);
    }

    private final RoundTrips roundTrips;
    private final Map<String, Long> traffic = new TreeMap<>();
    private final Map<String, Map<RegionId, Long>> served = new HashMap<>();
    private final Least least;

    /** @param flows where clients were sent; they weight the areas of a rule */
    public GeographicAdvice(RoundTrips roundTrips, Collection<TrafficFlow> flows, Least least) {
        this.roundTrips = roundTrips;
        this.least = least;
        for (TrafficFlow flow : flows) {
            traffic.merge(flow.area(), flow.decisions(), Long::sum);
            served.computeIfAbsent(flow.area(), area -> new HashMap<>())
                    .merge(flow.region(), flow.decisions(), Long::sum);
        }
    }

    /**
     * The recommendations, the largest gains first.
     *
     * @param chosen how often each rule has chosen each target
     * @param serving regions that a rule could name
     */
    public List<Recommendation> of(
            Collection<GeographicRule> rules, Map<RuleId, Map<RegionId, Long>> chosen, Set<RegionId> serving) {
        List<Recommendation> found = new ArrayList<>();
        for (GeographicRule rule : rules) {
            if (rule.status() == RuleStatus.ACTIVE) {
                lacking(rule, found);
                order(rule, found);
                threshold(rule, found);
                neverChosen(rule, chosen.getOrDefault(rule.id(), Map.of()), found);
            }
        }
        areasWithout(rules, serving, found);
        found.sort(Comparator.comparingDouble((Recommendation each) -> Double.isNaN(each.gainMs()) ? 0 : -each.gainMs())
                .thenComparing(each -> each.kind()));
        return found;
    }

    /** The mean round trip from the areas with enough samples, weighted by traffic; NaN when there is none. */
    private double meanMs(GeographicRule rule, RegionId target) {
        double sum = 0;
        double weight = 0;
        for (String area : measured(rule)) {
            double heavy = 1 + traffic.getOrDefault(area, 0L);
            sum += heavy * roundTrips.ms(area, target);
            weight += heavy;
        }
        return weight == 0 ? Double.NaN : sum / weight;
    }

    /** Those of the rule's areas with enough samples to each of its targets. */
    private Set<String> measured(GeographicRule rule) {
        Set<String> measured = new LinkedHashSet<>(areas(rule));
        measured.removeIf(area -> !lacking(rule, area).isEmpty());
        return measured;
    }

    /** The targets with too few samples from an area. */
    private List<RegionId> lacking(GeographicRule rule, String area) {
        return rule.targets().stream()
                .filter(target -> roundTrips.samples(area, target) < least.samples())
                .toList();
    }

    /** Lists what is missing for each area with too few measurements; the rest of the rule is evaluated without it. */
    private void lacking(GeographicRule rule, List<Recommendation> found) {
        Set<String> areas = new LinkedHashSet<>(areas(rule));
        areas.removeAll(measured(rule));
        if (areas.isEmpty()) {
            return;
        }
        Set<RegionId> targets = new LinkedHashSet<>();
        double fewest = Double.POSITIVE_INFINITY;
        List<String> each = new ArrayList<>();
        for (String area : areas) {
            List<String> missing = new ArrayList<>();
            for (RegionId target : lacking(rule, area)) {
                double samples = roundTrips.samples(area, target);
                targets.add(target);
                fewest = Math.min(fewest, samples);
                missing.add(target + " " + tenths(samples));
            }
            each.add(area + ": " + String.join(", ", missing));
        }
        int more = each.size() - AREAS_TOLD;
        found.add(new Recommendation(
                Recommendation.Kind.TOO_FEW_SAMPLES,
                rule.id(),
                List.copyOf(areas),
                List.copyOf(targets),
                Double.NaN,
                Double.NaN,
                fewest,
                tenths(least.samples()) + " samples are needed for each target; so far there are, from "
                        + String.join("; from ", each.subList(0, Math.min(AREAS_TOLD, each.size())))
                        + (more > 0 ? "; and too few from " + more + " more areas" : "")
                        + ". The proposals for this rule disregard these areas"));
    }

    private static String tenths(double number) {
        double rounded = Math.floor(number * 10) / 10;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }

    /** The areas of the rule, and those within them that clients come from. */
    private Set<String> areas(GeographicRule rule) {
        Set<String> areas = new LinkedHashSet<>();
        for (String area : traffic.keySet()) {
            if (!Collections.disjoint(roundTrips.lineage(area), rule.sources())) {
                areas.add(area);
            }
        }
        return areas.isEmpty() ? rule.sources() : areas;
    }

    private double samples(GeographicRule rule) {
        double fewest = Double.POSITIVE_INFINITY;
        for (String area : measured(rule)) {
            for (RegionId target : rule.targets()) {
                fewest = Math.min(fewest, roundTrips.samples(area, target));
            }
        }
        return fewest;
    }

    private void order(GeographicRule rule, List<Recommendation> found) {
        Map<RegionId, Double> ms = new HashMap<>();
        for (RegionId target : rule.targets()) {
            ms.put(target, meanMs(rule, target));
        }
        if (rule.targets().size() < 2 || ms.values().stream().anyMatch(each -> Double.isNaN(each))) {
            return;
        }
        List<RegionId> better = rule.targets().stream()
                .sorted(Comparator.comparingDouble(target -> ms.getOrDefault(target, Double.NaN)))
                .toList();
        double gain = ms.getOrDefault(rule.targets().get(0), 0.0) - ms.getOrDefault(better.get(0), 0.0);
        if (!better.equals(rule.targets()) && gain >= least.gainMs()) {
            found.add(new Recommendation(
                    Recommendation.Kind.TARGET_ORDER,
                    rule.id(),
                    List.copyOf(measured(rule)),
                    better,
                    Double.NaN,
                    gain,
                    samples(rule),
                    better.get(0) + " is nearer than " + rule.targets().get(0) + " by " + Math.round(gain) + " ms"));
        }
    }

    private void threshold(GeographicRule rule, List<Recommendation> found) {
        double nearest = Double.POSITIVE_INFINITY;
        for (String area : areas(rule)) {
            for (RegionId target : rule.targets()) {
                if (roundTrips.samples(area, target) < least.samples()) {
                    // From there it may be within the threshold.
                    return;
                }
                nearest = Math.min(nearest, roundTrips.ms(area, target));
            }
        }
        if (nearest > rule.latencyThresholdMs()) {
            double enough = Math.ceil(nearest * ROOM / THRESHOLD_STEP_MS) * THRESHOLD_STEP_MS;
            found.add(new Recommendation(
                    Recommendation.Kind.THRESHOLD_NEVER_MATCHES,
                    rule.id(),
                    List.copyOf(areas(rule)),
                    List.of(),
                    enough,
                    Double.NaN,
                    samples(rule),
                    "the nearest target is " + Math.round(nearest) + " ms away, the threshold is "
                            + Math.round(rule.latencyThresholdMs()) + " ms: the rule never chooses"));
        }
    }

    private void neverChosen(GeographicRule rule, Map<RegionId, Long> chosen, List<Recommendation> found) {
        long all = chosen.values().stream().mapToLong(Long::longValue).sum();
        for (RegionId target : rule.targets()) {
            if (all >= least.decisions() && chosen.getOrDefault(target, 0L) == 0) {
                found.add(new Recommendation(
                        Recommendation.Kind.TARGET_NEVER_CHOSEN,
                        rule.id(),
                        List.copyOf(rule.sources()),
                        List.of(target),
                        Double.NaN,
                        Double.NaN,
                        0,
                        target + " was chosen in none of " + all
                                + " decisions of this rule: it is a standby, or too far away"));
            }
        }
    }

    private void areasWithout(Collection<GeographicRule> rules, Set<RegionId> serving, List<Recommendation> found) {
        traffic.forEach((area, decisions) -> {
            boolean named = rules.stream()
                    .anyMatch(rule -> rule.status() == RuleStatus.ACTIVE
                            && !Collections.disjoint(roundTrips.lineage(area), rule.sources()));
            RegionId best = TrafficDistribution.best(area, serving, roundTrips);
            if (named || decisions < least.decisions() || best == null) {
                return;
            }
            if (roundTrips.samples(area, best) < least.samples()) {
                found.add(new Recommendation(
                        Recommendation.Kind.TOO_FEW_SAMPLES,
                        null,
                        List.of(area),
                        List.of(best),
                        Double.NaN,
                        Double.NaN,
                        roundTrips.samples(area, best),
                        decisions + " decisions for clients of " + area + ", which no geographic rule names, and "
                                + tenths(roundTrips.samples(area, best)) + " samples of the way from there to " + best
                                + " (expected: " + tenths(least.samples()) + ")"));
                return;
            }
            double gain = servedMs(area) - roundTrips.ms(area, best);
            if (gain >= least.gainMs()) {
                List<RegionId> targets = serving.stream()
                        .filter(region -> roundTrips.samples(area, region) >= least.samples())
                        .sorted(Comparator.comparingDouble((RegionId region) -> roundTrips.ms(area, region))
                                .thenComparing(region -> region))
                        .limit(NEW_TARGETS)
                        .toList();
                found.add(new Recommendation(
                        Recommendation.Kind.AREA_WITHOUT_RULE,
                        null,
                        List.of(area),
                        targets,
                        Math.ceil(roundTrips.ms(area, best) * ROOM / THRESHOLD_STEP_MS) * THRESHOLD_STEP_MS,
                        gain,
                        roundTrips.samples(area, best),
                        decisions + " decisions for clients of " + area + " took " + Math.round(gain) + " ms more than "
                                + best + " would, and no geographic rule names it"));
            }
        });
    }

    /** The mean round trip to where clients of the area were sent; NaN when nobody can tell. */
    private double servedMs(String area) {
        double sum = 0;
        long all = 0;
        for (Map.Entry<RegionId, Long> each :
                served.getOrDefault(area, Map.of()).entrySet()) {
            double ms = roundTrips.ms(area, each.getKey());
            if (!Double.isNaN(ms)) {
                sum += ms * each.getValue();
                all += each.getValue();
            }
        }
        return all == 0 ? Double.NaN : sum / all;
    }
}
