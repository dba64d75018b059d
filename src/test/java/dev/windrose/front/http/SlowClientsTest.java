package dev.windrose.front.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.live.access.Authenticator;
import dev.windrose.live.listen.HttpLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that keep the node waiting, beside clients that do not. Large: {@code -Dwindrose.slow.sockets=5000
 * -Dwindrose.slow.seconds=60}.
 */
class SlowClientsTest {

    private static final int SOCKETS = Integer.getInteger("windrose.slow.sockets", 400);
    private static final int SECONDS = Integer.getInteger("windrose.slow.seconds", 15);
    /** Times depend on who else uses the machine: a build does not judge them. */
    private static final boolean MEASURES = SOCKETS >= 5000;

    private static final int DRIPPING = 2;
    private static final int OPENED_AT_ONCE = 50;
    private static final long CLOSED_AT_MOST_MS = 10_000;
    private static final double GOOD_AT_LEAST = 0.999;

    private RunningApi api;

    @BeforeEach
    void start() {
        api = RunningApi.start(director -> Authenticator.DEV);
        api.post("/api/v1/rules/create", RunningApi.RULE);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    /** One way of keeping the node waiting: what is sent at once, and then a byte a second. */
    private enum Way {
        DRIPS_HEADERS("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "a"),
        SAYS_NOTHING("", ""),
        STOPS_IN_THE_FIRST_LINE("GET /api", ""),
        DRIPS_A_BODY(
                "POST /api/v1/outcomes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000\r\n\r\n",
                " "),
        DRIPS_A_BODY_TO_NOBODY(
                "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000\r\n\r\n",
                " "),
        DRIPS_AFTER_A_GOOD_REQUEST("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX-Slow: ", "a");

        private final String first;
        private final String then;

        Way(String first, String then) {
            this.first = first;
            this.then = then;
        }
    }

    private final class Slow {

        private final int index;
        private final Way way;
        private SocketChannel channel;
        private long openedAt;
        private long dripAt;

        Slow(int index) throws IOException {
            this.index = index;
            this.way = Way.values()[index % Way.values().length];
            open();
        }

        private void open() throws IOException {
            channel = SocketChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getByName("127.0.1." + (2 + index % 250)), 0));
            channel.connect(new InetSocketAddress("127.0.0.1", api.port()));
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap(way.first.getBytes(StandardCharsets.US_ASCII)));
            openedAt = System.nanoTime();
            dripAt = openedAt + 1_000_000_000L;
        }

        /** How long the node kept it, in ms, when it has closed it since; else -1. */
        long look(ByteBuffer rubbish) {
            try {
                rubbish.clear();
                int read = channel.read(rubbish);
                while (read > 0) {
                    rubbish.clear();
                    read = channel.read(rubbish);
                }
                if (read < 0) {
                    return lived();
                }
                if (System.nanoTime() >= dripAt && !way.then.isEmpty()) {
                    channel.write(ByteBuffer.wrap(way.then.getBytes(StandardCharsets.US_ASCII)));
                    dripAt += 1_000_000_000L;
                }
                return -1;
            } catch (IOException e) {
                return lived();
            }
        }

        private long lived() {
            return age();
        }

        long age() {
            return (System.nanoTime() - openedAt) / 1_000_000;
        }

