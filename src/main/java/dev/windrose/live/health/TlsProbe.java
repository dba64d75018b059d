package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.ProbeRequest;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Wires;
import dev.windrose.model.HealthStatus;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;

/**
 * Shakes hands by TLS: the certificate must be trusted and name the host. One that expires soon is a degraded reading, so
 * that it is seen while there is still time.
 */
final class TlsProbe implements Probe.Protocol {

    private final Wires wires;
    private final SSLContext context;

    /** @param context says whom to trust */
    TlsProbe(Wires wires, SSLContext context) {
        this.wires = wires;
        this.context = context;
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began, long deadlineNanos) {
        ProbeRequest request = Probe.request(target);
        return wires.handshake(
                request.host(),
                request.port(),
                request.serverName(),
                context,
                deadlineNanos,
                session -> judged(target, session.getPeerCertificates(), began));
    }

    private static Reading judged(CheckPlan.Check target, Certificate[] chain, long began) {
        Reading answered = Reading.answered(target.check(), Probe.sinceMs(began), target.allowanceMs());
        Instant expires = Instant.MAX;
        for (Certificate certificate : chain) {
            if (certificate instanceof X509Certificate x509
                    && x509.getNotAfter().toInstant().isBefore(expires)) {
                expires = x509.getNotAfter().toInstant();
            }
        }
        Duration left = Duration.between(Instant.now(), expires);
        int wanted = target.check().question().certificateDays();
        if (left.compareTo(Duration.ofDays(wanted)) >= 0 || answered.status() == HealthStatus.UNHEALTHY) {
            return answered;
        }
        return new Reading(
                HealthStatus.DEGRADED,
                true,
                answered.latencyMs(),
                "certificate: expires " + expires + " (expected: in " + wanted + " days or more)");
    }
}
