package dev.windrose.live.health;

import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.HealthStatus;
import java.util.Map;
import java.util.Objects;

/**
 * What one node sees, for one bucket of targets. Written by that node alone.
 *
 * @param region of the observer
 * @param sequence grows with every change
 * @param seen by id of the check
 * @param reports from outside that this node took, by name of region
 */
public record HealthBoard(String region, long sequence, Map<String, Seen> seen, Map<String, Told> reports)
        implements WireMessage {

    /**
     * One target as the node sees it.
     *
     * @param latencyMs NaN when never measured
     * @param successRate 0 to 1
     * @param sinceEpochMs wall clock of the observer when it came to believe it; 0 when not told. For people only
     * @param cause why the last reading was no good one, or what was odd about a good one; empty otherwise
     */
    public record Seen(HealthStatus status, double latencyMs, double successRate, long sinceEpochMs, String cause) {

        private static final int CAUSE_AT_MOST = 120;

        public Seen {
            // Nodes of an earlier version do not tell it.
            String told = Objects.requireNonNullElse(cause, "");
            cause = told.length() <= CAUSE_AT_MOST ? told : told.substring(0, CAUSE_AT_MOST);
        }
    }

    /**
     * A report from outside.
     *
     * @param number tells this report from the one before
     */
    public record Told(
            HealthStatus status, double responseTimeMs, double successRate, long activeConnections, long number) {}

    /** Buckets that the targets are spread over, so that one entry stays small. */
    public static final int BUCKETS = 16;

    public HealthBoard {
        seen = Map.copyOf(seen);
        reports = Map.copyOf(reports);
    }

    static int bucket(String name) {
        return Math.floorMod(name.hashCode(), BUCKETS);
    }
}
