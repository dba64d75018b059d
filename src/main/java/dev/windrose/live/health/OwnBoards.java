package dev.windrose.live.health;

import akka.actor.typed.ActorRef;
import dev.windrose.decide.health.HealthTrack;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The boards that this node writes: told to the others when a belief changed, or a latency by more than a quarter. */
final class OwnBoards {

    private static final double TOLERANCE = 0.25;

    private final String region;
    private final Map<String, HealthBoard.Seen> seen = new HashMap<>();
    private final Map<String, HealthBoard.Told> reports = new HashMap<>();
    private final Set<Integer> changed = new HashSet<>();
    private @Nullable ActorRef<HealthExchange.Command> exchange = null;
    private long sequence = System.currentTimeMillis();

    OwnBoards(String region) {
        this.region = region;
    }

    void connect(ActorRef<HealthExchange.Command> to) {
        if (to.equals(exchange)) {
            return;
        }
        exchange = to;
        seen.keySet().forEach(id -> changed.add(HealthBoard.bucket(id)));
        reports.keySet().forEach(id -> changed.add(HealthBoard.bucket(id)));
    }

    /** False when it is another one that is connected. */
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
        if (before == null
                || before.status() != now.status()
                || !(Math.abs(before.latencyMs() - now.latencyMs()) <= TOLERANCE * before.latencyMs() + 1)) {
            seen.put(id, now);
            changed.add(HealthBoard.bucket(id));
        }
    }

    /** What this node told last of a check, or null when it told nothing. */
    HealthBoard.@Nullable Seen of(String id) {
        return seen.get(id);
    }

    void told(HealthReport report) {
        String name = report.region().value();
        reports.put(
                name,
                new HealthBoard.Told(
                        report.status(),
                        report.responseTimeMs(),
                        report.successRate(),
                        report.activeConnections(),
                        ++sequence));
        changed.add(HealthBoard.bucket(name));
    }

    void retain(Set<String> ids) {
        seen.keySet().removeIf(id -> {
            boolean gone = !ids.contains(id);
            if (gone) {
                changed.add(HealthBoard.bucket(id));
            }
            return gone;
        });
    }

    void publish() {
        if (exchange == null) {
            return;
        }
        for (int bucket : changed) {
            exchange.tell(new HealthExchange.Publish(
                    bucket, new HealthBoard(region, ++sequence, inBucket(seen, bucket), inBucket(reports, bucket))));
        }
        changed.clear();
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
