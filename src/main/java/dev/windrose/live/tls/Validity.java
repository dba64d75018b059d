package dev.windrose.live.tls;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The validity period of a certificate: the intersection of the periods of all certificates presented with it.
 *
 * @param until exclusive
 */
record Validity(Instant from, Instant until) {

    /** Longest time before the end for which it is {@link Phase#SOON}. */
    private static final Duration SOON_AT_MOST = Duration.ofDays(14);

    /** The phase of a certificate's life. */
    enum Phase {
        /** Not valid yet; or a clock is wrong. */
        EARLY,
        GOOD,
        /** Valid, in the last third of its life and the last 14 days: it should have been replaced. */
        SOON,
        /** Expired. */
        OVER;

        /** Whether it is currently valid. */
        boolean good() {
            return this == GOOD || this == SOON;
        }
    }

    /** @param chain one or more */
    static Validity of(List<X509Certificate> chain) {
        Instant from = Instant.MIN;
        Instant until = Instant.MAX;
        for (X509Certificate certificate : chain) {
            Instant begins = certificate.getNotBefore().toInstant();
            Instant ends = certificate.getNotAfter().toInstant();
            from = begins.isAfter(from) ? begins : from;
            until = ends.isBefore(until) ? ends : until;
        }
        return new Validity(from, until);
    }

    Phase at(Instant now) {
        if (!now.isBefore(until)) {
            return Phase.OVER;
        }
        if (now.isBefore(from)) {
            return Phase.EARLY;
        }
        Duration third = Duration.between(from, until).dividedBy(3);
        Duration soon = third.compareTo(SOON_AT_MOST) < 0 ? third : SOON_AT_MOST;
        return Duration.between(now, until).compareTo(soon) <= 0 ? Phase.SOON : Phase.GOOD;
    }
}
