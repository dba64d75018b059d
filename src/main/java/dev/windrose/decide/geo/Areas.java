package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The areas that clients may name, which area contains which, and their centers of population. Countries are areas too,
 * by their codes.
 *
 * <p>A name matches as a whole: {@code ast} does not match {@code us-east}.
 */
public final class Areas {

    /** Each area, and the area or country it lies in. */
    private static final Map<String, String> PARENT = Map.ofEntries(
            Map.entry("us-east", "us"),
            Map.entry("us-west", "us"),
            Map.entry("us-central", "us"),
            Map.entry("us-south", "us"),
            Map.entry("ca-central", "ca"),
            Map.entry("ca-west", "ca"),
            Map.entry("mx-central", "mx"),
            Map.entry("sa-east", "south-america"),
            Map.entry("eu-west", "europe"),
            Map.entry("eu-central", "europe"),
            Map.entry("eu-north", "europe"),
            Map.entry("eu-south", "europe"),
            Map.entry("af-south", "africa"),
            Map.entry("me-south", "middle-east"),
            Map.entry("me-central", "middle-east"),
            Map.entry("il-central", "il"),
            Map.entry("ap-south", "asia"),
            Map.entry("ap-east", "asia"),
            Map.entry("ap-southeast", "asia"),
            Map.entry("ap-northeast", "asia"));

    /** City-level population centres of areas; for Africa, where cables land. */
    private static final Map<String, Coordinate> CENTRE = Map.ofEntries(
            Map.entry("north-america", new Coordinate(39.8, -90.0)),
            Map.entry("us-east", new Coordinate(39.0, -77.0)),
            Map.entry("us-west", new Coordinate(37.5, -120.0)),
            Map.entry("us-central", new Coordinate(41.3, -95.9)),
            Map.entry("us-south", new Coordinate(32.8, -96.8)),
            Map.entry("ca-central", new Coordinate(45.5, -73.6)),
            Map.entry("ca-west", new Coordinate(51.0, -114.1)),
            Map.entry("mx-central", new Coordinate(20.6, -100.4)),
            Map.entry("south-america", new Coordinate(-23.5, -46.6)),
            Map.entry("sa-east", new Coordinate(-23.5, -46.6)),
            Map.entry("europe", new Coordinate(49.5, 6.0)),
            Map.entry("eu-west", new Coordinate(52.0, -3.0)),
            Map.entry("eu-central", new Coordinate(50.1, 8.7)),
            Map.entry("eu-north", new Coordinate(59.3, 18.1)),
            Map.entry("eu-south", new Coordinate(43.0, 8.0)),
            Map.entry("africa", new Coordinate(6.5, 3.4)),
            Map.entry("af-south", new Coordinate(-26.2, 28.0)),
            Map.entry("middle-east", new Coordinate(26.0, 50.5)),
            Map.entry("me-south", new Coordinate(26.1, 50.6)),
            Map.entry("me-central", new Coordinate(25.2, 55.3)),
            Map.entry("il-central", new Coordinate(32.1, 34.8)),
            Map.entry("asia", new Coordinate(22.0, 108.0)),
            Map.entry("ap-south", new Coordinate(19.1, 72.9)),
            Map.entry("ap-east", new Coordinate(22.3, 114.2)),
            Map.entry("ap-southeast", new Coordinate(1.4, 103.8)),
            Map.entry("ap-northeast", new Coordinate(35.7, 139.7)),
            Map.entry("oceania", new Coordinate(-33.9, 151.2)));

    /**
     * Further cities for locating coordinates, where a single centre would assign an area's people to its neighbours.
     */
    private static final String CITIES = """
            us-east 41.5 -72.5, us-east 40.0 -83.0, us-east 33.7 -84.4, us-east 25.8 -80.2, us-central 41.9 -87.6,
            us-central 39.7 -105.0, us-west 47.6 -122.3, us-west 33.4 -112.0, us-west 61.2 -149.9, us-west 21.3 -157.9,
            ca-central 43.7 -79.4, ca-west 49.3 -123.1, north-america 18.5 -69.9, north-america 9.0 -79.5,
            south-america 4.7 -74.1, south-america -12.0 -77.0, south-america -33.4 -70.7, sa-east -34.6 -58.4,
            eu-west 48.9 2.4, eu-central 52.2 21.0, eu-south 40.4 -3.7, eu-south 38.0 23.7,
            africa 6.5 3.4, africa 33.6 -7.6, africa 36.7 3.1, africa 36.8 10.2, africa 14.7 -17.4, africa 15.6 32.5, africa -1.3 36.8,
            africa -4.3 15.3, me-south 21.5 39.2, asia 43.2 76.9, ap-south 28.6 77.2, ap-east 39.9 116.4, ap-northeast 37.6 127.0,
            ap-southeast 14.6 121.0, ap-southeast 21.0 105.8, oceania -36.8 174.8, oceania -31.9 115.9
            """;

