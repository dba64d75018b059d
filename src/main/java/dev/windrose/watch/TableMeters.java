package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The meters of the table and its snapshots. */
public final class TableMeters {

    /** Time to compile and swap a table. */
    public static final String SWAP = "windrose.table.swap";

    /** Snapshots by {@code result}: saved or failed. */
    public static final String SNAPSHOTS = "windrose.table.snapshots";

    /** Time since the rules were last known to be those of the region's journal, in ms. */
    public static final String DATA_AGE = "windrose.table.data.age.ms";

    /** Active rules in the table. */
    public static final String RULES = "windrose.table.rules";

    /** Version of the table: counts up with every swap. */
    public static final String VERSION = "windrose.table.version";

    /** Definitions with a field that cannot be used, whose earlier text is used instead; 0 when all is well. */
    public static final String LAST_GOOD = "windrose.table.last.good";

    private final MeterRegistry registry;
    private final Timer swap;
    private final Counter saved;
    private final Counter failed;

    public TableMeters(MeterRegistry registry) {
        this.registry = registry;
        this.swap = registry.timer(SWAP);
        this.saved = registry.counter(SNAPSHOTS, "result", "saved");
        this.failed = registry.counter(SNAPSHOTS, "result", "failed");
    }

    public void swapped(long nanos) {
        swap.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void saved(boolean well) {
        (well ? saved : failed).increment();
    }

    /** Shows values of something that lives as long as the node. */
    public <T> void show(
            T source,
            ToDoubleFunction<T> ageMs,
            ToDoubleFunction<T> rules,
            ToDoubleFunction<T> version,
            ToDoubleFunction<T> lastGood) {
        Gauge.builder(DATA_AGE, source, ageMs).register(registry);
        Gauge.builder(RULES, source, rules).register(registry);
        Gauge.builder(LAST_GOOD, source, lastGood).register(registry);
        FunctionCounter.builder(VERSION, source, version).register(registry);
    }
}
