package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import dev.windrose.decide.health.HealthReport;
import dev.windrose.decide.health.HealthTrack;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The boards that this node writes: published when a status changed, a latency by more than a quarter, or a cause by
 * more than its numbers.
 */
final class OwnBoards {

    private static final double TOLERANCE = 0.25;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /**
     * Maximum length of all causes on one board, which travels in one message: when many targets fail, each cause is
     * shorter.
     */
    private static final int CAUSES_AT_MOST = 32_768;

    private static final int CAUSE_AT_LEAST = 120;

    /** How often a report is republished, with its age, before it expires. */
    private static final int RETOLD = 6;

    private final String region;
    private final Map<String, HealthBoard.Seen> seen = new HashMap<>();

    /** For each check, the result that triggered the last publication of its board. */
    private final Map<String, HealthBoard.Seen> notable = new HashMap<>();

    /** A report, and when it was received. */
    private record Taken(HealthReport report, long number, long nanos) {

        HealthBoard.Told told(long nowNanos) {
            return new HealthBoard.Told(
                    report.status(),
                    report.responseTimeMs(),
                    report.successRate(),
                    report.activeConnections(),
                    number,
                    (nowNanos - nanos) / 1_000_000);
        }
    }

    private final long reportAgeNanos;
    private final Map<String, Taken> reports = new HashMap<>();
    private long reportsToldNanos = 0;
    private final Set<Integer> changed = new HashSet<>();
    private @Nullable ActorRef<HealthExchange.Command> exchange = null;
    private long sequence = System.currentTimeMillis();

    /** @param reportAge age after which a report expires */
    OwnBoards(String region, Duration reportAge) {
        this.region = region;
        this.reportAgeNanos = reportAge.toNanos();
    }

    void connect(ActorRef<HealthExchange.Command> to) {
        if (to.equals(exchange)) {
            return;
        }
        exchange = to;
        seen.keySet().forEach(id -> changed.add(HealthBoard.bucket(id)));
        reports.keySet().forEach(id -> changed.add(HealthBoard.bucket(id)));
    }

    /** False when another exchange is connected. */
    boolean disconnect(ActorRef<HealthExchange.Command> from) {
        boolean was = from.equals(exchange);
        if (was) {
            exchange = null;
        }
        return was;
    }

    void seen(String id, HealthTrack track, String cause, long epochMs) {
        HealthBoard.Seen before = seen.get(id);
        long since = before != null && before.status() == track.status() ? before.sinceEpochMs() : epochMs;
        HealthBoard.Seen now =
                new HealthBoard.Seen(track.status(), track.latencyMs(), track.successRate(), since, cause);
        seen.put(id, now);
        HealthBoard.Seen told = notable.get(id);
        if (told == null || differs(told, now)) {
            notable.put(id, now);
            changed.add(HealthBoard.bucket(id));
        }
    }

    private static boolean differs(HealthBoard.Seen before, HealthBoard.Seen now) {
        // A target that never answered has no latency, which is not a change.
        boolean alike = Double.compare(before.latencyMs(), now.latencyMs()) == 0
                || Math.abs(before.latencyMs() - now.latencyMs()) <= TOLERANCE * before.latencyMs() + 1;
        return before.status() != now.status()
                || !alike
                || !kind(before.cause()).equals(kind(now.cause()));
    }

    /** A cause without its numbers, which differ from one check to the next. */
    private static String kind(String cause) {
        return NUMBER.matcher(cause).replaceAll("");
    }

    /** This node's newest result for a check, or null. */
    HealthBoard.@Nullable Seen of(String id) {
        return seen.get(id);
    }

    void told(HealthReport report, long nowNanos) {
        String name = report.region().value();
        if (reports.isEmpty()) {
            reportsToldNanos = nowNanos;
        }
        reports.put(name, new Taken(report, ++sequence, nowNanos));
        changed.add(HealthBoard.bucket(name));
    }

    /**
     * A board stays published for as long as its node lives. So expired reports are removed, and the others are
     * rewritten with their current age periodically: a node that joins later must not mistake them for new.
     */
    private void age(long nowNanos) {
        reports.entrySet().removeIf(each -> {
            boolean old = nowNanos - each.getValue().nanos() > reportAgeNanos;
            if (old) {
                changed.add(HealthBoard.bucket(each.getKey()));
            }
            return old;
        });
        if (nowNanos - reportsToldNanos > reportAgeNanos / RETOLD) {
            reportsToldNanos = nowNanos;
            reports.keySet().forEach(name -> changed.add(HealthBoard.bucket(name)));
        }
    }

    void retain(Set<String> ids) {
        seen.keySet().removeIf(id -> {
            boolean gone = !ids.contains(id);
            if (gone) {
                changed.add(HealthBoard.bucket(id));
            }
            return gone;
        });
        notable.keySet().retainAll(ids);
    }

    void publish(long nowNanos) {
        if (exchange == null) {
            return;
        }
        age(nowNanos);
        for (int bucket : changed) {
            exchange.tell(new HealthExchange.Publish(
                    bucket,
                    new HealthBoard(region, ++sequence, briefly(inBucket(seen, bucket)), told(bucket, nowNanos))));
        }
        changed.clear();
    }

    private Map<String, HealthBoard.Told> told(int bucket, long nowNanos) {
        Map<String, HealthBoard.Told> told = new HashMap<>();
        inBucket(reports, bucket).forEach((name, taken) -> told.put(name, taken.told(nowNanos)));
        return told;
    }

    private static Map<String, HealthBoard.Seen> briefly(Map<String, HealthBoard.Seen> part) {
        long causes =
                part.values().stream().filter(each -> !each.cause().isEmpty()).count();
        int each = (int) Math.max(CAUSE_AT_LEAST, CAUSES_AT_MOST / Math.max(1, causes));
        part.replaceAll((id, one) -> one.within(each));
        return part;
    }

    private static <V> Map<String, V> inBucket(Map<String, V> all, int bucket) {
        Map<String, V> part = new HashMap<>();
        all.forEach((name, value) -> {
            if (HealthBoard.bucket(name) == bucket) {
                part.put(name, value);
            }
        });
        return part;
    }
}
