package dev.windrose.decide.member;

import java.util.Comparator;

/** Which of two clusters goes on when they find each other: the one with more regions, then more nodes, then the older. */
public final class Islands {

    private static final Comparator<Standing> BEST_FIRST = Comparator.comparingInt(Standing::regions)
            .thenComparingInt(Standing::nodes)
            .reversed()
            // One that does not know its id yet has just begun.
            .thenComparing(standing -> standing.cluster().isEmpty())
            .thenComparing(Standing::cluster);

    /** The order in which clusters go on, for members of different ones. */
    public static Comparator<Standing> bestFirst() {
        return BEST_FIRST;
    }

    /** Whether the two are members of different clusters. */
    public static boolean apart(Standing mine, Standing other) {
        return mine.member()
                && other.member()
                && !mine.cluster().isEmpty()
                && !other.cluster().isEmpty()
                && !mine.cluster().equals(other.cluster());
    }

    /** Whether this node leaves its cluster for the other's; never so for both. */
    public static boolean yields(Standing mine, Standing other) {
        return apart(mine, other) && BEST_FIRST.compare(mine, other) > 0;
    }

    private Islands() {}
}
