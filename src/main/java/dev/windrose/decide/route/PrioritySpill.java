package dev.windrose.decide.route;

import java.util.Arrays;
import java.util.List;

/** Divides traffic among levels of priority by how healthy each of them is. */
public final class PrioritySpill {

    /*
     * A level carries the whole load as long as its healthy share, times the over-provisioning, covers it; the
     * remainder goes to the next level. When all levels together cannot cover it, the load is divided in proportion to
     * what each can, and the total shows the shortfall. Source: priority levels of Envoy.
     */

    /** The factor by which a level can carry more than its healthy share, because it is over-provisioned. */
    public static final double OVER_PROVISIONING = 1.4;

    /**
     * The outcome.
     *
     * @param percents of the load for each level, summing to 100; all 0 when nothing is healthy
     * @param totalHealth what all levels together can cover, 0 to 100
     */
    public record Loads(List<Integer> percents, int totalHealth) {
        public Loads {
            percents = List.copyOf(percents);
        }
    }

    /**
     * Divides the load.
     *
     * @param healthy percent of each level that is healthy, 0 to 100, most preferred level first
     * @param factor over-provisioning, at least 1
     */
    public static Loads of(int[] healthy, double factor) {
        int[] covers = new int[healthy.length];
        int total = 0;
        for (int i = 0; i < healthy.length; i++) {
            // As whole percents, because that is what the published vectors are in; 71 x 1.4 is 99 and not 99.4.
            covers[i] = Math.min(100, (int) Math.floor(healthy[i] * factor + 1e-9));
            total += covers[i];
        }
        total = Math.min(100, total);
        int[] loads = new int[healthy.length];
        int left = 100;
        int first = -1;
        for (int i = 0; i < healthy.length && total > 0; i++) {
            loads[i] = Math.min(left, covers[i] * 100 / total);
            left -= loads[i];
            first = first < 0 && covers[i] > 0 ? i : first;
        }
        if (first >= 0) {
            // Rounding leaves less than one percent per level, which the first healthy one takes.
            loads[first] += left;
        }
        return new Loads(Arrays.stream(loads).boxed().toList(), total);
    }

    private PrioritySpill() {}
}
