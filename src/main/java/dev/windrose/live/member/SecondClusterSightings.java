package dev.windrose.live.member;

import dev.windrose.watch.Alarms;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sightings of a second cluster. The alarm is kept for a minute after the last one, so that it is visible although such
 * a cluster ends by itself within seconds. Outlives the control planes of its node. Safe for all threads.
 */
public final class SecondClusterSightings {

    static final Duration TOLD_FOR = Duration.ofMinutes(1);

    /** The subject of these alarms. */
    static final String SOURCE = "cluster";

    private final Alarms alarms;
    private @Nullable String detail = null;
    private long lastNanos;

    public SecondClusterSightings(Alarms alarms) {
        this.alarms = alarms;
    }

    /** Another cluster was seen. */
    public synchronized void seen(String what, long nowNanos) {
        lastNanos = nowNanos;
        if (!what.equals(detail)) {
            detail = what;
            alarms.raise(Alarms.Kind.TWO_CLUSTERS, SOURCE, what);
        }
    }

    /** Advances time. */
    public synchronized void passed(long nowNanos) {
        if (detail != null && nowNanos - lastNanos > TOLD_FOR.toNanos()) {
            detail = null;
            alarms.clear(Alarms.Kind.TWO_CLUSTERS, SOURCE);
        }
    }
}
