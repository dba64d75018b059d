package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;

/** Distances over the globe, and the round trip that a distance lets expect. */
public final class GreatCircle {

    private static final double EARTH_RADIUS_KM = 6371.0088;

    /** Fitted on the round trips between the regions of three public clouds: R² 0.55, so a prior and nothing more. */
    private static final double BASE_MS = 32;

    private static final double MS_PER_1000_KM = 17.4;

    /** Distance along the surface in km, by the haversine formula. */
    public static double km(Coordinate a, Coordinate b) {
        double latitude = Math.toRadians(b.latitude() - a.latitude());
        double longitude = Math.toRadians(b.longitude() - a.longitude());
        double chord = square(Math.sin(latitude / 2))
                + Math.cos(Math.toRadians(a.latitude()))
                        * Math.cos(Math.toRadians(b.latitude()))
                        * square(Math.sin(longitude / 2));
        return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
    }

    /** The round trip in ms that the distance lets expect where nothing was measured. */
    public static double expectedRoundTripMs(Coordinate a, Coordinate b) {
        return BASE_MS + MS_PER_1000_KM * km(a, b) / 1000;
    }

    /** The same from a place to one whose {@link #unitVector} is known. Allocates nothing. */
    public static double expectedRoundTripMs(Coordinate from, double[] to) {
        double latitude = Math.toRadians(from.latitude());
        double longitude = Math.toRadians(from.longitude());
        double cosine = Math.cos(latitude) * (Math.cos(longitude) * to[0] + Math.sin(longitude) * to[1])
                + Math.sin(latitude) * to[2];
        double km = EARTH_RADIUS_KM * Math.acos(Math.max(-1, Math.min(1, cosine)));
        return BASE_MS + MS_PER_1000_KM * km / 1000;
    }

    /** The point as a vector of length 1: of two points, the one with the larger scalar product is nearer. */
    public static double[] unitVector(Coordinate place) {
        double latitude = Math.toRadians(place.latitude());
        double longitude = Math.toRadians(place.longitude());
        return new double[] {
            Math.cos(latitude) * Math.cos(longitude), Math.cos(latitude) * Math.sin(longitude), Math.sin(latitude)
        };
    }

    private static double square(double x) {
        return x * x;
    }

    private GreatCircle() {}
}
