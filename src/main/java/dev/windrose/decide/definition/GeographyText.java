package dev.windrose.decide.definition;

import dev.windrose.decide.geo.PlaceNames;
import dev.windrose.model.Identifier;
import dev.windrose.model.LatencyPolicy;
import dev.windrose.model.RegionId;
import dev.windrose.model.Residency;
import dev.windrose.model.Rule;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A rule's geographic settings as texts of fields. Parsing refuses unknown or out-of-range values. */
public final class GeographyText {

    /** Used for an unreadable residency: serving nobody is safer than serving someone where that is not allowed. */
    static final Residency UNREADABLE = new Residency(Map.of(Residency.EVERYBODY_ELSE, Set.of()));

    /** States that no client is bound. An explicit text, so that a lost one is not mistaken for it. */
    private static final String NOBODY = "none";

    /**
     * The residency of a text of the form {@code de=eu-central-1,eu-west-1 *=us-east-1}, with places by their usual names.
     * Clients of a place without regions may be served nowhere.
     */
    public static Residency residency(String text) {
        if (text.equals(NOBODY)) {
            return Residency.NONE;
        }
        Map<String, Set<RegionId>> allowed = new LinkedHashMap<>();
        Fields.entries(text).forEach((place, names) -> {
            boolean everybodyElse = place.equals(Residency.EVERYBODY_ELSE);
            String named = everybodyElse ? place : PlaceNames.canonical(Identifier.require(Fields.RESIDENCY, place));
            Set<RegionId> regions = new LinkedHashSet<>();
            if (!names.isEmpty()) {
                for (String name : names.split(",", -1)) {
                    regions.add(new RegionId(name));
                }
            }
            if (regions.size() > Rule.MAX_TARGETS) {
                throw new IllegalArgumentException("residency." + place + ": " + regions.size()
                        + " regions (expected: 1 to " + Rule.MAX_TARGETS + ")");
            }
            // Earlier versions accepted two names of one place. Only the regions of both are allowed, so that neither
            // entry is loosened; a warning says when there are none.
            allowed.merge(named, regions, GeographyText::both);
        });
        if (allowed.size() > Residency.MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "residency: " + allowed.size() + " places (expected: at most " + Residency.MAX_ENTRIES + ")");
        }
        return new Residency(allowed);
    }

    private static Set<RegionId> both(Set<RegionId> one, Set<RegionId> other) {
        Set<RegionId> both = new LinkedHashSet<>(one);
        both.retainAll(other);
        return both;
    }

    /** The inverse of {@link #residency}. */
    public static String text(Residency residency) {
        Map<String, String> texts = new TreeMap<>();
        residency
                .allowed()
                .forEach((place, regions) -> texts.put(
                        place,
                        new TreeSet<>(regions).stream().map(RegionId::value).collect(Collectors.joining(","))));
        return texts.isEmpty() ? NOBODY : Fields.map(texts);
    }

    /** The policy of a text that holds only what is set. */
    public static LatencyPolicy latency(String text) {
        MapText keys = new MapText(Fields.LATENCY_POLICY, text);
        LatencyPolicy policy = new LatencyPolicy(
                keys.number("window_ms", Double.NaN, 0, LatencyPolicy.MAX_WINDOW_MS),
                keys.number("explore", Double.NaN, 0, LatencyPolicy.MAX_EXPLORE));
        keys.end();
        return policy;
    }

    /** What is set; the inverse of {@link #latency}. */
    public static Map<String, String> values(LatencyPolicy policy) {
        Map<String, String> values = new LinkedHashMap<>();
        if (!Double.isNaN(policy.windowMs())) {
            values.put("window_ms", Double.toString(policy.windowMs()));
        }
        if (!Double.isNaN(policy.explore())) {
            values.put("explore", Double.toString(policy.explore()));
        }
        return values;
    }

    public static String text(LatencyPolicy policy) {
        return Fields.map(values(policy));
    }

    private GeographyText() {}
}
