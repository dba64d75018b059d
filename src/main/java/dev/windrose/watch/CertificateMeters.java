package dev.windrose.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** The meters of certificates. */
public final class CertificateMeters {

    /** When the certificate in use expires, or one of its issuers' that are shown with it, in seconds since 1970; 0 for none. */
    public static final String EXPIRES = "windrose.certificate.expires";

    /** 1 while what is in the files cannot be used, and what was read before stays. */
    public static final String REFUSED = "windrose.certificate.refused";

    /** Authorities whose certificates are believed: two while one takes the place of another. */
    public static final String AUTHORITIES = "windrose.certificate.authorities";

    /** {@code http} or {@code node}. */
    public static final String TAG_USE = "use";

    private final MeterRegistry registry;

    public CertificateMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows values of something that lives as long as the node. */
    public <T> void show(
            String use,
            T source,
            ToDoubleFunction<T> expires,
            ToDoubleFunction<T> refused,
            ToDoubleFunction<T> authorities) {
        Gauge.builder(EXPIRES, source, expires).tag(TAG_USE, use).register(registry);
        Gauge.builder(REFUSED, source, refused).tag(TAG_USE, use).register(registry);
        Gauge.builder(AUTHORITIES, source, authorities).tag(TAG_USE, use).register(registry);
    }
}
