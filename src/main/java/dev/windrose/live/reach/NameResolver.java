package dev.windrose.live.reach;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Resolves names. The system's resolver blocks for as long as a name server likes and cannot be cancelled, so names
 * that were answered in time, new names, and names that were late have separate lanes: late ones delay only late ones.
 */
public final class NameResolver {

    /**
     * The lanes.
     *
     * @param known for names answered in time at the last lookup
     * @param fresh for names never looked up
     * @param late for names not answered in time at the last lookup
     */
    public record Lanes(Executor known, Executor fresh, Executor late) {

        /** One executor for all lanes, for callers with few names. */
        public static Lanes all(Executor lane) {
            return new Lanes(lane, lane, lane);
        }
    }

    private static final long LATE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long GOOD_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int REMEMBERED = 100_000;

    /** How long to wait for an answer while an earlier one is available. */
    private static final Duration ASKED_FOR = Duration.ofMillis(500);

    /** Maximum number of concurrent lookups of new names under one parent domain, whose name servers may be silent. */
    private static final int OF_A_PARENT = 4;

    private static final int NEW_AT_MOST = 10_000;

    private record Answer(List<InetAddress> found, long atNanos) {

        InetAddress[] addresses() {
            return found.toArray(InetAddress[]::new);
        }

        boolean isGood(long nowNanos) {
            return nowNanos - atNanos < GOOD_NANOS;
        }
    }

    private final Outbound.Resolver resolver;
    private final long againNanos;
    private final Lanes lanes;
    private final FairExecutor fresh;
    private final ConcurrentHashMap<String, CompletableFuture<InetAddress[]>> running = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Answer> answers = new ConcurrentHashMap<>();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Set<String> late = ConcurrentHashMap.newKeySet();

    /** @param again after which a name is resolved again; zero for each time */
    public NameResolver(Outbound.Resolver resolver, Lanes lanes, Duration again) {
        this.resolver = resolver;
        this.againNanos = again.toNanos();
        this.lanes = lanes;
        this.fresh = new FairExecutor(lanes.fresh(), OF_A_PARENT, NEW_AT_MOST);
    }

    /**
     * The addresses of a name. One lookup per name is in flight, and concurrent callers share its answer. While name
     * servers are silent the last answer counts, for 10 minutes: an unavailable name server says nothing about the
     * target.
     */
    CompletableFuture<InetAddress[]> look(String name) {
        Answer last = answers.get(name);
        long now = System.nanoTime();
        if (last != null && now - last.atNanos() < againNanos) {
            return CompletableFuture.completedFuture(last.addresses());
        }
        boolean good = last != null && last.isGood(now);
        boolean silent = late.contains(name) || running.containsKey(name);
        CompletableFuture<InetAddress[]> asked = asked(name);
        if (last == null || !good) {
            return asked;
        }
        if (!asked.isDone() && silent) {
            return CompletableFuture.completedFuture(last.addresses());
        }
        return asked.completeOnTimeout(last.addresses(), ASKED_FOR.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<InetAddress[]> asked(String name) {
        CompletableFuture<InetAddress[]> made = new CompletableFuture<>();
        CompletableFuture<InetAddress[]> before = running.putIfAbsent(name, made);
        if (before != null) {
            return before.copy();
        }
        try {
            if (late.contains(name)) {
                lanes.late().execute(() -> resolve(name, made));
            } else if (known.contains(name)) {
                lanes.known().execute(() -> resolve(name, made));
            } else {
                fresh.execute(parent(name), () -> resolve(name, made));
            }
        } catch (RejectedExecutionException e) {
            running.remove(name, made);
            Answer last = answers.get(name);
            if (last != null && last.isGood(System.nanoTime())) {
                made.complete(last.addresses());
            } else {
                made.completeExceptionally(new IOException(
                        "host: '" + name + "' was not resolved, too many names are waiting for name servers", e));
            }
        }
        return made.copy();
    }

    /** The last two labels. */
    static String parent(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        int last = bare.lastIndexOf('.');
        int before = last < 0 ? -1 : bare.lastIndexOf('.', last - 1);
        return bare.substring(before + 1).toLowerCase(Locale.ROOT);
    }

    private void resolve(String name, CompletableFuture<InetAddress[]> made) {
        long began = System.nanoTime();
        try {
            InetAddress[] found = resolver.resolve(name);
            remember(name, began, found);
            running.remove(name, made);
            made.complete(found);
        } catch (Throwable e) {
            // In any case, no caller must wait indefinitely, nor be kept from retrying.
            running.remove(name, made);
            made.completeExceptionally(e);
            remember(name, began, null);
        }
    }

    private void remember(String name, long began, InetAddress @Nullable [] found) {
        long now = System.nanoTime();
        boolean slow = now - began > LATE_NANOS;
        if (known.size() + late.size() > REMEMBERED) {
            known.clear();
            late.clear();
        }
        (slow ? known : late).remove(name);
        (slow ? late : known).add(name);
        if (found != null) {
            if (answers.size() >= REMEMBERED) {
                answers.values().removeIf(old -> !old.isGood(now));
            }
            if (answers.size() < REMEMBERED || answers.containsKey(name)) {
                answers.put(name, new Answer(List.of(found), now));
            }
        } else if (!slow) {
            // "No such name" is an answer, too.
            answers.remove(name);
        }
    }
}
