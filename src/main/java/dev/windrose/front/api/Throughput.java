package dev.windrose.front.api;

import akka.actor.typed.ActorSystem;
import dev.windrose.live.table.Director;
import dev.windrose.model.RuleId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Decisions per second of each rule, measured between two readings of its counter. */
public final class Throughput {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private record Look(long total, long nanos) {}

    private final Director director;
    private Map<RuleId, Look> looks = Map.of();
    private volatile Map<RuleId, Double> perSecond = Map.of();

    /** Reads every few seconds, scheduled by {@code system}. */
    public static Throughput start(ActorSystem<?> system, Director director) {
        Throughput throughput = new Throughput(director);
        system.scheduler()
                .scheduleWithFixedDelay(
                        LOOK_EVERY, LOOK_EVERY, () -> throughput.look(System.nanoTime()), system.executionContext());
        return throughput;
    }

    Throughput(Director director) {
        this.director = director;
    }

    double perSecond(RuleId rule) {
        return perSecond.getOrDefault(rule, 0.0);
    }

    /** Reads again; for one thread at a time. */
    synchronized void look(long nowNanos) {
        Map<RuleId, Look> next = new HashMap<>();
        Map<RuleId, Double> rates = new HashMap<>();
        for (RuleId rule : director.catalog().rules().keySet()) {
            Look now = new Look(director.tallies().counts(rule).total(), nowNanos);
            Look before = looks.get(rule);
            next.put(rule, now);
            if (before != null && nowNanos > before.nanos()) {
                rates.put(rule, Math.max(0, now.total() - before.total()) * 1e9 / (nowNanos - before.nanos()));
            }
        }
        looks = next;
        perSecond = rates;
    }
}
