package dev.windrose.decide.route;

import dev.windrose.decide.geo.GreatCircle;
import dev.windrose.decide.geo.Latencies;
import dev.windrose.decide.geo.LatencyView;
import dev.windrose.decide.geo.PlaceKey;
import dev.windrose.decide.geo.RegionNumbers;
import dev.windrose.model.Client;
import dev.windrose.model.Coordinate;
import dev.windrose.model.RegionId;
import java.util.Arrays;
import java.util.List;

/**
 * The nearness of regions to a client: by learned round trips for its place, else by this node's own measurements if
 * the client is local, else by distance. Everything that chooses by round trips uses it.
 */
final class Nearness {

    private static final double[] UNKNOWN_DIRECTION = {};

    private final PlaceDistances atlas;
    private final Latencies latencies;
    private final int[] numbers;
    private final int[] byNumber;
    private final double[] homeMs;
    private final double[][] expectedMs;
    private final double[][] directions;

    /**
     * @param regions at most 64; all results are indexes among them
     * @param homeMs round trips that this node measures itself, NaN when it does not
     */
    Nearness(PlaceDistances atlas, Latencies latencies, List<RegionId> regions, double[] homeMs) {
        this.atlas = atlas;
        this.latencies = latencies;
        this.homeMs = homeMs;
        this.numbers = new int[regions.size()];
        this.byNumber = new int[RegionNumbers.AT_MOST];
        this.expectedMs = new double[regions.size()][];
        this.directions = new double[regions.size()][];
        Arrays.fill(byNumber, -1);
        for (int i = 0; i < regions.size(); i++) {
            numbers[i] = latencies.number(regions.get(i));
            if (numbers[i] != RegionNumbers.NONE) {
                byNumber[numbers[i]] = i;
            }
            expectedMs[i] = atlas.expectedMs(regions.get(i));
            Coordinate place = atlas.coordinate(regions.get(i).value());
            directions[i] = place == null ? UNKNOWN_DIRECTION : GreatCircle.unitVector(place);
        }
    }

    LatencyView view() {
        return latencies.view();
    }

    /** The number of the client's place in {@link PlaceDistances}. */
    int place(Client client) {
        return atlas.place(client);
    }

    /** The row of the client's smallest place with learned data, or {@link LatencyView#NONE}. */
    static int row(LatencyView view, Client client) {
        if (view.size() == 0) {
            return LatencyView.NONE;
        }
        int row = view.row(client.network());
        Coordinate at = client.coordinate();
        if (row == LatencyView.NONE && at != null) {
            row = view.row(PlaceKey.of(at));
        }
        String area = client.area();
        return row == LatencyView.NONE && area != null ? view.row(PlaceKey.of(area)) : row;
    }

    /**
     * The nearest of the regions in the mask, or -1 when unknown.
     *
     * @param mask bit i for region i
     */
    int nearest(LatencyView view, int row, Client client, int place, long mask) {
        if (row != LatencyView.NONE) {
            for (int position = 0; position < view.regions(); position++) {
                int number = view.ordered(row, position);
                int region = byNumber[number];
                if (region >= 0 && (mask >>> region & 1) != 0 && !Double.isNaN(view.ms(row, number))) {
                    return region;
                }
            }
        }
        boolean home = atlas.isHome(place);
        Coordinate at = client.coordinate();
        int nearest = at == null || home ? -1 : nearest(at, mask);
        double best = Double.POSITIVE_INFINITY;
        for (long left = nearest < 0 ? mask : 0; left != 0; left &= left - 1) {
            int region = Long.numberOfTrailingZeros(left);
            double ms = guessedMs(region, place, home);
            if (ms < best) {
                best = ms;
                nearest = region;
            }
        }
        return nearest;
    }

    /** The nearest by distance; of two points the one with the larger scalar product is nearer. */
    private int nearest(Coordinate at, long mask) {
        // Never leaves this method, so that compiled code keeps it in registers.
        double[] from = GreatCircle.unitVector(at);
        int nearest = -1;
        double best = Double.NEGATIVE_INFINITY;
        for (long left = mask; left != 0; left &= left - 1) {
            int region = Long.numberOfTrailingZeros(left);
            double[] to = directions[region];
            double cosine = to.length == 0 ? Double.NaN : GreatCircle.cosine(from, to);
            if (cosine > best) {
                best = cosine;
                nearest = region;
            }
        }
        return nearest;
    }

