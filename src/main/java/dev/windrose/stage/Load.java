package dev.windrose.stage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The same request, sent to one port of loopback over a few connections, one request in flight on each. */
public final class Load {

    static final int CONNECTIONS_AT_MOST = 64;

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** What is sent. */
    public record Question(
            String method, String path, @Nullable String body) {
        public static Question get(String path) {
            return new Question("GET", path, null);
        }
    }

    /**
     * What came back.
     *
     * @param answered requests answered with 200
     * @param failed requests answered otherwise, or not
     * @param latencies from when a request was sent, or was due when there was a rate
     */
    public record Result(long answered, long failed, double seconds, LatencyHistogram latencies) {
        public double perSecond() {
            return answered / seconds;
        }
    }

    private final int port;
    private final Question question;
    private final int connections;

    public Load(int port, Question question, int connections) {
        if (connections < 1 || connections > CONNECTIONS_AT_MOST) {
            throw new IllegalArgumentException(
                    "connections: " + connections + " (expected: 1 to " + CONNECTIONS_AT_MOST + ")");
        }
        this.port = port;
        this.question = question;
        this.connections = connections;
    }

    /** Each connection asks again as soon as it is answered. */
    public Result closed(Duration time) throws InterruptedException {
        return run(time, 0);
    }

    /**
     * Asks at a rate whatever the answers; a late request is sent late and counts from when it was due.
     *
     * @param rate requests per second over all connections, above 0
     */
    public Result open(double rate, Duration time) throws InterruptedException {
        return run(time, rate);
    }

    private Result run(Duration time, double rate) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        AtomicLong next = new AtomicLong();
        List<Asker> askers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Asker asker = new Asker(start, end, rate, next);
            askers.add(asker);
            Thread thread = new Thread(asker, "load-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
        LatencyHistogram all = new LatencyHistogram();
        long answered = 0;
        long failed = 0;
        for (int i = 0; i < connections; i++) {
            threads.get(i).join(time.toMillis() + TimeUnit.SECONDS.toMillis(30));
            all.add(askers.get(i).latencies);
            answered += askers.get(i).answered;
            failed += askers.get(i).failed;
        }
        return new Result(answered, failed, (System.nanoTime() - start) / 1e9, all);
    }

    private final class Asker implements Runnable {
        private final long start;
        private final long end;
        private final double rate;
        private final AtomicLong next;
        private final LatencyHistogram latencies = new LatencyHistogram();
        private long answered;
        private long failed;

        private Asker(long start, long end, double rate, AtomicLong next) {
            this.start = start;
            this.end = end;
            this.rate = rate;
            this.next = next;
        }

        @Override
        public void run() {
            try (HttpLink link = new HttpLink("127.0.0.1", port, TIMEOUT)) {
                byte[] request = link.request(question.method(), question.path(), question.body());
                long due = due();
                while (due - end < 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                    if (System.nanoTime() - due >= 0) {
                        ask(link, request, due);
                        due = due();
                    }
                }
            }
        }

        private long due() {
            return rate == 0 ? System.nanoTime() : start + (long) (next.getAndIncrement() * (1e9 / rate));
        }

        private void ask(HttpLink link, byte[] request, long due) {
            try {
                if (link.exchange(request) == 200) {
                    answered++;
                } else {
                    failed++;
                }
            } catch (IOException e) {
                failed++;
            }
            latencies.addNanos(System.nanoTime() - due);
        }
    }
}
