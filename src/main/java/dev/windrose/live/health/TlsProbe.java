package dev.windrose.live.health;

import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.Outbound;
import dev.windrose.model.HealthStatus;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Shakes hands by TLS: the certificate must be trusted and name the host. One that expires soon is a degraded reading, so
 * that it is seen while there is still time.
 */
final class TlsProbe implements Probe.Protocol {

    private final Executor waiting;
    private final Outbound outbound;
    private final SSLContext context;

    TlsProbe(Executor waiting, Outbound outbound) {
        this(waiting, outbound, trustedByThePlatform());
    }

    /** @param context says whom to trust */
    TlsProbe(Executor waiting, Outbound outbound, SSLContext context) {
        this.waiting = waiting;
        this.outbound = outbound;
        this.context = context;
    }

    private static SSLContext trustedByThePlatform() {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    @Override
    public CompletableFuture<Reading> ask(CheckPlan.Check target, long began) {
        String subject = target.check().question().subject();
        String name = subject.isEmpty() ? target.endpoint().getHost() : subject;
        int port = Probe.port(target, 443);
        int timeoutMs = (int) target.check().timeout().toMillis();
        return CompletableFuture.supplyAsync(
                () -> {
                    try (Socket plain = outbound.connect(target.endpoint().getHost(), port, timeoutMs)) {
                        plain.setSoTimeout(timeoutMs);
                        try (SSLSocket socket =
                                (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true)) {
                            SSLParameters parameters = socket.getSSLParameters();
                            parameters.setEndpointIdentificationAlgorithm("HTTPS");
                            if (isName(name)) {
                                parameters.setServerNames(List.of(new SNIHostName(name)));
                            }
                            socket.setSSLParameters(parameters);
                            socket.startHandshake();
                            return judged(target, socket.getSession().getPeerCertificates(), began);
                        }
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                waiting);
    }

    /** Addresses are no server names. */
    private static boolean isName(String host) {
        return host.chars().anyMatch(Character::isLetter) && host.indexOf(':') < 0;
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
