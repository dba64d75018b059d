package dev.windrose.watch;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** The meters of the routing API. Registered once per node. */
public final class HttpMeters {

    /** Decisions answered, those of batches included. */
    public static final String DECISIONS = "windrose.decisions";

    /** Other requests, by {@code status} class. */
    public static final String REQUESTS = "windrose.http.requests";

    private static final int CLASSES = 6;
    private static final int HUNDRED = 100;

    private final LongAdder decisions = new LongAdder();
    private final ListenMeters listen;
    private final LongAdder[] byClass = new LongAdder[CLASSES];

    public HttpMeters(MeterRegistry registry) {
        listen = new ListenMeters(registry, "api");
        FunctionCounter.builder(DECISIONS, decisions, LongAdder::sum).register(registry);
        for (int i = 0; i < CLASSES; i++) {
            byClass[i] = new LongAdder();
            FunctionCounter.builder(REQUESTS, byClass[i], LongAdder::sum)
                    .tag("status", i + "xx")
                    .register(registry);
        }
    }

    /** Those of its port. */
    public ListenMeters listen() {
        return listen;
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