    /** The best known round trip from the client to that region in ms; NaN when unknown. */
    double ms(LatencyView view, int row, Client client, int place, int region) {
        double learned = row == LatencyView.NONE ? Double.NaN : view.ms(row, numbers[region]);
        Coordinate at = client.coordinate();
        boolean home = atlas.isHome(place);
        if (!Double.isNaN(learned) || at == null || directions[region].length == 0 || (home && homeMs[region] >= 0)) {
            return Double.isNaN(learned) ? guessedMs(region, place, home) : learned;
        }
        return GreatCircle.expectedRoundTripMs(GreatCircle.cosine(GreatCircle.unitVector(at), directions[region]));
    }

    /** The measured round trip in ms; NaN where it follows from distance alone. */
    double measuredMs(LatencyView view, int row, int place, int region) {
        double learned = row == LatencyView.NONE ? Double.NaN : view.measuredMs(row, numbers[region]);
        return Double.isNaN(learned) && atlas.isHome(place) ? homeMs[region] : learned;
    }

    /**
     * The extra round trip of this client to that region, compared with this node's usual client, in ms; 0 when
     * unknown.
     */
    double offsetMs(LatencyView view, int row, int region) {
        int everywhere = view.everywhere();
        if (row == LatencyView.NONE || everywhere == LatencyView.NONE) {
            return 0;
        }
        double offset = view.measuredMs(row, numbers[region]) - view.measuredMs(everywhere, numbers[region]);
        return Double.isNaN(offset) ? 0 : offset;
    }

    /** The number of samples behind the learned round trip. */
    double samples(LatencyView view, int row, int region) {
        return row == LatencyView.NONE ? 0 : view.samples(row, numbers[region]);
    }

    /** Those of the mask that are at most {@code windowMs} farther than the nearest; the mask itself when nothing is known. */
    long within(LatencyView view, int row, Client client, int place, long mask, double windowMs) {
        Coordinate at = row == LatencyView.NONE ? client.coordinate() : null;
        if (at != null && !atlas.isHome(place)) {
            return within(at, mask, windowMs);
        }
        double best = Double.POSITIVE_INFINITY;
        for (long left = mask; left != 0; left &= left - 1) {
            double ms = ms(view, row, client, place, Long.numberOfTrailingZeros(left));
            best = ms < best ? ms : best;
        }
        long near = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            int region = Long.numberOfTrailingZeros(left);
            if (ms(view, row, client, place, region) <= best + windowMs) {
                near |= 1L << region;
            }
        }
        return near == 0 ? mask : near;
    }

    /** By distance alone; the same with a single lookup of the client's place. */
    private long within(Coordinate at, long mask, double windowMs) {
        // Never leaves this method, so that compiled code keeps it in registers.
        double[] from = GreatCircle.unitVector(at);
        double best = -1;
        for (long left = mask; left != 0; left &= left - 1) {
            double[] to = directions[Long.numberOfTrailingZeros(left)];
            best = to.length == 0 ? best : Math.max(best, GreatCircle.cosine(from, to));
        }
        double bound = GreatCircle.expectedRoundTripMs(best) + windowMs;
        long near = 0;
        for (long left = mask; left != 0; left &= left - 1) {
            int region = Long.numberOfTrailingZeros(left);
            double[] to = directions[region];
            if (to.length > 0 && GreatCircle.expectedRoundTripMs(GreatCircle.cosine(from, to)) <= bound) {
                near |= 1L << region;
            }
        }
        return near == 0 ? mask : near;
    }

    private double guessedMs(int region, int place, boolean home) {
        if (home && homeMs[region] >= 0) {
            return homeMs[region];
        }
        return place == PlaceDistances.UNKNOWN ? Double.NaN : expectedMs[region][place];
    }
}
