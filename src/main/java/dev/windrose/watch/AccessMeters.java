package dev.windrose.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** The meters of who calls. */
public final class AccessMeters {

    /** Fetches of the issuer's keys, by result. */
    public static final String JWKS = "windrose.access.jwks";

    private final Counter fetched;
    private final Counter failed;

    public AccessMeters(MeterRegistry registry) {
        fetched = Counter.builder(JWKS).tag("result", "fetched").register(registry);
        failed = Counter.builder(JWKS).tag("result", "failed").register(registry);
    }

    public void jwksFetched(boolean well) {
        (well ? fetched : failed).increment();
    }
}
