package dev.windrose.watch;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** The meters of pools of threads, by {@code pool}. */
public final class PoolMeters {

    /** Threads that a pool may have. */
    public static final String THREADS = "windrose.pool.threads";

    /** Threads of a pool that do something now. */
    public static final String ACTIVE = "windrose.pool.active";

    /** Tasks that wait for a thread of a pool. */
    public static final String QUEUED = "windrose.pool.queued";

    /** Tasks that a pool has refused because too many waited. */
    public static final String REFUSED = "windrose.pool.refused";

    private final MeterRegistry registry;

    public PoolMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    public void pool(
            String name,
            Supplier<Number> threads,
            Supplier<Number> active,
            Supplier<Number> queued,
            Supplier<Number> refused) {
        Gauge.builder(THREADS, threads).tag("pool", name).register(registry);
        Gauge.builder(ACTIVE, active).tag("pool", name).register(registry);
        Gauge.builder(QUEUED, queued).tag("pool", name).register(registry);
        FunctionCounter.builder(REFUSED, refused, given -> given.get().doubleValue())
                .tag("pool", name)
                .register(registry);
    }
}
