package dev.windrose.live.health;

import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.tls.CertificatePath;
import dev.windrose.model.HealthStatus;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Performs a TLS handshake: the certificate must be trusted and name the host. One that expires soon gives a degraded
 * reading, so that it is noticed in time.
 */
final class TlsProbe implements Probe.Protocol {

    private final OutboundLoop wires;
    private final Executor computing;

    TlsProbe(OutboundLoop wires, Executor computing) {
        this.wires = wires;
        this.computing = computing;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckInFlight asking) {
        // The time for verification is ours, not the target's.
        return wires.handshake(
                        asking.way(),
                        asking.request().serverName(),
                        asking.trust().context())
                .thenCompose(shown -> {
                    Reading answered = asking.answered();
                    return CompletableFuture.supplyAsync(() -> judged(asking, shown, answered), computing);
                });
    }

    private static Reading judged(CheckInFlight asking, List<Certificate> shown, Reading answered) {
        if (answered.status() == HealthStatus.UNHEALTHY) {
            return answered;
        }
        List<X509Certificate> chain = new ArrayList<>();
        shown.forEach(certificate -> {
            if (certificate instanceof X509Certificate x509) {
                chain.add(x509);
            }
        });
        int wanted = asking.question().certificateDays();
        Instant now = Instant.now();
        Instant until = CertificatePath.trustedUntil(
                chain, asking.trust().authorities(), now, now.plus(Duration.ofDays(wanted)));
        return until == null
                ? answered
                : new Reading(
                        HealthStatus.DEGRADED,
                        true,
                        answered.latencyMs(),
                        "certificate: expires " + until + " (expected: in " + wanted + " days or more)");
    }
}