        void again() throws IOException {
            channel.close();
            open();
        }
    }

    private record Good(long asked, long answered, double p99Ms) {}

    /** Clients that ask and read, until that time. */
    private Good good(long untilNanos) throws InterruptedException {
        List<long[]> latencies = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        long[] asked = new long[2];
        for (int i = 0; i < 2; i++) {
            Thread thread = new Thread(() -> {
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + api.port() + "/api/v1/route/europe?rule_id=web"))
                        .timeout(Duration.ofSeconds(2))
                        .build();
                long[] mine = new long[200_000];
                int count = 0;
                int all = 0;
                while (System.nanoTime() < untilNanos && count < mine.length) {
                    long began = System.nanoTime();
                    all++;
                    try {
                        if (client.send(request, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200) {
                            mine[count++] = System.nanoTime() - began;
                        }
                    } catch (IOException e) {
                        // Counted as not answered.
                    } catch (InterruptedException e) {
                        return;
                    }
                    LockSupport.parkNanos(2_000_000);
                }
                synchronized (latencies) {
                    latencies.add(Arrays.copyOf(mine, count));
                    asked[0] += all;
                    asked[1] += count;
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Good(asked[0], asked[1], all[(int) (all.length * 0.99)] / 1e6);
    }

    /** Keeps every so many-th of the slow sockets open until that time; opens some at each look, to look at the others in time. */
    private void drip(int first, long until, long[] longest, AtomicLong closed) {
        ByteBuffer rubbish = ByteBuffer.allocate(4096);
        List<Slow> mine = new ArrayList<>();
        try {
            while (System.nanoTime() < until) {
                for (int i = 0; i < OPENED_AT_ONCE && first + mine.size() * DRIPPING < SOCKETS; i++) {
                    mine.add(new Slow(first + mine.size() * DRIPPING));
                }
                for (Slow one : mine) {
                    long lived = one.look(rubbish);
                    synchronized (longest) {
                        int way = one.way.ordinal();
                        longest[way] = Math.max(longest[way], lived < 0 ? one.age() : lived);
                    }
                    if (lived >= 0) {
                        closed.incrementAndGet();
                        one.again();
                    }
                }
                LockSupport.parkNanos(20_000_000);
            }
            for (Slow one : mine) {
                one.channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void goodClientsGoOnAndSlowOnesAreClosed() throws Exception {
        good(System.nanoTime() + 2_000_000_000L);
        Good idle = good(System.nanoTime() + 3_000_000_000L);
        long until = System.nanoTime() + SECONDS * 1_000_000_000L;
        long[] longest = new long[Way.values().length];
        AtomicLong closed = new AtomicLong();
        List<Thread> dripping = new ArrayList<>();
        for (int i = 0; i < DRIPPING; i++) {
            int first = i;
            Thread thread = new Thread(() -> drip(first, until, longest, closed));
            dripping.add(thread);
            thread.start();
        }
        Good attacked = good(until);
        for (Thread thread : dripping) {
            thread.join();
        }

        System.out.println("slow clients: " + SOCKETS + " sockets for " + SECONDS + " s, closed " + closed.get()
                + ", longest kept ms by way " + Arrays.toString(longest) + ", good " + attacked.answered() + " of "
                + attacked.asked() + ", p99 " + attacked.p99Ms() + " ms (idle " + idle.p99Ms() + " ms)");
        assertThat(attacked.answered()).isGreaterThanOrEqualTo((long) Math.ceil(attacked.asked() * GOOD_AT_LEAST));
        assertThat(Arrays.stream(longest).max())
                .satisfies(ms -> assertThat(ms.getAsLong()).isLessThan(CLOSED_AT_MOST_MS));
        assertThat(closed.get()).isGreaterThanOrEqualTo(SOCKETS);
        assertThat(!MEASURES || attacked.p99Ms() <= 2 * idle.p99Ms())
                .as("99th percentile against idle")
                .isTrue();
    }

    @Test
    void aClientThatReadsNothingIsClosed() throws IOException {
        try (Raw raw = new Raw(api.port(), "127.0.0.1")) {
            long began = System.nanoTime();
            byte[] many = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500).getBytes(StandardCharsets.US_ASCII);
            Thread asking = new Thread(() -> {
                try {
                    while (true) {
                        raw.send(many);
                    }
                } catch (IOException e) {
                    // Closed, as it should be.
                }
            });
            asking.start();
            asking.join(20_000);

            assertThat(asking.isAlive()).isFalse();
            assertThat(System.nanoTime() - began).isLessThan(CLOSED_AT_MOST_MS * 1_500_000L);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anIdleConnectionOutlivesOneThatNeverAsked() throws IOException {
        HttpLimits hasty =
                new HttpLimits(1000, 100, 1000, Duration.ofMillis(500), Duration.ofSeconds(60), Duration.ofSeconds(8));
        try (RunningApi limited = RunningApi.start(director -> Authenticator.DEV, hasty);
                Raw idle = new Raw(limited.port(), "127.0.0.1")) {
            idle.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(idle.status()).isEqualTo(200);
            try (Raw silent = new Raw(limited.port(), "127.0.0.1")) {
                silent.untilEnd();
            }
            idle.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(idle.head()).contains("HTTP/1.1 200");
        }
    }

    @Test
    void oneAddressHasSoManyConnectionsAndRequestsAndNoMore() throws IOException {
        HttpLimits few =
                new HttpLimits(1000, 10, 20, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(8));
        List<Raw> open = new ArrayList<>();
        try (RunningApi limited = RunningApi.start(director -> Authenticator.DEV, few)) {
            int refused = 0;
            for (int i = 0; i < 15; i++) {
                Raw raw = new Raw(limited.port(), "127.0.2.1");
                open.add(raw);
                try {
                    raw.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
                } catch (IOException e) {
                    // Refused already.
                }
                refused += raw.status() == 0 ? 1 : 0;
            }
            assertThat(refused).isEqualTo(5);
            try (Raw other = new Raw(limited.port(), "127.0.2.2")) {
                other.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100));
                int tooMany = 0;
                for (int i = 0; i < 100; i++) {
                    String head = other.head();
                    tooMany += head.contains(" 429 ") ? 1 : 0;
                }
                assertThat(tooMany).isBetween(50, 100);
            }
            try (Raw third = new Raw(limited.port(), "127.0.2.3")) {
                third.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(third.status()).isEqualTo(200);
            }
        } finally {
            for (Raw raw : open) {
                raw.close();
            }
        }
    }
}
