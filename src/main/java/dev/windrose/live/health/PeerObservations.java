package dev.windrose.live.health;

import dev.windrose.decide.health.HealthFacts;
import dev.windrose.model.HealthStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The observations of other nodes, for as long as they are heard from. Ages are by this node's own clock. */
final class PeerObservations {

    private static final class Observer {
        final String region;
        final Map<Integer, HealthBoard> boards = new HashMap<>();
        long heardNanos;

        Observer(String region) {
            this.region = region;
        }
    }

    private final long ageNanos;
    private final Map<String, Observer> observers = new HashMap<>();
    private int live = 0;
    private long nowNanos;

    PeerObservations(Duration age) {
        this.ageNanos = age.toNanos();
    }

    /**
     * Stores a node's board. Only a board newer than a previous one is a sign of life: the first one may be the last of
     * a node long gone, relayed by a third.
     */
    void heard(String node, int bucket, HealthBoard board, long nowNanos) {
        Observer observer = observer(node, board.region(), nowNanos);
        HealthBoard before = observer.boards.put(bucket, board);
        if (before != null && before.sequence() != board.sequence()) {
            observer.heardNanos = nowNanos;
        }
    }

    void beat(String node, String region, long nowNanos) {
        observer(node, region, nowNanos).heardNanos = nowNanos;
    }

    private Observer observer(String node, String region, long nowNanos) {
        return observers.computeIfAbsent(node, key -> {
            Observer unheard = new Observer(region);
            unheard.heardNanos = nowNanos - ageNanos - 1;
            return unheard;
        });
    }

    /** Advances time. Nodes not heard from for too long no longer count; their boards are kept for their return. */
    void at(long now) {
        nowNanos = now;
        live = 0;
        for (Observer observer : observers.values()) {
            live += now - observer.heardNanos <= ageNanos ? 1 : 0;
        }
    }

    /** Observers heard from recently. */
    int live() {
        return live;
    }

    /** Each node's result for one check, whether it counts or not. */
    List<HealthMatrix.Sight> sights(String checkId) {
        List<HealthMatrix.Sight> sights = new ArrayList<>();
        int bucket = HealthBoard.bucket(checkId);
        new TreeMap<>(observers).forEach((node, observer) -> {
            HealthBoard board = observer.boards.get(bucket);
            HealthBoard.Seen seen = board == null ? null : board.seen().get(checkId);
            if (seen != null) {
                long ago = nowNanos - observer.heardNanos;
                sights.add(new HealthMatrix.Sight(
                        node,
                        observer.region,
                        false,
                        ago <= ageNanos,
                        seen.status(),
                        seen.latencyMs(),
                        seen.successRate(),
                        Math.max(0, ago / 1_000_000),
                        seen.sinceEpochMs(),
                        seen.cause()));
            }
        });
        return sights;
    }

    /** Each region's result for one check, including this region's other nodes. */
    Map<String, HealthFacts.Observation> say(String checkId) {
        Map<String, HealthFacts.Observation> said = new HashMap<>();
        int bucket = HealthBoard.bucket(checkId);
        for (Observer observer : observers.values()) {
            HealthBoard board = observer.boards.get(bucket);
            HealthBoard.Seen seen = board == null || nowNanos - observer.heardNanos > ageNanos
                    ? null
                    : board.seen().get(checkId);
            if (seen != null && seen.status() != HealthStatus.UNKNOWN) {
                said.put(
                        observer.region,
                        new HealthFacts.Observation(seen.status(), seen.latencyMs(), seen.successRate()));
            }
        }
        return said;
    }
}
