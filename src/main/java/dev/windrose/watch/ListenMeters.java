package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The meters of one of the ports that others connect to, by {@code port}. Registered once per node and port. */
public final class ListenMeters {

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
        SLOW,
        /** What was said on the cluster port is not what a node says. */
        NOT_A_NODE
    }

    private final Map<Refusal, Counter> refused = new EnumMap<>(Refusal.class);
    private final MeterRegistry registry;
    private volatile Supplier<Number> open = () -> 0;
    private final String port;

    /** @param port {@code api}, {@code manage} or {@code cluster} */
    public ListenMeters(MeterRegistry registry, String port) {
        this.registry = registry;
        this.port = port;
        for (Refusal why : Refusal.values()) {
            refused.put(
                    why,
                    Counter.builder(REFUSED)
                            .tag("port", port)
                            .tag("why", why.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    public void refused(Refusal why) {
        Counter counter = refused.get(why);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Shows how many are open, of whoever listens now: a control plane that starts again listens anew. */
    public void connections(Supplier<Number> now) {
        open = now;
        Gauge.builder(CONNECTIONS, () -> open.get()).tag("port", port).register(registry);
    }
}
