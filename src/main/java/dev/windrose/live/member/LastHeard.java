package dev.windrose.live.member;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each node was last heard from. The cluster itself reports for other data centers only whether all of one can be
 * reached. Safe for all threads.
 */
public final class LastHeard {

    private final Map<String, Long> heard = new ConcurrentHashMap<>();
    private final long ageNanos;
    private final long sinceNanos;

    /** @param nowNanos when this node began to listen */
    public LastHeard(long nowNanos) {
        this(Eviction.HEARD_WITHIN, nowNanos);
    }

    LastHeard(Duration age, long nowNanos) {
        this.ageNanos = age.toNanos();
        this.sinceNanos = nowNanos;
    }

    /** A heartbeat of a node. */
    void heard(String node, long nowNanos) {
        heard.put(node, nowNanos);
        heard.values().removeIf(at -> nowNanos - at >= ageNanos);
    }

    /** Whether the node was heard from recently, or there was no time yet to hear from it. */
    boolean lately(String node, long nowNanos) {
        return nowNanos - heard.getOrDefault(node, sinceNanos) < ageNanos;
    }
}
