package dev.windrose.decide.member;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What other nodes said of themselves lately, the last word of each. Bounded, because anybody who reaches the port can
 * speak: when it is full, only those that are known already are heard. For one thread at a time.
 */
public final class HeardNodes {

    static final int AT_MOST = 1024;

    private record Heard(NodeAnnouncement standing, long atNanos) {}

    private final Map<String, Heard> heard = new HashMap<>();

    /** False when there is no room for one more. */
    public boolean hear(NodeAnnouncement standing, long nowNanos) {
        if (heard.size() >= AT_MOST && !heard.containsKey(standing.address())) {
            return false;
        }
        heard.put(standing.address(), new Heard(standing, nowNanos));
        return true;
    }

    /** Forgets those that have been silent for longer. */
    public void forget(Duration silent, long nowNanos) {
        heard.values().removeIf(last -> nowNanos - last.atNanos() > silent.toNanos());
    }

    /** What they said, by address. */
    public Map<String, NodeAnnouncement> lately() {
        Map<String, NodeAnnouncement> lately = new HashMap<>();
        heard.forEach((address, last) -> lately.put(address, last.standing()));
        return lately;
    }

    public Set<String> addresses() {
        return Set.copyOf(heard.keySet());
    }
}
