package dev.windrose.live.pool;

import dev.windrose.watch.Alarms;
import dev.windrose.watch.PoolMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/** The pools of one node, their meters, and the alarm that is raised while one of them cannot keep up. */
public final class Pools implements AutoCloseable {

    /** Time between two checks. */
    public static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** A longer wait for a thread means that the pool cannot keep up. */
    private static final Duration WAITS_AT_MOST = Duration.ofSeconds(5);

    /** Number of good checks in a row that clear the alarm. */
    private static final int CALM_LOOKS = 10;

    private final PoolMeters meters;
    private final Alarms alarms;
    private final List<Pool> pools = new CopyOnWriteArrayList<>();
    private final Map<String, LongSupplier> loops = new ConcurrentHashMap<>();
    private final Map<String, Long> refused = new HashMap<>();
    private final Map<String, Integer> calm = new HashMap<>();

    public Pools(PoolMeters meters, Alarms alarms) {
        this.meters = meters;
        this.alarms = alarms;
    }

    /**
     * A pool.
     *
     * @param name of its purpose, for meters, threads and alarms
     * @param threads at most
     * @param queued tasks that may wait for a thread
     */
    public Pool open(String name, int threads, int queued) {
        Pool pool = new Pool(name, threads, queued);
        pools.add(pool);
        meters.pool(name, pool::size, pool::active, pool::queued, pool::refused);
        return pool;
    }

    /**
     * Monitors a thread that must never block, replacing a previous one of that name.
     *
     * @param stillNanos how long it has been blocked
     */
    public void turns(String name, LongSupplier stillNanos) {
        loops.put(name, stillNanos);
    }

    /** Raises and clears the alarms. Called every {@link #LOOK_EVERY}, by one thread at a time. */
    public synchronized void look() {
        loops.forEach((name, stillNanos) -> {
            long stillMs = stillNanos.getAsLong() / 1_000_000;
            alarms.set(
                    Alarms.Kind.PART_AWAY,
                    name,
                    stillMs <= WAITS_AT_MOST.toMillis()
                            ? null
                            : "its event loop has been stuck for [" + stillMs
                                    + "] ms, none of its connections makes progress; take a thread dump, then restart the node");
        });
        for (Pool pool : pools) {
            long now = pool.refused();
            Long before = refused.put(pool.name(), now);
            long waitingMs = pool.waitingNanos() / 1_000_000;
            if (now > (before == null ? 0 : before) || waitingMs > WAITS_AT_MOST.toMillis()) {
                calm.put(pool.name(), 0);
                alarms.raise(
                        Alarms.Kind.SATURATED,
                        "pool " + pool.name(),
                        "threads busy [" + pool.active() + "] of [" + pool.size() + "], tasks waiting ["
                                + pool.queued() + "], longest [" + waitingMs + "] ms, refused since the start ["
                                + now + "]");
            } else if (calm.merge(pool.name(), 1, Integer::sum) == CALM_LOOKS) {
                alarms.clear(Alarms.Kind.SATURATED, "pool " + pool.name());
            }
        }
    }

    @Override
    public void close() {
        new ArrayList<>(pools).forEach(Pool::close);
    }
}
