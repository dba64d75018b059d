package dev.windrose.decide.route;

import dev.windrose.decide.geo.Areas;
import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.model.Coordinate;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every place that a client may name, and how far each region is from it. Made once for a whole table. */
final class Atlas {

    /**
     * A place that a client may be in.
     *
     * @param lineage the place and what it lies in, nearest first
     */
    record Place(
            String name, List<String> lineage, @Nullable Coordinate coordinate) {}

    /** More than half the way around the earth. */
    private static final double UNKNOWN_KM = 30_000;

    private final Map<String, Region> registered = new HashMap<>();
    private final Map<String, List<String>> lineages = new HashMap<>();
    private final Map<RegionId, double[]> nearness = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Set<String> home;

    /**
     * Gathers the places.
     *
     * @param self the region this node is in: its own latencies are those of clients there
     */
    Atlas(Collection<Region> regions, Collection<GeographicRule> rules, RegionId self) {
        regions.forEach(region -> registered.put(region.id().value(), region));
        Set<String> names = new HashSet<>(Areas.names());
        names.addAll(RegionCatalogue.names());
        for (Region region : regions) {
            names.add(region.id().value());
            names.addAll(region.areas());
        }
        rules.forEach(rule -> names.addAll(rule.sources()));
        for (String name : names.stream().sorted().toList()) {
            numbers.put(name, places.size());
            places.add(new Place(name, lineage(name), coordinate(name)));
        }
        home = new HashSet<>(lineage(self.value()));
    }

    List<Place> places() {
        return places;
    }

    /** The index of each place by its name. One map for all rules: a place is then a number to them. */
    Map<String, Integer> numbers() {
        return numbers;
    }

    /** Whether what this node measures is what a client in that place would measure. */
    boolean isHome(Place place) {
        return home.contains(place.name());
    }

    @Nullable
    Coordinate coordinate(String name) {
        Region region = registered.get(name);
        Coordinate said = region == null ? null : region.coordinate();
        return said == null ? Areas.centre(name) : said;
    }

    /**
     * How near a region is to each of the places, in their order; lower is nearer. Regions that share an area with the
     * place come before those that do not, and distance settles the rest.
     */
    double[] nearness(RegionId region) {
        return nearness.computeIfAbsent(
                region,
                to -> places.stream().mapToDouble(place -> nearness(place, to)).toArray());
    }

    /** The way between two regions in km; far where it is not known. */
    double distance(RegionId from, RegionId to) {
        Coordinate here = coordinate(from.value());
        Coordinate there = coordinate(to.value());
        return here == null || there == null ? UNKNOWN_KM : GreatCircle.km(here, there);
    }

    private double nearness(Place place, RegionId region) {
        List<String> there = lineage(region.value());
        int shared = place.lineage().size();
        for (int i = 0; i < place.lineage().size(); i++) {
            if (there.contains(place.lineage().get(i))) {
                shared = i;
                break;
            }
        }
        Coordinate to = coordinate(region.value());
        double km = place.coordinate() == null || to == null ? UNKNOWN_KM : GreatCircle.km(place.coordinate(), to);
        return shared * 100_000.0 + km;
    }

    private List<String> lineage(String name) {
        return lineages.computeIfAbsent(name, key -> {
            Region region = registered.get(key);
            return Areas.lineage(key, region == null ? Set.of() : region.areas());
        });
    }
}
