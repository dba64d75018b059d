package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** The meters of the routing API. Registered once per node. */
public final class HttpMeters {

    /** Decisions answered, those of batches included. */
    public static final String DECISIONS = "windrose.decisions";

    /** Other requests, by {@code status} class. */
    public static final String REQUESTS = "windrose.http.requests";

    /** Connections that were refused or ended, and requests that were refused, by {@code why}. */
    public static final String REFUSED = "windrose.http.refused";

    /** Connections that are open. */
    public static final String CONNECTIONS = "windrose.http.connections";

    /** Why a connection or a request was refused. */
    public enum Refusal {
        /** There are as many connections as there may be. */
        CONNECTIONS,
        /** The address has as many as it may have. */
        CONNECTIONS_OF_ADDRESS,
        /** The address asks more often than it may. */
        REQUESTS_OF_ADDRESS,
        /** The address kept the node waiting too often: its connection is held. */
        HELD,
        /** The headers of a request did not arrive in time. */
        SLOW_HEADERS,
        /** The client did not read, or did not ask, in time. */
        SLOW
    }

    private static final int CLASSES = 6;
    private static final int HUNDRED = 100;

    private final LongAdder decisions = new LongAdder();
    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
    private final MeterRegistry registry;
    private final LongAdder[] byClass = new LongAdder[CLASSES];

    public HttpMeters(MeterRegistry registry) {
        this.registry = registry;
        for (Refusal why : Refusal.values()) {
            refused.put(
                    why,
                    Counter.builder(REFUSED)
                            .tag("why", why.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        FunctionCounter.builder(DECISIONS, decisions, LongAdder::sum).register(registry);
        for (int i = 0; i < CLASSES; i++) {
            byClass[i] = new LongAdder();
            FunctionCounter.builder(REQUESTS, byClass[i], LongAdder::sum)
                    .tag("status", i + "xx")
                    .register(registry);
        }
    }

    public void refused(Refusal why) {
        Counter counter = refused.get(why);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Shows how many are open. */
    public void connections(Supplier<Number> open) {
        Gauge.builder(CONNECTIONS, open).register(registry);
    }

    public void decided() {
        decisions.increment();
    }

    public void decided(long count) {
        decisions.add(count);
    }

    /** @param status 100 to 599 */
    public void answered(int status) {
        byClass[Math.min(CLASSES - 1, status / HUNDRED)].increment();
    }
}
