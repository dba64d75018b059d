package dev.windrose.live.reach;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Looks names up. The system's way of it waits for as long as a name server likes and cannot be ended, so names that were answered in time, new
 * names, and names that were late wait in lanes of their own: late ones delay late ones.
 */
public final class Names {

    /**
     * The lanes.
     *
     * @param known names that were answered in time when they were looked up last
     * @param fresh names that were never looked up
     * @param late names that were not answered in time when they were looked up last
     */
    public record Lanes(Executor known, Executor fresh, Executor late) {

        /** One for all of them, for who looks up few names. */
        public static Lanes all(Executor lane) {
            return new Lanes(lane, lane, lane);
        }
    }

    private static final long LATE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int REMEMBERED = 100_000;

    private final Outbound.Resolver resolver;
    private final Lanes lanes;
    private final ConcurrentHashMap<String, CompletableFuture<InetAddress[]>> running = new ConcurrentHashMap<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> late = ConcurrentHashMap.newKeySet();

    public Names(Outbound.Resolver resolver, Lanes lanes) {
        this.resolver = resolver;
        this.lanes = lanes;
    }

    /** The addresses of a name. One look-up of a name is in flight, and whoever asks meanwhile has its answer. */
    CompletableFuture<InetAddress[]> look(String name) {
        CompletableFuture<InetAddress[]> made = new CompletableFuture<>();
        CompletableFuture<InetAddress[]> before = running.putIfAbsent(name, made);
        if (before != null) {
            return before.copy();
        }
        try {
            lane(name).execute(() -> resolve(name, made));
        } catch (RejectedExecutionException e) {
            running.remove(name, made);
            made.completeExceptionally(
                    new IOException("host: '" + name + "' is not looked up, too many names wait for name servers", e));
        }
        return made.copy();
    }

    private Executor lane(String name) {
        return late.contains(name) ? lanes.late() : known.contains(name) ? lanes.known() : lanes.fresh();
    }

    private void resolve(String name, CompletableFuture<InetAddress[]> made) {
        long began = System.nanoTime();
        try {
            InetAddress[] found = resolver.resolve(name);
            remember(name, began);
            running.remove(name, made);
            made.complete(found);
        } catch (IOException | RuntimeException e) {
            remember(name, began);
            running.remove(name, made);
            made.completeExceptionally(e);
        }
    }

    private void remember(String name, long began) {
        boolean slow = System.nanoTime() - began > LATE_NANOS;
        if (known.size() + late.size() > REMEMBERED) {
            known.clear();
            late.clear();
        }
        (slow ? known : late).remove(name);
        (slow ? late : known).add(name);
    }
}
