package dev.windrose.live.health;

import akka.actor.ClassicActorSystemProvider;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.ProbeRequest;
import dev.windrose.decide.health.Reading;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.Wires;
import dev.windrose.model.HealthCheck;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** Runs one check over the network. The stage always completes with a reading, within the timeout of the check. */
public final class Probe {

    /** How one kind of check speaks to its target. */
    interface Protocol {

        /**
         * Asks once. A failed stage is a failed reading; the caller takes care of the time.
         *
         * @param began when the check began, by {@link System#nanoTime}
         * @param deadlineNanos when everything of it is over, by the same; nothing is left then, no socket either
         */
        CompletableFuture<Reading> ask(CheckPlan.Check target, long began, long deadlineNanos);
    }

    private final Map<HealthCheck.Type, Protocol> protocols = new EnumMap<>(HealthCheck.Type.class);

    /**
     * Probes of one node.
     *
     * @param system runs the connections of gRPC checks
     * @param wires runs all others, and looks up names
     */
    public Probe(ClassicActorSystemProvider system, Wires wires) {
        SSLContext trusted = trustedByThePlatform();
        protocols.put(HealthCheck.Type.HTTP, new HttpProbe(new HttpClient(wires, () -> trusted)));
        protocols.put(HealthCheck.Type.TCP, new TcpProbe(wires));
        protocols.put(HealthCheck.Type.TLS, new TlsProbe(wires, trusted));
        protocols.put(HealthCheck.Type.GRPC, new GrpcProbe(system, wires));
        protocols.put(HealthCheck.Type.DNS, new DnsProbe(wires));
    }

    private static SSLContext trustedByThePlatform() {
        try {
            return SSLContext.getDefault();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    public CompletionStage<Reading> run(CheckPlan.Check target) {
        long began = System.nanoTime();
        CompletableFuture<Reading> running;
        try {
            Protocol protocol = protocols.get(request(target).type());
            running = protocol == null
                    ? CompletableFuture.failedFuture(new IllegalStateException("no probe of that type"))
                    : protocol.ask(
                            target, began, began + target.check().timeout().toNanos());
        } catch (RuntimeException e) {
            running = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Reading> asked = running;
        return asked.copy()
                .orTimeout(target.check().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .handle((good, failure) -> {
                    if (good != null) {
                        return good;
                    }
                    asked.cancel(true);
                    return Reading.failed(
                            sinceMs(began), cause(failure, target.check().timeout()));
                });
    }

    /** What is asked of a target; the same that its definition was checked by. */
    static ProbeRequest request(CheckPlan.Check target) {
        return ProbeRequest.of(target.endpoint(), target.check().question());
    }

    static double sinceMs(long began) {
        return (System.nanoTime() - began) / 1e6;
    }

    private static String cause(Throwable failure, Duration timeout) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof TimeoutException || cause.getCause() instanceof TimeoutException) {
            return "no answer within " + timeout.toMillis() + " ms";
        }
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        if (message.contains("Connection refused")) {
            return "connection refused";
        }
        // Ours say what they are.
        boolean ours = cause.getClass() == IOException.class
                || cause instanceof EOFException
                || cause instanceof ProbeRequest.Unaskable
                || cause instanceof Outbound.Refused;
        return ours ? message : cause.getClass().getSimpleName() + ": " + message;
    }
}
