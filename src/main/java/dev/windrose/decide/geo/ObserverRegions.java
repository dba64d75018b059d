package dev.windrose.decide.geo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The regions that check the others, and what they measure. */
final class ObserverRegions {

    /** The weight of their measurements in the areas around them. */
    private static final double SAMPLES = 4;

    private final Map<String, RoundTripAverages> averages = new TreeMap<>();

    void take(String from, int region, double ms, long now, ExponentialDecay fading) {
        if (averages.containsKey(from) || averages.size() < RegionNumbers.AT_MOST) {
            averages.computeIfAbsent(from, each -> new RoundTripAverages()).take(region, ms, now, fading);
        }
    }

    /** The watching regions within each area that they lie in, themselves included. */
    Map<String, List<String>> byArea(Gazetteer gazetteer) {
        Map<String, List<String>> within = new HashMap<>();
        for (String region : averages.keySet()) {
            Set<String> lineage = new LinkedHashSet<>(gazetteer.lineage(region));
            lineage.forEach(area ->
                    within.computeIfAbsent(area, each -> new ArrayList<>()).add(region));
        }
        return within;
    }

    /**
     * The measurements of the regions within a place. For a client in an observing region itself, that region's
     * measurement counts in full.
     *
     * @param within the regions that lie in the place
     */
    RoundTripEstimate known(
            List<String> within, @Nullable String place, int region, long now, ExponentialDecay fading) {
        RoundTripEstimate known = new RoundTripEstimate();
        for (String name : within) {
            RoundTripAverages measured = averages.get(name);
            if (measured != null) {
                boolean itself = name.equals(place);
                known.add(
                        measured,
                        region,
                        itself ? Double.MAX_VALUE : SAMPLES,
                        itself ? 1 : 1.0 / within.size(),
                        now,
                        fading);
            }
        }
        return known;
    }
}