    private static final Set<String> NAMES;

    /** The names of the areas for locating coordinates, and their positions from {@link GreatCircle#unitVector}. */
    private static final String[] NEAR;

    private static final double[] DIRECTIONS;

    static {
        Set<String> all = new HashSet<>(CENTRE.keySet());
        all.addAll(Countries.codes());
        NAMES = Set.copyOf(all);
        List<String> names = new ArrayList<>();
        List<Coordinate> places = new ArrayList<>();
        for (String area : CENTRE.keySet().stream().sorted().toList()) {
            // Areas that are divided further are represented by their parts.
            if (!PARENT.containsValue(area)) {
                names.add(area);
                places.add(CENTRE.get(area));
            }
        }
        for (String city : CITIES.strip().split(",\\s+", -1)) {
            String[] parts = city.split(" ", -1);
            names.add(parts[0]);
            places.add(new Coordinate(Double.parseDouble(parts[1]), Double.parseDouble(parts[2])));
        }
        NEAR = names.toArray(new String[0]);
        DIRECTIONS = places.stream()
                .flatMapToDouble(place -> Arrays.stream(GreatCircle.unitVector(place)))
                .toArray();
    }

    /**
     * The area and all areas around it, nearest first: {@code eu-west-1, eu-west, europe}. A name of the form {@code
     * AREA-NUMBER} lies in that area when it is known; a public cloud's region whose name implies no area lies in the
     * one around its location.
     *
     * @param declared areas that a registered region of that name was declared to lie in
     */
    public static List<String> lineage(String name, Set<String> declared) {
        List<String> told = told(name, declared);
        Coordinate catalogued = told.size() == 1 ? RegionCatalogue.place(name) : null;
        if (catalogued == null) {
            return told;
        }
        Set<String> lineage = new LinkedHashSet<>(told);
        climb(nearest(catalogued), lineage);
        return List.copyOf(lineage);
    }

    /** As {@link #lineage}, without what follows only from the location. */
    static List<String> told(String name, Set<String> declared) {
        Set<String> lineage = new LinkedHashSet<>();
        lineage.add(name);
        int dash = name.lastIndexOf('-');
        if (dash > 0 && parent(name.substring(0, dash)) != null) {
            climb(name.substring(0, dash), lineage);
        }
        for (String area : declared.stream().sorted().toList()) {
            climb(area, lineage);
        }
        climb(name, lineage);
        String meaning = PlaceNames.meaning(name);
        if (meaning != null) {
            climb(meaning, lineage);
        }
        return List.copyOf(lineage);
    }

    /** The population centre of the area, or null when unknown. */
    public static @Nullable Coordinate centre(String area) {
        Coordinate centre = CENTRE.get(area);
        Coordinate country = centre == null ? Countries.centre(area) : centre;
        return country == null ? RegionCatalogue.place(area) : country;
    }

    /** All built-in areas, countries included. */
    public static Set<String> names() {
        return NAMES;
    }

    /** The area of a coordinate: that of the nearest city. Allocates nothing. */
    public static String nearest(Coordinate at) {
        double latitude = Math.toRadians(at.latitude());
        double longitude = Math.toRadians(at.longitude());
        double x = Math.cos(latitude) * Math.cos(longitude);
        double y = Math.cos(latitude) * Math.sin(longitude);
        double z = Math.sin(latitude);
        int nearest = 0;
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < NEAR.length; i++) {
            double closeness = x * DIRECTIONS[3 * i] + y * DIRECTIONS[3 * i + 1] + z * DIRECTIONS[3 * i + 2];
            if (closeness > best) {
                best = closeness;
                nearest = i;
            }
        }
        return NEAR[nearest];
    }

    private static @Nullable String parent(String area) {
        String parent = PARENT.get(area);
        return parent == null ? Countries.area(area) : parent;
    }

    /** All areas known to lie in another one. */
    static Set<String> inner() {
        return PARENT.keySet();
    }

    private static void climb(String area, Set<String> lineage) {
        for (String at = area; at != null; at = parent(at)) {
            lineage.add(at);
        }
    }

    private Areas() {}
}
