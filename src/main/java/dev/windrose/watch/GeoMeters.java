package dev.windrose.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** The meters of where clients are. */
public final class GeoMeters {

    /** Blocks of addresses that the networks file places. */
    public static final String NETWORKS = "windrose.geo.networks";

    /** 1 while the networks file cannot be used and what was read before stays. */
    public static final String REFUSED = "windrose.geo.refused";

    private final MeterRegistry registry;
    private final AtomicInteger refused = new AtomicInteger();

    public GeoMeters(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge(REFUSED, refused);
    }

    /** Whether that is news. */
    public boolean refused(boolean now) {
        return refused.getAndSet(now ? 1 : 0) != (now ? 1 : 0);
    }

    /** Shows how much is known. */
    public <T> void show(T source, ToDoubleFunction<T> networks) {
        Gauge.builder(NETWORKS, source, networks).register(registry);
    }
}
