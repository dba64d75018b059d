package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters of the latency map. */
public final class LatencyMeters {

    /** Places whose round trips are remembered. */
    public static final String PLACES = "windrose.geo.latency.places";

    /** Places that were forgotten to make room. */
    public static final String FORGOTTEN = "windrose.geo.latency.forgotten";

    /**
     * Samples by {@code result}: taken; unknown (of a place or region that nobody knows, or no round trip); refused (more
     * of one block of addresses than are taken); dropped (the queue was full).
     */
    public static final String SAMPLES = "windrose.geo.latency.samples";

    /** Time to make a view for deciding. */
    public static final String VIEW = "windrose.geo.latency.view";

    /** Writes of the map by {@code result}: saved or failed. */
    public static final String SAVES = "windrose.geo.latency.saves";

    private final AtomicInteger places = new AtomicInteger();
    private final Counter forgotten;
    private final Counter taken;
    private final Counter unknown;
    private final Counter refused;
    private final Counter dropped;
    private final Timer view;
    private final Counter saved;
    private final Counter failed;

    public LatencyMeters(MeterRegistry registry) {
        registry.gauge(PLACES, places);
        forgotten = registry.counter(FORGOTTEN);
        taken = registry.counter(SAMPLES, "result", "taken");
        unknown = registry.counter(SAMPLES, "result", "unknown");
        refused = registry.counter(SAMPLES, "result", "refused");
        dropped = registry.counter(SAMPLES, "result", "dropped");
        view = registry.timer(VIEW);
        saved = registry.counter(SAVES, "result", "saved");
        failed = registry.counter(SAVES, "result", "failed");
    }

    public void places(int known, long newlyForgotten) {
        places.set(known);
        forgotten.increment((double) newlyForgotten);
    }

    public void taken(boolean known) {
        (known ? taken : unknown).increment();
    }

    public void refused() {
        refused.increment();
    }

    public void dropped() {
        dropped.increment();
    }

    public void viewed(long nanos) {
        view.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void saved(boolean well) {
        (well ? saved : failed).increment();
    }
}
