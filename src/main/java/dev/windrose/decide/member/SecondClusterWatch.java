package dev.windrose.decide.member;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node that is heard, and is no member of this one's cluster, is a member of a second one; and whether this node
 * leaves its own for that. For one thread at a time.
 */
public final class SecondClusterWatch {

    /** Another cluster is there for so long before this node leaves its own. */
    static final Duration LEAVES_AFTER = Duration.ofSeconds(2);

    /** One that has the same id, or does not know its own yet, may have joined a moment ago, or be about to end. */
    static final Duration SAME_ID_PATIENCE = Duration.ofSeconds(15);

    /**
     * A second cluster is there.
     *
     * @param detail for people: who is in it, and which of the two goes on
     * @param leaves this node leaves its own for it now
     */
    public record Sighting(String detail, boolean leaves) {}

    /** Since when members of other clusters are heard, by address. */
    private final Map<String, Long> sinceNanos = new HashMap<>();

    /**
     * A node has spoken that is no member of this one's cluster.
     *
     * @param mine of this node, which is in a cluster
     * @return null when it is in none, or may still turn out to be in this one
     */
    public @Nullable Sighting heard(NodeAnnouncement mine, NodeAnnouncement other, long nowNanos) {
        if (!other.member()) {
            forget(other.address());
            return null;
        }
        Duration patience = ClusterPrecedence.apart(mine, other) ? Duration.ZERO : SAME_ID_PATIENCE;
        long apart = nowNanos - sinceNanos.computeIfAbsent(other.address(), address -> nowNanos);
        if (apart < patience.toNanos()) {
            return null;
        }
        boolean yields = ClusterPrecedence.yields(mine, other);
        return new Sighting(
                "node [" + other.address() + "] is in cluster [" + other.cluster() + "] of [" + other.regions()
                        + "] regions, this node in [" + mine.cluster() + "] of [" + mine.regions() + "]: "
                        + (yields
                                ? "this node leaves its cluster and joins that one"
                                : "the nodes of that one join this one"),
                yields && apart >= patience.plus(LEAVES_AFTER).toNanos());
    }

    /** That node is a member of this one's cluster, or of none. */
    public void forget(String address) {
        sinceNanos.remove(address);
    }

    /** Nobody else is heard any more. */
    public void retain(Set<String> addresses) {
        sinceNanos.keySet().retainAll(addresses);
    }
}
