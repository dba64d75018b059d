package dev.windrose.decide.route;

import dev.windrose.decide.geo.LatencyView;
import dev.windrose.model.Client;
import org.jspecify.annotations.Nullable;

/**
 * Takes the candidate nearest to the client, or any of those that are hardly farther; clients without a known place are
 * distributed by weight.
 */
final class Proximity implements Selector {

    /*
     * Always taking the nearest would let the data on all others grow old: a small share of the clients goes to another
     * candidate, but only from places whose clients report measurements, because without those nothing is learned. A
     * client with an affinity key is never used for that.
     *
     * The window is Azure Front Door's "latency sensitivity": of 15, 30 and 60 ms with a window of 30 the first two share.
     */

    private final Nearness nearness;
    private final Choice[] near;
    private final Choice[] explored;
    private final double[] weights;
    private final long all;
    private final double windowMs;
    private final int explore;
    private final Selector elsewhere;

    /**
     * Made for one set of candidates, of which the nearness knows the regions in the same order.
     *
     * @param near the answer for each when it is near
     * @param explored the answer for each when it is tried
     * @param windowMs 0 for the nearest alone
     * @param explore share of clients that try another candidate, 0 to 0.5
     * @param elsewhere for clients of unknown place
     */
    Proximity(
            Nearness nearness,
            Choice[] near,
            Choice[] explored,
            double[] weights,
            double windowMs,
            double explore,
            Selector elsewhere) {
        this.nearness = nearness;
        this.near = near;
        this.explored = explored;
        this.weights = weights;
        this.all = near.length == Long.SIZE ? -1 : (1L << near.length) - 1;
        this.windowMs = windowMs;
        this.explore = (int) (explore * Integer.MAX_VALUE);
        this.elsewhere = elsewhere;
    }

    @Override
    public Choice select(Client client, long sequence) {
        LatencyView view = nearness.view();
        int row = Nearness.row(view, client);
        // For a client that gives only a coordinate, the distance is more precise than its area.
        int place = client.area() == null ? PlaceDistances.UNKNOWN : nearness.place(client);
        int nearest = nearness.nearest(view, row, client, place, all);
        if (nearest < 0) {
            return elsewhere.select(client, sequence);
        }
        Choice tried = tried(view, row, client, sequence, nearest);
        if (tried != null) {
            return tried;
        }
        if (windowMs <= 0) {
            return near[nearest];
        }
        long window = nearness.within(view, row, client, place, all, windowMs) | 1L << nearest;
        return near[WeightedRoundRobin.pick(weights, window, sequence)];
    }

    private @Nullable Choice tried(LatencyView view, int row, Client client, long sequence, int nearest) {
        if (explore == 0
                || near.length < 2
                || row == LatencyView.NONE
                || client.affinityKey() != null
                || !view.learned(row)) {
            return null;
        }
        long mixed = BitMixer.mix(sequence ^ 0x5DEECE66DL);
        if ((int) (mixed >>> 33) >= explore) {
            return null;
        }
        int other = BitMixer.below(BitMixer.mix(mixed), near.length - 1);
        return explored[other >= nearest ? other + 1 : other];
    }
}
