package dev.windrose.watch;

import dev.windrose.model.HealthStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of health. Registered once per node. */
public final class HealthMeters {

    /** Checks that ended, by {@code result}: the status of the single reading. */
    public static final String CHECKS = "windrose.health.checks";

    /** Changes of what this node believes of a target by its own checks. */
    public static final String TRANSITIONS = "windrose.health.transitions";

    /** Targets that this node checks. */
    public static final String TARGETS = "windrose.health.targets";

    /** Targets that nobody checks because there are too many. */
    public static final String LEFT_OUT = "windrose.health.left.out";

    /** Checks that began late because the one before was still running. */
    public static final String LATE = "windrose.health.late";

    /** Checks that went badly while this node itself stood still, and were repeated for that. */
    public static final String STALLED = "windrose.health.stalled";

    /** Observers in other regions that were heard of lately. */
    public static final String OBSERVERS = "windrose.health.observers";

    private final Map<HealthStatus, Counter> checks = new ConcurrentHashMap<>();
    private final Counter transitions;
    private final Counter late;
    private final Counter stalled;
    private final AtomicInteger targets = new AtomicInteger();
    private final AtomicInteger leftOut = new AtomicInteger();
    private final AtomicInteger observers = new AtomicInteger();

    public HealthMeters(MeterRegistry registry) {
        for (HealthStatus status : HealthStatus.values()) {
            checks.put(status, registry.counter(CHECKS, "result", status.wireName()));
        }
        transitions = registry.counter(TRANSITIONS);
        late = registry.counter(LATE);
        stalled = registry.counter(STALLED);
        registry.gauge(TARGETS, targets);
        registry.gauge(LEFT_OUT, leftOut);
        registry.gauge(OBSERVERS, observers);
    }

    public void checked(HealthStatus reading) {
        Counter counter = checks.get(reading);
        if (counter != null) {
            counter.increment();
        }
    }

    public void transition() {
        transitions.increment();
    }

    public void late() {
        late.increment();
    }

    public void stalled() {
        stalled.increment();
    }

    public void targets(int checked, int notChecked) {
        targets.set(checked);
        leftOut.set(notChecked);
    }

    public void observers(int live) {
        observers.set(live);
    }
}
