package dev.windrose.front.api;

import akka.actor.typed.ActorSystem;
import dev.windrose.decide.health.HealthPicture;
import dev.windrose.model.HealthStatus;
import dev.windrose.model.RegionId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Recent changes of regions' health as this node sees it, detected by periodic polling. Safe for all threads. */
public final class HealthEvents {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final int AT_MOST = 100;

    /** A change of a region's health. */
    record Event(RegionId region, HealthStatus status, long epochMs) {}

    private final Deque<Event> newestFirst = new ArrayDeque<>();
    private Map<RegionId, HealthStatus> before = Map.of();

    /** Polls every second, scheduled by {@code system}. */
    public static HealthEvents start(ActorSystem<?> system, Supplier<HealthPicture> picture) {
        HealthEvents events = new HealthEvents();
        system.scheduler()
                .scheduleWithFixedDelay(
                        LOOK_EVERY,
                        LOOK_EVERY,
                        () -> events.look(picture.get(), System.currentTimeMillis()),
                        system.executionContext());
        return events;
    }

    HealthEvents() {}

    /** Changes since the last poll are dated now. A region without observations is not a change. */
    synchronized void look(HealthPicture picture, long epochMs) {
        Map<RegionId, HealthStatus> now = new HashMap<>();
        picture.regions().forEach((region, summary) -> {
            now.put(region, summary.status());
            HealthStatus old = before.getOrDefault(region, HealthStatus.UNKNOWN);
            if (summary.status() != old) {
                newestFirst.addFirst(new Event(region, summary.status(), epochMs));
            }
        });
        while (newestFirst.size() > AT_MOST) {
            newestFirst.removeLast();
        }
        before = now;
    }

    synchronized List<Event> newestFirst() {
        return new ArrayList<>(newestFirst);
    }
}
