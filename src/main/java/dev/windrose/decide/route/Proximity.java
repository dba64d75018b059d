package dev.windrose.decide.route;

import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes the candidate nearest to where the client is; clients of no known place are spread by weight. */
final class Proximity implements Selector {

    private final Map<String, Integer> numbers;
    private final byte[] byPlace;
    private final Choice[] choices;
    private final double[][] directions;
    private final Selector elsewhere;

    /**
     * Made for one set of candidates.
     *
     * @param numbers the number of each known area and region, by lower-case name; shared by all rules
     * @param byPlace the index of the nearest choice for each of these numbers
     * @param directions of each choice's region, from {@link GreatCircle#unitVector}; empty where the place is not known
     */
    Proximity(
            Map<String, Integer> numbers, byte[] byPlace, Choice[] choices, double[][] directions, Selector elsewhere) {
        this.numbers = numbers;
        this.byPlace = byPlace;
        this.choices = choices;
        this.directions = directions;
        this.elsewhere = elsewhere;
    }

    @Override
    public Choice select(Client client, long sequence) {
        Coordinate at = client.coordinate();
        Choice near = at != null ? nearest(at) : client.area() != null ? near(client.area()) : null;
        return near != null ? near : elsewhere.select(client, sequence);
    }

    private @Nullable Choice near(String area) {
        Integer place = numbers.get(area);
        return place == null ? null : choices[byPlace[place]];
    }

    private @Nullable Choice nearest(Coordinate at) {
        double latitude = Math.toRadians(at.latitude());
        double longitude = Math.toRadians(at.longitude());
        double x = Math.cos(latitude) * Math.cos(longitude);
        double y = Math.cos(latitude) * Math.sin(longitude);
        double z = Math.sin(latitude);
        Choice nearest = null;
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < choices.length; i++) {
            double[] direction = directions[i];
            if (direction.length > 0) {
                double closeness = x * direction[0] + y * direction[1] + z * direction[2];
                if (closeness > best) {
                    best = closeness;
                    nearest = choices[i];
                }
            }
        }
        return nearest;
    }
}
