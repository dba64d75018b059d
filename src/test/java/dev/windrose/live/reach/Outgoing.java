package dev.windrose.live.reach;

import dev.windrose.decide.geo.Prefix;
import dev.windrose.decide.reach.Destinations;
import java.io.IOException;
import java.net.InetAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** The way out, for tests: what may be connected to, and by what. Its threads end with the process. */
public final class Outgoing {

    private static final ExecutorService WAITING = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "outgoing");
        thread.setDaemon(true);
        return thread;
    });

    public static Outbound outbound(Prefix... allowed) {
        return outbound(InetAddress::getAllByName, allowed);
    }

    public static Outbound outbound(Outbound.Resolver resolver, Prefix... allowed) {
        return new Outbound(
                new Destinations(List.of(allowed)), resolver, NameResolver.Lanes.all(WAITING), Duration.ZERO);
    }

    public static OutboundLoop to(Prefix... allowed) {
        return by(outbound(allowed));
    }

    public static OutboundLoop by(Outbound outbound) {
        return new OutboundLoop("outgoing", WAITING, outbound);
    }

    public static HttpClient client(Prefix... allowed) {
        return client(outbound(allowed));
    }

    public static HttpClient client(Outbound outbound) {
        return client(outbound, () -> {
            try {
                return SSLContext.getDefault();
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        });
    }

    public static HttpClient client(Outbound outbound, Supplier<SSLContext> trusts) {
        return new HttpClient(by(outbound), trusts);
    }

    /** Runs what waits and computes. */
    public static Executor waiting() {
        return WAITING;
    }

    /** What comes of it, or the failure that it ends with. */
    static <T> T waited(CompletableFuture<T> stage) throws IOException {
        try {
            return stage.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private Outgoing() {}
}
