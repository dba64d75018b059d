package dev.windrose.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A sample origin: the service of one region that clients are sent to. Its latency, errors and death are commanded by
 * {@code POST /command}, on its own port and on the control port, which lives on when the origin is dead.
 *
 * <p>A command is an object with any of: {@code latency_ms} (0 to 60000), {@code error_rate} (0 to 1), {@code status}
 * (200 to 599), {@code capacity} (requests per second; what comes beyond it is answered 503, but for health checks; 0 for any
 * number), {@code black_hole} (true: takes requests and never answers), {@code dead} (true: refuses connections
 * and resets the open ones; a number: for so many seconds). {@code {"reset": true}} makes it well again.
 */
public final class Origin implements AutoCloseable {

    /** The control port is this much above the origin's own. */
    public static final int CONTROL_OFFSET = 1000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LATENCY_AT_MOST_MS = 60_000;
    private static final int CAPACITY_AT_MOST = 1_000_000;
    private static final int DEAD_AT_MOST_SECONDS = 86_400;

    /** How it behaves while it lives. */
    record Behaviour(int latencyMs, double errorRate, int status, int capacity, boolean blackHole) {
        static final Behaviour WELL = new Behaviour(0, 0.0, 200, 0, false);
    }

    private final String region;
    private final int port;
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong nextDue = new AtomicLong(System.nanoTime());
    private final ScheduledExecutorService revival = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "origin-revival");
        thread.setDaemon(true);
        return thread;
    });
    private final TinyServer control;
    private volatile Behaviour behaviour = Behaviour.WELL;
    private volatile @Nullable TinyServer server;

    private Origin(String region, int port) throws IOException {
        this.region = region;
        this.control = TinyServer.listen(region + "-control", port == 0 ? 0 : port + CONTROL_OFFSET, this::control);
        TinyServer first = TinyServer.listen(region, port, this::serve);
        this.server = first;
        this.port = first.port();
    }

    /**
     * Starts to serve on loopback.
     *
     * @param port 1 to 64535, the control port is {@link #CONTROL_OFFSET} above; 0 takes two free ones
     */
    public static Origin start(String region, int port) throws IOException {
        return new Origin(region, port);
    }

    public String region() {
        return region;
    }

    public int port() {
        return port;
    }

    public int controlPort() {
        return control.port();
    }

    /** Requests answered well. */
    public long served() {
        return served.get();
    }

    private TinyServer.@Nullable Reply serve(TinyServer.Request request) throws InterruptedException {
        if (request.path().equals("/command")) {
            return control(request);
        }
        Behaviour now = behaviour;
        if (now.blackHole()) {
            return null;
        }
        if (now.latencyMs() > 0) {
            TimeUnit.MILLISECONDS.sleep(now.latencyMs());
        }
        if (now.errorRate() > 0 && ThreadLocalRandom.current().nextDouble() < now.errorRate()) {
            return new TinyServer.Reply(500, "{\"region\":\"" + region + "\",\"error\":\"as commanded\"}");
        }
        if (now.capacity() > 0 && !request.path().startsWith("/health") && !hasRoom(now.capacity())) {
            return new TinyServer.Reply(503, "{\"region\":\"" + region + "\",\"error\":\"full\"}");
        }
        return new TinyServer.Reply(now.status(), state(served.incrementAndGet(), true));
    }

    /** Lets so many through per second, and no more than a tenth of that at once. */
    private boolean hasRoom(int perSecond) {
        long now = System.nanoTime();
        long each = TimeUnit.SECONDS.toNanos(1) / perSecond;
        while (true) {
            long due = nextDue.get();
            if (due - now > TimeUnit.MILLISECONDS.toNanos(100)) {
                return false;
            }
            if (nextDue.compareAndSet(due, Math.max(due, now) + each)) {
                return true;
            }
        }
    }

    private TinyServer.Reply control(TinyServer.Request request) {
        if (!request.path().equals("/command")) {
            return new TinyServer.Reply(404, "{\"detail\":\"path: " + "unknown (expected: /command)\"}");
        }
        if (!request.method().equals("POST")) {
            return new TinyServer.Reply(200, state(served.get(), server != null));
        }
        try {
            String problem = obey(JSON.readTree(request.body()));
            return problem == null
                    ? new TinyServer.Reply(200, state(served.get(), server != null))
                    : new TinyServer.Reply(
                            400, JSON.createObjectNode().put("detail", problem).toString());
        } catch (JsonProcessingException e) {
            return new TinyServer.Reply(400, "{\"detail\":\"body: no JSON (expected: an object with a command)\"}");
        }
    }

    private synchronized @Nullable String obey(JsonNode command) {
        if (!command.isObject()) {
            return "body: " + command.getNodeType() + " (expected: an object with a command)";
        }
        Behaviour base = command.path("reset").asBoolean() ? Behaviour.WELL : behaviour;
        int latencyMs = command.path("latency_ms").asInt(base.latencyMs());
        double errorRate = command.path("error_rate").asDouble(base.errorRate());
        int status = command.path("status").asInt(base.status());
        if (latencyMs < 0 || latencyMs > LATENCY_AT_MOST_MS) {
            return "latency_ms: " + latencyMs + " (expected: 0 to " + LATENCY_AT_MOST_MS + ")";
        }
        int capacity = command.path("capacity").asInt(base.capacity());
        if (capacity < 0 || capacity > CAPACITY_AT_MOST) {
            return "capacity: " + capacity + " (expected: 0 to " + CAPACITY_AT_MOST + ")";
        }
        if (!(errorRate >= 0 && errorRate <= 1)) {
            return "error_rate: " + errorRate + " (expected: 0.0 to 1.0)";
        }
        if (status < 200 || status > 599) {
            return "status: " + status + " (expected: 200 to 599)";
        }
        behaviour = new Behaviour(
                latencyMs,
                errorRate,
                status,
                capacity,
                command.path("black_hole").asBoolean(base.blackHole()));
        JsonNode dead = command.path("dead");
        if (dead.isNumber() && dead.asInt() > 0 && dead.asInt() <= DEAD_AT_MOST_SECONDS) {
            return die(dead.asInt());
        } else if (dead.isBoolean() && dead.asBoolean()) {
            return die(0);
        } else if (dead.isBoolean() || command.path("reset").asBoolean()) {
            return live();
        }
        return dead.isMissingNode() ? null : "dead: " + dead + " (expected: true, false or 1 to 86400 seconds)";
    }

    private @Nullable String die(int seconds) {
        TinyServer dying = server;
        server = null;
        if (dying != null) {
            // A little later, so that the answer to a command that came through the dying port is out.
            revival.execute(() -> {
                try {
                    dying.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
        if (seconds > 0) {
            var unused = revival.schedule(this::live, seconds, TimeUnit.SECONDS);
        }
        return null;
    }

    private synchronized @Nullable String live() {
        if (server == null) {
            try {
                server = TinyServer.listen(region, port, this::serve);
            } catch (IOException e) {
                return e.getMessage();
            }
        }
        return null;
    }

    private String state(long count, boolean alive) {
        Behaviour now = behaviour;
        ObjectNode state = JSON.createObjectNode();
        state.put("region", region).put("status", alive ? "ok" : "dead").put("served", count);
        state.put("latency_ms", now.latencyMs()).put("error_rate", now.errorRate());
        return state.put("black_hole", now.blackHole()).toString();
    }

    @Override
    public void close() throws IOException {
        revival.shutdownNow();
        control.close();
        TinyServer living = server;
        if (living != null) {
            living.close();
        }
    }
}
