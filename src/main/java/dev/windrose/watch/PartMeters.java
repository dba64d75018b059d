package dev.windrose.watch;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The meters and alarms of the long-lived parts of a node. Registered once per node. */
public final class PartMeters {

    /** 1 while the {@code part} is there and waits for nothing, else 0. */
    public static final String UP = "windrose.part.up";

    /** Starts of the {@code part} since the node started, the first included. */
    public static final String STARTS = "windrose.part.starts";

    private final MeterRegistry registry;
    private final Alarms alarms;
    private final Map<String, AtomicInteger> up = new ConcurrentHashMap<>();
    private final Set<String> raised = ConcurrentHashMap.newKeySet();

    public PartMeters(MeterRegistry registry, Alarms alarms) {
        this.registry = registry;
        this.alarms = alarms;
    }

    public void started(String part) {
        registry.counter(STARTS, "part", part).increment();
    }

    /** @param why the part is missing; null when it is not */
    public void shown(String part, @Nullable String why) {
        gauge(part).set(why == null ? 1 : 0);
        if (why == null) {
            cleared(part);
        } else if (raised.add(part)) {
            // Once, with what was seen then: the time since is in the alarm already.
            alarms.raise(Alarms.Kind.PART_AWAY, part, why + "; it is restarted if it failed, decisions continue");
        }
    }

    /** The plane of the part has ended, and the part with it. */
    public void ended(String part) {
        gauge(part).set(0);
        cleared(part);
    }

    private void cleared(String part) {
        if (raised.remove(part)) {
            alarms.clear(Alarms.Kind.PART_AWAY, part);
        }
    }

    private AtomicInteger gauge(String part) {
        return up.computeIfAbsent(part, name -> {
            AtomicInteger value = new AtomicInteger();
            registry.gauge(UP, Tags.of("part", name), value);
            return value;
        });
    }
}
