package dev.windrose.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Asks one node the same question on a beat and keeps when it answered what, so that a failure can be measured from
 * outside: the first right answer, the last wrong one, answers that failed.
 */
public final class Witness implements AutoCloseable {

    /** What {@link Sighting#region()} says when the node gave no decision. */
    public static final String NONE = "none";

    private static final int SIGHTINGS_AT_MOST = 1_000_000;

    /**
     * One answer.
     *
     * @param nanos when it was there, of {@link System#nanoTime()}
     * @param region where the client was sent, or {@link #NONE}
     * @param status of HTTP; 0 when there was no answer
     */
    public record Sighting(long nanos, String region, int status) {}

    private final int port;
    private final String path;
    private final long everyNanos;
    private final BiConsumer<Integer, Sighting> changes;
    private final List<Sighting> seen = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;

    private Witness(int port, String path, Duration every, BiConsumer<Integer, Sighting> changes) {
        this.port = port;
        this.path = path;
        this.everyNanos = every.toNanos();
        this.changes = changes;
        this.thread = new Thread(this::look, "witness-" + port);
        this.thread.setDaemon(true);
    }

    /**
     * Starts to ask where a client of an area belongs.
     *
     * @param port of the node's API on loopback
     * @param every time between two questions, 1 ms to 1 min
     * @param changes told the port and the answer whenever it differs from the one before
     */
    public static Witness of(
            int port, String area, String rule, Duration every, BiConsumer<Integer, Sighting> changes) {
        Witness witness = new Witness(port, "/api/v1/route/" + area + "?rule_id=" + rule, every, changes);
        witness.thread.start();
        return witness;
    }

    private void look() {
        String last = "";
        try (HttpLink link = new HttpLink("127.0.0.1", port, Duration.ofSeconds(2))) {
            byte[] question = link.request("GET", path, null);
            long due = System.nanoTime();
            while (!closed) {
                Sighting sighting = sighting(link, question);
                keep(sighting);
                if (!sighting.region().equals(last)) {
                    last = sighting.region();
                    changes.accept(port, sighting);
                }
                due = Math.max(due + everyNanos, System.nanoTime() - everyNanos);
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
    }

    private static Sighting sighting(HttpLink link, byte[] question) {
        try {
            int status = link.exchange(question);
            JsonNode region = status == 200 ? Traffic.JSON.readTree(link.body()).path("optimal_region") : null;
            String named = region == null || !region.isTextual() ? NONE : region.asText();
            return new Sighting(System.nanoTime(), named, status);
        } catch (IOException e) {
            return new Sighting(System.nanoTime(), NONE, 0);
        }
    }

    private synchronized void keep(Sighting sighting) {
        if (seen.size() < SIGHTINGS_AT_MOST) {
            seen.add(sighting);
        }
        notifyAll();
    }

    public int port() {
        return port;
    }

    /** Answers since a moment of {@link System#nanoTime()}, oldest first. */
    public synchronized List<Sighting> since(long nanos) {
        List<Sighting> found = new ArrayList<>();
        for (Sighting sighting : seen) {
            if (sighting.nanos() - nanos >= 0) {
                found.add(sighting);
            }
        }
        return found;
    }

    /** Answers since a moment that were no decision. */
    public long failed(long sinceNanos) {
        return since(sinceNanos).stream()
                .filter(sighting -> sighting.region().equals(NONE))
                .count();
    }

    /** Milliseconds from a moment to the last answer that named a region; 0 when none did. */
    public double lastMs(long sinceNanos, String region) {
        double last = 0;
        for (Sighting sighting : since(sinceNanos)) {
            if (sighting.region().equals(region)) {
                last = (sighting.nanos() - sinceNanos) / 1e6;
            }
        }
        return last;
    }

    /** Milliseconds from a moment to the first answer that is as wanted; NaN when none was. */
    public double firstMs(long sinceNanos, Predicate<Sighting> wanted) {
        for (Sighting sighting : since(sinceNanos)) {
            if (wanted.test(sighting)) {
                return (sighting.nanos() - sinceNanos) / 1e6;
            }
        }
        return Double.NaN;
    }

    /**
     * Waits until the newest answers are all as wanted.
     *
     * @param times how many in a row, 1 or more
     * @return false when they were not in time
     */
    public synchronized boolean await(Predicate<Sighting> wanted, int times, Duration atMost)
            throws InterruptedException {
        long from = seen.size();
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!lastAre(wanted, times, from)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private boolean lastAre(Predicate<Sighting> wanted, int times, long from) {
        int size = seen.size();
        if (size - times < from) {
            return false;
        }
        for (Sighting sighting : seen.subList(size - times, size)) {
            if (!wanted.test(sighting)) {
                return false;
            }
        }
        return true;
    }

    /** Stops asking; what was seen stays. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
