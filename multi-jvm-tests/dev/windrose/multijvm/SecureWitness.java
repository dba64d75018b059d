package dev.windrose.multijvm;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.windrose.stage.HttpLink;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks one node over HTTPS where a client belongs, 200 times a second, over a new connection for every tenth question, and
 * counts as dropped whatever is not the right answer: another one, none within two seconds, a connection that breaks or
 * whose certificate is not believed.
 */
final class SecureWitness implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration EVERY = Duration.ofMillis(5);
    /** What it has missed for longer, it does not make up for. */
    private static final Duration LATE_AT_MOST = Duration.ofMillis(200);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int OF_ONE_CONNECTION = 10;
    private static final int REASONS_AT_MOST = 20;

    private final String right;
    private final HttpLink link;
    private final byte[] question;
    private final Thread thread;
    private final Map<String, Integer> reasons = new TreeMap<>();
    private volatile Supplier<SSLSocketFactory> encryption;
    private volatile boolean closed;

    private boolean paused = true;
    private long since;
    private long nanos;
    private long asked;
    private long opened;
    private long dropped;
    private @Nullable BigInteger serial;

    /**
     * Asks nothing yet.
     *
     * @param right the region that is answered
     * @param encryption makes a new socket, which resumes nothing
     */
    SecureWitness(int port, String area, String rule, String right, Supplier<SSLSocketFactory> encryption) {
        this.right = right;
        this.encryption = encryption;
        link = new HttpLink("127.0.0.1", port, TIMEOUT, () -> this.encryption.get());
        question = link.request("GET", "/api/v1/route/" + area + "?rule_id=" + rule, null);
        thread = new Thread(this::look, "secure-witness-" + port);
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        long due = System.nanoTime();
        while (!closed) {
            ask();
            due = Math.max(due + EVERY.toNanos(), System.nanoTime() - LATE_AT_MOST.toNanos());
            LockSupport.parkNanos(due - System.nanoTime());
        }
        link.close();
    }

    private synchronized void ask() {
        if (paused) {
            return;
        }
        if (asked % OF_ONE_CONNECTION == 0) {
            link.close();
            opened++;
        }
        asked++;
        try {
            int status = link.exchangeOnce(question);
            String region = status == 200
                    ? JSON.readTree(link.body()).path("optimal_region").asText()
                    : "status " + status;
            X509Certificate shown = link.certificate();
            serial = shown == null ? null : shown.getSerialNumber();
            if (!region.equals(right)) {
                drop(region);
            }
        } catch (IOException e) {
            drop(e.toString());
        }
        notifyAll();
    }

    private void drop(String why) {
        dropped++;
        if (reasons.size() < REASONS_AT_MOST || reasons.containsKey(why)) {
            reasons.merge(why, 1, Integer::sum);
        }
    }

    /** Returns when nothing is asked any more. */
    synchronized void pause() {
        nanos = nanos();
        paused = true;
        link.close();
    }

    synchronized void goOn() {
        paused = false;
        since = System.nanoTime();
    }

    /** How long it has asked. */
    synchronized long nanos() {
        return nanos + (paused ? 0 : System.nanoTime() - since);
    }

    /** Whom it believes from the next connection on. */
    void believe(Supplier<SSLSocketFactory> next) {
        encryption = next;
    }

    /** Of the certificate that was shown last. */
    synchronized @Nullable BigInteger serial() {
        return serial;
    }

    synchronized long asked() {
        return asked;
    }

    /** How many connections were made. */
    synchronized long opened() {
        return opened;
    }

    synchronized long dropped() {
        return dropped;
    }

    /** Why they were dropped, and how many for each reason. */
    synchronized Map<String, Integer> reasons() {
        return Map.copyOf(reasons);
    }

    /** Waits for that many answers more. */
    synchronized void awaitMore(int answers, Duration atMost) throws InterruptedException {
        long wanted = asked + answers;
        long deadline = System.nanoTime() + atMost.toNanos();
        while (asked < wanted) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("answers: " + (wanted - asked) + " missing (expected: " + answers + " within "
                        + atMost.toSeconds() + " s)");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
