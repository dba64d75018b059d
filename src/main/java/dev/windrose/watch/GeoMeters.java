package dev.windrose.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** The meters of where clients are. */
public final class GeoMeters {

    /** Blocks of addresses that the networks file places. */
    public static final String NETWORKS = "windrose.geo.networks";

    /** 1 while the {@link #TAG_FILE} cannot be used and what was read before stays. */
    public static final String REFUSED = "windrose.geo.refused";

    /** Blocks of addresses that the database places. */
    public static final String DATABASE_BLOCKS = "windrose.geo.database.blocks";

    /** Nodes of the database's search tree. */
    public static final String DATABASE_NODES = "windrose.geo.database.nodes";

    /** When the database was built, in seconds since 1970; 0 for none. */
    public static final String DATABASE_BUILT = "windrose.geo.database.built";

    /** Bytes of memory that what was read of the database takes. */
    public static final String DATABASE_BYTES = "windrose.geo.database.bytes";

    public static final String TAG_FILE = "file";

    private final MeterRegistry registry;
    private final AtomicInteger networksRefused = new AtomicInteger();
    private final AtomicInteger databaseRefused = new AtomicInteger();

    public GeoMeters(MeterRegistry registry) {
        this.registry = registry;
        registry.gauge(REFUSED, Tags.of(TAG_FILE, "networks"), networksRefused);
        registry.gauge(REFUSED, Tags.of(TAG_FILE, "database"), databaseRefused);
    }

    public void networksRefused(boolean refused) {
        networksRefused.set(refused ? 1 : 0);
    }

    public void databaseRefused(boolean refused) {
        databaseRefused.set(refused ? 1 : 0);
    }

    /** Shows how much the networks file says. */
    public <T> void showNetworks(T source, ToDoubleFunction<T> networks) {
        Gauge.builder(NETWORKS, source, networks).register(registry);
    }

    /** Shows what is known of the database. */
    public <T> void showDatabase(
            T source,
            ToDoubleFunction<T> blocks,
            ToDoubleFunction<T> nodes,
            ToDoubleFunction<T> built,
            ToDoubleFunction<T> bytes) {
        Gauge.builder(DATABASE_BLOCKS, source, blocks).register(registry);
        Gauge.builder(DATABASE_NODES, source, nodes).register(registry);
        Gauge.builder(DATABASE_BUILT, source, built).register(registry);
        Gauge.builder(DATABASE_BYTES, source, bytes).register(registry);
    }
}
