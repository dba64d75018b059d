package dev.windrose.decide.geo;

import dev.windrose.model.Coordinate;

/** Great-circle distances, and the round trip expected for a distance. */
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

    /** The expected round trip in ms for the distance, where none was measured. */
    public static double expectedRoundTripMs(Coordinate a, Coordinate b) {
        return BASE_MS + MS_PER_1000_KM * km(a, b) / 1000;
    }

    /**
     * The same for two places given by the scalar product of their {@link #unitVector}s; off by half a kilometre at
     * most. For decisions: an arc cosine of full precision costs more than all the rest.
     *
     * <p>Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 4.4.45.
     */
    public static double expectedRoundTripMs(double cosine) {
        double x = Math.min(1, Math.abs(cosine));
        double near = Math.sqrt(1 - x) * (1.5707288 + x * (-0.2121144 + x * (0.0742610 - 0.0187293 * x)));
        double angle = cosine < 0 ? Math.PI - near : near;
        return BASE_MS + MS_PER_1000_KM * EARTH_RADIUS_KM * angle / 1000;
    }

    /** The point as a vector of length 1: of two points, the one with the larger scalar product is nearer. */
    public static double[] unitVector(Coordinate place) {
        double latitude = Math.toRadians(place.latitude());
        double longitude = Math.toRadians(place.longitude());
        return new double[] {
            Math.cos(latitude) * Math.cos(longitude), Math.cos(latitude) * Math.sin(longitude), Math.sin(latitude)
        };
    }

    /** The scalar product of two unit vectors: the cosine of the angle between two places. */
    public static double cosine(double[] from, double[] to) {
        return from[0] * to[0] + from[1] * to[1] + from[2] * to[2];
    }

    private static double square(double x) {
        return x * x;
    }

    private GreatCircle() {}
}
