package dev.windrose.front.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.windrose.stage.Raw;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Clients that keep their connections while one of two nodes stops. */
class KeepAliveTest {

    private static final byte[] ROUTE =
            "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration NOTICE = Duration.ofSeconds(2);

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger resets = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /** Asks five times a second over one connection, and goes to the other node when it is told that the connection ends. */
    private void client(int first, int other) {
        int[] ports = {first, other};
        int at = 0;
        Raw raw = null;
        try {
            while (!over.get()) {
                try {
                    raw = raw == null ? new Raw(ports[at], "127.0.0.1") : raw;
                    String head = answer(raw);
                    asked.incrementAndGet();
                    if (head.contains("Connection: close")) {
                        raw.close();
                        raw = null;
                        at = 1 - at;
                    }
                } catch (IOException e) {
                    resets.incrementAndGet();
                    raw = null;
                    at = 1 - at;
                    try (Raw fresh = new Raw(ports[at], "127.0.0.1")) {
                        answer(fresh);
                    } catch (IOException again) {
                        failed.incrementAndGet();
                    }
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            }
        } finally {
            try {
                if (raw != null) {
                    raw.close();
                }
            } catch (IOException e) {
                // It is over.
            }
        }
    }

    private static String answer(Raw raw) throws IOException {
        raw.send(ROUTE);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = raw.in().read();
            if (b < 0) {
                throw new IOException("ended");
            }
            head.append((char) b);
        }
        int at = head.indexOf("Content-Length: ");
        int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r", at)));
        if (raw.in().readNBytes(length).length < length) {
            throw new IOException("cut off");
        }
        return head.toString();
    }

    @Test
    void aNodeThatStopsResetsNobody() throws Exception {
        RunningApi stops = RunningApi.start();
        RunningApi stays = RunningApi.start();
        ExecutorService threads = Executors.newFixedThreadPool(21);
        try (Socket idle = new Socket("127.0.0.1", stops.port())) {
            idle.getOutputStream().write(ROUTE);
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                clients.add(CompletableFuture.runAsync(() -> client(stops.port(), stays.port()), threads));
            }
            await(() -> asked.get() > 60);

            stops.server().notReady();
            assertThat(stops.get("/health/ready").status()).isEqualTo(503);
            assertThat(stops.get("/health/live").header("Connection")).isEqualTo("close");
            CompletableFuture<Object> noticed = new CompletableFuture<>();
            noticed.completeOnTimeout("over", NOTICE.toMillis(), TimeUnit.MILLISECONDS)
                    .get();
            stops.server().drain(Duration.ofSeconds(4)).toCompletableFuture().get(6, TimeUnit.SECONDS);
            int before = asked.get();
            await(() -> asked.get() > before + 60);
            over.set(true);
            CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);

            assertThat(resets).hasValue(0);
            assertThat(failed).hasValue(0);
            // Who asked nothing meanwhile reads an end, and no reset.
            idle.setSoTimeout(5000);
            byte[] all = idle.getInputStream().readAllBytes();
            assertThat(new String(all, StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 200");
        } finally {
            over.set(true);
            threads.shutdownNow();
            stops.close();
            stays.close();
        }
    }

    private static void await(java.util.function.BooleanSupplier so) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!so.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
