package dev.windrose.decide.member;

import java.util.Comparator;

/** Which of two clusters survives when they meet: the one with more regions, then more nodes, then the older. */
public final class ClusterPrecedence {

    private static final Comparator<NodeAnnouncement> BEST_FIRST = Comparator.comparingInt(NodeAnnouncement::regions)
            .thenComparingInt(NodeAnnouncement::nodes)
            .reversed()
            // One that does not know its id yet has just begun.
            .thenComparing(standing -> standing.cluster().isEmpty())
            .thenComparing(NodeAnnouncement::cluster)
            // Parts of one cluster that have downed each other.
            .thenComparing(NodeAnnouncement::address);

    /** The order of precedence of clusters, for members of different ones. */
    public static Comparator<NodeAnnouncement> bestFirst() {
        return BEST_FIRST;
    }

    /** Whether the two are members of clusters with different ids. */
    public static boolean apart(NodeAnnouncement mine, NodeAnnouncement other) {
        return mine.member()
                && other.member()
                && !mine.cluster().isEmpty()
                && !other.cluster().isEmpty()
                && !mine.cluster().equals(other.cluster());
    }

    /** Whether this node leaves its cluster to join the other's; never true for both. */
    public static boolean yields(NodeAnnouncement mine, NodeAnnouncement other) {
        return mine.member() && other.member() && BEST_FIRST.compare(mine, other) > 0;
    }

    private ClusterPrecedence() {}
}
