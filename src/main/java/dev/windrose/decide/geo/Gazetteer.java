package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import dev.windrose.model.Region;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Locations of names and the areas that contain them: from users' registrations first, then from built-in areas and
 * public clouds.
 */
public final class Gazetteer {

    /** Nothing is registered. */
    public static final Gazetteer BUILT_IN = new Gazetteer(List.of());

    private static final double MS_PER_STEP = 5;
    private static final double WITHIN_AN_AREA_MS = 40;

    private final Map<String, Region> registered = new HashMap<>();
    private final Map<Long, String> names = new HashMap<>();

    public Gazetteer(Collection<Region> regions) {
        Areas.names().forEach(this::name);
        Areas.inner().forEach(this::name);
        RegionCatalogue.names().forEach(this::name);
        for (Region region : regions) {
            registered.put(region.id().value(), region);
            name(region.id().value());
            region.areas().forEach(this::name);
        }
    }

    private void name(String name) {
        names.put(PlaceKey.of(name), name);
    }

    /** The name with that {@link PlaceKey}; null when it is neither registered nor built in. */
    public @Nullable String name(long place) {
        return names.get(place);
    }

    /** Its location; null when unknown. */
    public @Nullable Coordinate coordinate(String name) {
        Region region = registered.get(name);
        Coordinate said = region == null ? null : region.coordinate();
        return said == null ? Areas.centre(name) : said;
    }

    /** The place and all areas around it, nearest first. */
    public List<String> lineage(String name) {
        return within(name, Areas.lineage(name, declared(name)), this::lineage);
    }

    /** Without areas derived from coordinates; distances are more precise. */
    private List<String> told(String name) {
        return within(name, Areas.told(name, declared(name)), this::told);
    }

    private Set<String> declared(String name) {
        Region region = registered.get(name);
        return region == null ? Set.of() : region.areas();
    }

    /** With the place around a name of the form {@code PLACE-NUMBER}, which may be registered. */
    private List<String> within(String name, List<String> lineage, Function<String, List<String>> of) {
        int dash = name.lastIndexOf('-');
        String around = dash > 0 && Places.digits(name, dash + 1, name.length()) ? name.substring(0, dash) : null;
        if (around == null || lineage.contains(around) || name(PlaceKey.of(around)) == null) {
            return lineage;
        }
        Set<String> longer = new LinkedHashSet<>();
        longer.add(name);
        longer.addAll(of.apply(around));
        longer.addAll(lineage);
        return List.copyOf(longer);
    }

    /**
     * The expected round trip in ms where none was measured; NaN when unknown. A region that shares a smaller area with
     * the place comes first where the distances are similar: beyond that, areas mislead.
     */
    public double priorMs(String from, String to) {
        List<String> lineage = told(from);
        List<String> other = told(to);
        int steps = 0;
        while (steps < lineage.size() && !other.contains(lineage.get(steps))) {
            steps++;
        }
        double byDistance = priorMs(coordinate(from), to);
        if (!Double.isNaN(byDistance)) {
            return byDistance + MS_PER_STEP * steps;
        }
        return steps < lineage.size() ? WITHIN_AN_AREA_MS + MS_PER_STEP * steps : Double.NaN;
    }

    /** The expected round trip in ms for the distance; NaN where one of the places is unknown. */
    public double priorMs(@Nullable Coordinate from, String to) {
        Coordinate there = coordinate(to);
        return from == null || there == null ? Double.NaN : GreatCircle.expectedRoundTripMs(from, there);
    }
}
