package dev.windrose.front.http;

import dev.windrose.live.journal.JournalHistory;
import dev.windrose.live.member.ClusterControl;
import dev.windrose.live.member.NodeClock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What only operators ask for, and the time.
 *
 * @param history what happened to definitions; gives null while there is no control plane
 * @param cluster the cluster of nodes; gives null while there is no control plane
 * @param clock what time it is by most nodes
 */
public record Operations(
        Supplier<@Nullable JournalHistory> history, Supplier<@Nullable ClusterControl> cluster, NodeClock clock) {

    /** Of a node that knows no other. */
    public Operations(Supplier<@Nullable JournalHistory> history, Supplier<@Nullable ClusterControl> cluster) {
        this(history, cluster, NodeClock.ALONE);
    }
}
