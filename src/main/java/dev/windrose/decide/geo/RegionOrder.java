package dev.windrose.decide.geo;

/** Sorts regions, the nearest first, with hysteresis against small differences. */
final class RegionOrder {

    /*
     * Afterwards every region that is nearer than another one by more than the bonus precedes it, whatever the order
     * was before; of two that are closer to each other than that, the one that was ahead stays ahead, unless a third
     * one had to be passed. So for every set of candidates the first of them in this order is at most the bonus farther
     * than the nearest, and changes only when it is beaten by more.
     *
     * Each is inserted before the first one that it beats. That cannot be before one that beats it: what beats it also
     * beats whatever it beats, and so already precedes that one.
     */

    /**
     * @param before the previous order; regions that are not in it come last
     * @param ms the round trips by number of the region; NaN when not known, and then after all others
     */
    static byte[] next(byte[] before, double[] ms, double bonusMs) {
        byte[] order = new byte[ms.length];
        for (int count = 0; count < order.length; count++) {
            byte region = before.length > count ? before[count] : (byte) count;
            // Without a previous order there is nothing to keep.
            double bonus = before.length > count ? bonusMs : 0;
            int at = 0;
            while (at < count && !beats(ms[region], ms[order[at]], bonus)) {
                at++;
            }
            System.arraycopy(order, at, order, at + 1, count - at);
            order[at] = region;
        }
        return order;
    }

    private static boolean beats(double ms, double other, double bonusMs) {
        return ms + bonusMs < other || (Double.isNaN(other) && !Double.isNaN(ms));
    }

    private RegionOrder() {}
}
