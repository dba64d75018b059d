package dev.windrose.decide.route;

import dev.windrose.decide.geo.Areas;
import dev.windrose.decide.geo.Gazetteer;
import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.decide.geo.Places;
import dev.windrose.decide.geo.RegionCatalogue;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.GeographicRule;
import dev.windrose.model.Region;
import dev.windrose.model.RegionId;
import dev.windrose.model.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Numbers every place that a client may name, and holds its distance to each region. Built once for a whole table. */
final class PlaceDistances {

    /**
     * A place that a client may be in.
     *
     * @param lineage the place and all areas around it, nearest first
     * @param located whether it is more than a name in some rule
     */
    record Place(
            String name, List<String> lineage, @Nullable Coordinate coordinate, boolean located) {}

    /** No place of that name is known. */
    static final int UNKNOWN = -1;

    /** More than half the way around the earth. */
    private static final double UNKNOWN_KM = 30_000;

    private static final int[] NO_RULES = {};

    private final Gazetteer gazetteer;
    private final Map<RegionId, double[]> expected = new HashMap<>();
    private final Map<List<GeographicRule>, int[][]> naming = new HashMap<>();
    private final List<Place> places = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Places known;
    private final Set<String> home;

    /**
     * Collects the places.
     *
     * @param self this node's region: its own latencies are those of clients there
     */
    PlaceDistances(
            Collection<Region> regions,
            Collection<GeographicRule> geographicRules,
            Collection<Rule> rules,
            RegionId self) {
        gazetteer = new Gazetteer(regions);
        Set<String> names = new HashSet<>(Areas.names());
        names.addAll(RegionCatalogue.names());
        for (Region region : regions) {
            names.add(region.id().value());
            names.addAll(region.areas());
        }
        Places registered = new Places(names);
        geographicRules.forEach(rule -> names.addAll(rule.sources()));
        rules.forEach(
                rule -> names.addAll(rule.geography().residency().allowed().keySet()));
        for (String name : names.stream().sorted().toList()) {
            numbers.put(name, places.size());
            places.add(new Place(
                    name, gazetteer.lineage(name), gazetteer.coordinate(name), registered.find(name) != null));
        }
        known = new Places(names);
        home = new HashSet<>(gazetteer.lineage(self.value()));
    }

    List<Place> places() {
        return places;
    }

    /** The names of all places. */
    Places known() {
        return known;
    }

    /** The number of the client's place, or {@link #UNKNOWN}. Runs on the decision path. */
    int place(Client client) {
        String area = area(client);
        if (area == null) {
            return UNKNOWN;
        }
        Integer number = numbers.get(area);
        if (number == null) {
            // One of the form AREA-NUMBER that nobody registered lies in that area all the same.
            int dash = area.lastIndexOf('-');
            number = dash > 0 && digits(area, dash + 1) ? numbers.get(area.substring(0, dash)) : null;
        }
        return number == null ? UNKNOWN : number;
    }

    private static boolean digits(String text, int from) {
        boolean digits = from < text.length();
        for (int i = from; i < text.length(); i++) {
            digits &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return digits;
    }

    /** The area of a client: the one it names, else the one with the nearest centre. */
    static @Nullable String area(Client client) {
        Coordinate at = client.coordinate();
        return client.area() != null || at == null ? client.area() : Areas.nearest(at);
    }

    /** Whether this node's measurements apply to a client in that place. */
    boolean isHome(int place) {
        return place != UNKNOWN && home.contains(places.get(place).name());
    }

    @Nullable
    Coordinate coordinate(String name) {
        return gazetteer.coordinate(name);
    }

    /** The expected round trips to the region from each of the places, in their order, in ms; NaN where unknown. */
    double[] expectedMs(RegionId region) {
        return expected.computeIfAbsent(
                region,
                to -> places.stream()
                        .mapToDouble(place -> gazetteer.priorMs(place.name(), to.value()))
                        .toArray());
    }

    /**
     * For each of the places, in their order, the geographic rules that match it or an area around it, in the order of
     * the rules. Built once for all rules that the same ones apply to.
     */
    int[][] naming(List<GeographicRule> geographicRules) {
        return naming.computeIfAbsent(geographicRules, rules -> {
            int[][] byPlace = new int[places.size()][];
            for (int place = 0; place < byPlace.length; place++) {
                List<Integer> found = new ArrayList<>();
                for (int i = 0; i < rules.size(); i++) {
                    if (!Collections.disjoint(
                            places.get(place).lineage(), rules.get(i).sources())) {
                        found.add(i);
                    }
                }
                byPlace[place] = found.isEmpty()
                        ? NO_RULES
                        : found.stream().mapToInt(Integer::intValue).toArray();
            }
            return byPlace;
        });
    }

    /** A new table begins, for which other geographic rules may apply. */
    void startOver() {
        naming.clear();
    }

    /** The distance between two regions in km; far when unknown. */
    double distance(RegionId from, RegionId to) {
        Coordinate here = coordinate(from.value());
        Coordinate there = coordinate(to.value());
        return here == null || there == null ? UNKNOWN_KM : GreatCircle.km(here, there);
    }
}
