package dev.windrose.live.health;

import dev.windrose.live.wire.WireMessage;
import dev.windrose.model.HealthStatus;
import java.util.Map;
import java.util.Objects;

/**
 * One node's observations for one bucket of targets. Written by that node alone.
 *
 * @param region of the observer
 * @param sequence grows with every change
 * @param seen by id of the check
 * @param reports external reports that this node received, by name of region
 */
public record HealthBoard(String region, long sequence, Map<String, Seen> seen, Map<String, Told> reports)
        implements WireMessage {

    /**
     * One target as the node sees it.
     *
     * @param latencyMs NaN when never measured
     * @param successRate 0 to 1
     * @param sinceEpochMs the observer's wall clock at the last change of status; 0 when unknown. For people only
     * @param cause why the last reading was not healthy, or an anomaly of a healthy one; empty otherwise
     */
    public record Seen(HealthStatus status, double latencyMs, double successRate, long sinceEpochMs, String cause) {

        /** Maximum length of a cause; no reading of this version has a longer one. */
        static final int CAUSE_AT_MOST = 403;

        private static final String MORE = "...";

        public Seen {
            // An unknown status of a later version is ignored.
            status = Objects.requireNonNullElse(status, HealthStatus.UNKNOWN);
            // Nodes of an earlier version do not send it.
            cause = cut(Objects.requireNonNullElse(cause, ""), CAUSE_AT_MOST);
        }

        /** The same with a cause truncated to that many characters, with an ellipsis. */
        Seen within(int atMost) {
            return cause.length() <= atMost
                    ? this
                    : new Seen(status, latencyMs, successRate, sinceEpochMs, cut(cause, atMost - MORE.length()) + MORE);
        }

        private static String cut(String text, int atMost) {
            if (text.length() <= atMost) {
                return text;
            }
            // A surrogate pair must not be split.
            return text.substring(0, Character.isHighSurrogate(text.charAt(atMost - 1)) ? atMost - 1 : atMost);
        }
    }

    /**
     * An external report.
     *
     * @param number distinguishes this report from the previous one
     * @param ageMs its age when the board was written, by the clock of the node that received it; 0 from nodes of
     *     earlier versions, which do not send it
     */
    public record Told(
            HealthStatus status,
            double responseTimeMs,
            double successRate,
            long activeConnections,
            long number,
            long ageMs) {

        public Told {
            status = Objects.requireNonNullElse(status, HealthStatus.UNKNOWN);
        }
    }

    /** Number of buckets for targets, so that one entry stays small. */
    public static final int BUCKETS = 16;

    public HealthBoard {
        seen = Map.copyOf(seen);
        reports = Map.copyOf(reports);
    }

    static int bucket(String name) {
        return Math.floorMod(name.hashCode(), BUCKETS);
    }
}
