package dev.windrose.live.member;

import dev.windrose.model.RegionId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Operations on the regions of the cluster. */
public interface Membership {

    /** The status of an eviction. */
    enum Result {
        /** Its nodes are no longer members. */
        DONE,
        /** The region has no node in the cluster. */
        ABSENT,
        /** It was heard from within the last seconds: a live region is stopped, not evicted. */
        ALIVE,
        /** It is this node's own region. */
        OWN
    }

    /**
     * The outcome of an eviction.
     *
     * @param nodes the addresses that are no longer members
     */
    record Evicted(Result result, List<String> nodes) {
        public Evicted {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Removes an unreachable region from the cluster, so that others can join. When it comes back, its nodes rejoin by
     * themselves.
     */
    CompletionStage<Evicted> evict(RegionId region, String author, String reason);
}
