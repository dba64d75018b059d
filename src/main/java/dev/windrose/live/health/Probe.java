package dev.windrose.live.health;

import akka.actor.ClassicActorSystemProvider;
import dev.windrose.decide.health.AddressPool;
import dev.windrose.decide.health.CheckPlan;
import dev.windrose.decide.health.Reading;
import dev.windrose.decide.reach.ProbeRequest;
import dev.windrose.live.reach.DialAttempts;
import dev.windrose.live.reach.HttpClient;
import dev.windrose.live.reach.Outbound;
import dev.windrose.live.reach.OutboundLoop;
import dev.windrose.live.tls.Authorities;
import dev.windrose.live.tls.Trust;
import dev.windrose.model.HealthCheck;
import dev.windrose.model.HealthStatus;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs one check over the network. The stage always completes with a reading, within the timeout of the check. */
public final class Probe {

    /** The protocol of one kind of check. */
    interface Protocol {

        /** Probes once. A failed stage is a failed reading; the caller enforces the timeout. */
        CompletableFuture<Reading> ask(CheckInFlight asking);
    }

    private static final long EARLIER_AT_MOST_NANOS = Duration.ofMillis(20).toNanos();

    private final Map<HealthCheck.Type, Protocol> protocols = new EnumMap<>(HealthCheck.Type.class);
    private final OutboundLoop wires;
    private final Authorities authorities;

    /**
     * Probes of one node.
     *
     * @param system runs the connections of gRPC checks
     * @param wires runs all others, and resolves names
     * @param authorities the trusted certificate authorities
     * @param computing runs longer computations that never block
     */
    public Probe(ClassicActorSystemProvider system, OutboundLoop wires, Authorities authorities, Executor computing) {
        this.wires = wires;
        this.authorities = authorities;
        protocols.put(HealthCheck.Type.HTTP, new HttpProbe(new HttpClient(wires, () -> usual().context())));
        protocols.put(HealthCheck.Type.TCP, new TcpProbe(wires));
        protocols.put(HealthCheck.Type.TLS, new TlsProbe(wires, computing));
        protocols.put(HealthCheck.Type.GRPC, new GrpcProbe(system, wires));
        protocols.put(HealthCheck.Type.DNS, new DnsProbe(wires));
    }

    private Trust usual() {
        try {
            return authorities.of("");
        } catch (IOException e) {
            throw new IllegalStateException("the usual authorities are always there", e);
        }
    }

    public CompletionStage<Reading> run(CheckPlan.Check target) {
        long began = System.nanoTime();
        Duration timeout = target.check().timeout();
        HealthCheck.Request manner = target.check().question().request();
        DialAttempts trail = new DialAttempts();
        CompletableFuture<Reading> running;
        boolean named = false;
        try {
            ProbeRequest request =
                    ProbeRequest.ofStored(target.endpoint(), target.check().question());
            named = !Outbound.isAddress(request.host()) && !manner.eachAddress();
            Trust trust = authorities.of(manner.ca());
            long deadline = began + timeout.toNanos();
            running = wires.addresses(request.host())
                    .thenCompose(found -> manner.eachAddress()
                            ? each(target, request, found, trust, began, timeout)
                            : ask(new CheckInFlight(target, request, found, trust, trail, began, deadline)));
        } catch (IOException | RuntimeException e) {
            running = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Reading> asked = running;
        boolean placed = named;
        return asked.copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .handle((reading, failure) -> told(reading, failure, began, timeout, placed ? trail : null));
    }

    private CompletableFuture<Reading> ask(CheckInFlight asking) {
        Protocol protocol = protocols.get(asking.request().type());
        if (protocol == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("unsupported check type"));
        }
        if (System.nanoTime() - asking.deadlineNanos() >= 0) {
            return CompletableFuture.failedFuture(new TimeoutException());
        }
        return protocol.ask(asking);
    }

    /** Probes every address separately. */
    private CompletableFuture<Reading> each(
            CheckPlan.Check target,
            ProbeRequest request,
            List<InetAddress> addresses,
            Trust trust,
            long began,
            Duration timeout) {
        // Each result must arrive before the overall deadline.
        long deadline = began + timeout.toNanos() - Math.min(EARLIER_AT_MOST_NANOS, timeout.toNanos() / 10);
        CompletableFuture<Map<String, Reading>> all = CompletableFuture.completedFuture(new LinkedHashMap<>());
        for (InetAddress address : addresses) {
            CompletableFuture<Reading> one = ask(new CheckInFlight(
                            target, request, List.of(address), trust, new DialAttempts(), began, deadline))
                    .orTimeout(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                    .handle((reading, failure) -> told(reading, failure, began, timeout, null));
            all = all.thenCombine(one, (readings, reading) -> {
                readings.put(address.getHostAddress(), reading);
                return readings;
            });
        }
        return all.thenApply(readings ->
                AddressPool.of(readings, target.check().question().request().goodAddresses()));
    }

    /** @param trail null where the endpoint is itself an address */
    private static Reading told(
            @Nullable Reading reading,
            @Nullable Throwable failure,
            long began,
            Duration timeout,
            @Nullable DialAttempts trail) {
        Reading known =
                reading == null ? Reading.failed((System.nanoTime() - began) / 1e6, cause(failure, timeout)) : reading;
        return trail == null ? known : placed(known, trail);
    }

    /** The reading with its address. */
    private static Reading placed(Reading reading, DialAttempts trail) {
        InetAddress at = trail.at();
        List<String> missed = new ArrayList<>();
        trail.missed()
                .forEach((address, cause) -> missed.add(address.getHostAddress() + ": "
                        + (cause.isEmpty() ? "no answer" : refused(cause) ? "connection refused" : cause)));
        if (at == null) {
            return missed.size() > 1
                    ? reading.because(String.join("; ", missed))
                    : missed.isEmpty()
                            ? reading
                            : reading.because(reading.cause() + " at "
                                    + trail.missed().keySet().iterator().next().getHostAddress());
        }
        String others = missed.isEmpty() ? "" : "; failed at " + String.join("; ", missed);
        if (reading.status() == HealthStatus.HEALTHY) {
            return others.isEmpty() ? reading : reading.because("answered at " + at.getHostAddress() + others);
        }
        return reading.because(reading.cause() + " at " + at.getHostAddress() + others);
    }

    private static boolean refused(String message) {
        return message.contains("Connection refused");
    }

    private static String cause(@Nullable Throwable failure, Duration timeout) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause == null) {
            return "no answer";
        }
        if (cause instanceof TimeoutException || cause.getCause() instanceof TimeoutException) {
            return "no answer within " + timeout.toMillis() + " ms";
        }
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        if (refused(message)) {
            return "connection refused";
        }
        // Our own exceptions have descriptive messages.
        boolean ours = cause.getClass() == IOException.class
                || cause instanceof EOFException
                || cause instanceof ProbeRequest.Unaskable
                || cause instanceof Outbound.Refused;
        return ours ? message : cause.getClass().getSimpleName() + ": " + message;
    }
}
