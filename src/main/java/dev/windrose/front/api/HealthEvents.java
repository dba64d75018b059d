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

    /** A region came to be believed so. */
    record Event(RegionId region, HealthStatus status, long epochMs) {}

    private final Deque<Event> newestFirst = new ArrayDeque<>();
    private Map<RegionId, HealthStatus> before = Map.of();

    /** Looks every second, by {@code system}. */
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

    /** What changed since the last look happened now, as far as anybody can tell. A region that nobody has looked at is no news. */
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
