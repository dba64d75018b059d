package dev.windrose.live.member;

import dev.windrose.model.RegionId;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Operations on the regions of the cluster. */
public interface Membership {

    /** How an eviction ended. */
    enum Result {
        /** Its nodes are no longer members. */
        DONE,
        /** The region has no node in the cluster. */
        ABSENT,
        /** It was heard of within the last seconds: a region that lives is stopped, not evicted. */
        ALIVE,
        /** It is this node's own region. */
        OWN
    }

    /**
     * The end of an eviction.
     *
     * @param nodes the addresses that are no longer members
     */
    record Evicted(Result result, List<String> nodes) {
        public Evicted {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Takes a region that is gone out of the cluster, so that others can become members meanwhile. When it comes back, its
     * nodes join again by themselves.
     */
    CompletionStage<Evicted> evict(RegionId region, String author, String reason);
}
