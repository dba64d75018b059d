package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The areas that clients may name, which contains which, and where their people are.
 *
 * <p>A name matches as a whole: {@code st} is no part of {@code us-east}.
 */
public final class Areas {

    /** Each area, and the one it lies in. */
    private static final Map<String, String> PARENT = Map.ofEntries(
            Map.entry("us-east", "north-america"),
            Map.entry("us-west", "north-america"),
            Map.entry("us-central", "north-america"),
            Map.entry("us-south", "north-america"),
            Map.entry("ca-central", "north-america"),
            Map.entry("ca-west", "north-america"),
            Map.entry("mx-central", "north-america"),
            Map.entry("sa-east", "south-america"),
            Map.entry("eu-west", "europe"),
            Map.entry("eu-central", "europe"),
            Map.entry("eu-north", "europe"),
            Map.entry("eu-south", "europe"),
            Map.entry("af-south", "africa"),
            Map.entry("me-south", "middle-east"),
            Map.entry("me-central", "middle-east"),
            Map.entry("il-central", "middle-east"),
            Map.entry("ap-south", "asia"),
            Map.entry("ap-east", "asia"),
            Map.entry("ap-southeast", "asia"),
            Map.entry("ap-northeast", "asia"));

    /** City-level centres of where the people of an area are. */
    private static final Map<String, Coordinate> CENTRE = Map.ofEntries(
            Map.entry("north-america", new Coordinate(39.8, -90.0)),
            Map.entry("us-east", new Coordinate(39.0, -77.0)),
            Map.entry("us-west", new Coordinate(37.5, -120.0)),
            Map.entry("us-central", new Coordinate(41.3, -95.9)),
            Map.entry("us-south", new Coordinate(32.8, -96.8)),
            Map.entry("south-america", new Coordinate(-23.5, -46.6)),
            Map.entry("europe", new Coordinate(49.5, 6.0)),
            Map.entry("eu-west", new Coordinate(52.0, -3.0)),
            Map.entry("eu-central", new Coordinate(50.1, 8.7)),
            Map.entry("eu-north", new Coordinate(59.3, 18.1)),
            Map.entry("eu-south", new Coordinate(43.0, 8.0)),
            Map.entry("africa", new Coordinate(-26.2, 28.0)),
            Map.entry("middle-east", new Coordinate(26.0, 50.5)),
            Map.entry("asia", new Coordinate(22.0, 108.0)),
            Map.entry("ap-south", new Coordinate(19.1, 72.9)),
            Map.entry("ap-east", new Coordinate(22.3, 114.2)),
            Map.entry("ap-southeast", new Coordinate(1.4, 103.8)),
            Map.entry("ap-northeast", new Coordinate(35.7, 139.7)));

    private static final List<Map.Entry<String, Coordinate>> LEAVES = CENTRE.entrySet().stream()
            .filter(area -> !PARENT.containsValue(area.getKey()))
            .sorted(Map.Entry.comparingByKey())
            .toList();

    private static final double[][] DIRECTIONS =
            LEAVES.stream().map(area -> GreatCircle.unitVector(area.getValue())).toArray(double[][]::new);

    /**
     * The area and everything it lies in, nearest first: {@code eu-west-1, eu-west, europe}. A name of the form
     * {@code AREA-NUMBER} lies in that area when it is known.
     *
     * @param declared areas that a registered region of that name was said to lie in
     */
    public static List<String> lineage(String name, Set<String> declared) {
        Set<String> lineage = new LinkedHashSet<>();
        lineage.add(name);
        int dash = name.lastIndexOf('-');
        if (dash > 0 && PARENT.containsKey(name.substring(0, dash))) {
            climb(name.substring(0, dash), lineage);
        }
        for (String area : declared.stream().sorted().toList()) {
            climb(area, lineage);
        }
        climb(name, lineage);
        return List.copyOf(lineage);
    }

    /** Where the people of the area are, or null when nobody knows. */
    public static @Nullable Coordinate centre(String area) {
        Coordinate centre = CENTRE.get(area);
        return centre == null ? RegionCatalogue.place(area) : centre;
    }

    /** All areas that are known without anybody registering them. */
    public static Set<String> names() {
        return CENTRE.keySet();
    }

    /** The area whose centre is nearest. Allocates nothing. */
    public static String nearest(Coordinate place) {
        double latitude = Math.toRadians(place.latitude());
        double longitude = Math.toRadians(place.longitude());
        double x = Math.cos(latitude) * Math.cos(longitude);
        double y = Math.cos(latitude) * Math.sin(longitude);
        double z = Math.sin(latitude);
        int nearest = 0;
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < DIRECTIONS.length; i++) {
            double[] direction = DIRECTIONS[i];
            double closeness = x * direction[0] + y * direction[1] + z * direction[2];
            if (closeness > best) {
                best = closeness;
                nearest = i;
            }
        }
        return LEAVES.get(nearest).getKey();
    }

    /** All areas that are known to lie in another one. */
    static Set<String> inner() {
        return PARENT.keySet();
    }

    private static void climb(String area, Set<String> lineage) {
        for (String at = area; at != null; at = PARENT.get(at)) {
            lineage.add(at);
        }
    }

    private Areas() {}
}
