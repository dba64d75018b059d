package dev.windrose.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Clients of Windrose: each asks a node where it belongs, calls the endpoint it was given and reports how that went to
 * the node that decided. A node that does not answer is left alone for a second and the others are asked.
 */
public final class Traffic {

    /*
     * Open loop: request n is due at start + n / rate whatever became of the ones before, and its time counts from
     * when it was due. A server that stalls is thus measured as slow, instead of being asked less.
     */

    public static final int RATE_AT_MOST = 20_000;
    public static final int CONNECTIONS_AT_MOST = 256;

    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration STATUS_EVERY = Duration.ofSeconds(5);
    private static final long RULES_EVERY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long LATE_AT_MOST_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * What is asked, and how much.
     *
     * @param nodes addresses of the API, one or more
     * @param rate requests per second over all nodes, above 0 to {@link #RATE_AT_MOST}
     * @param time how long; zero means until {@link #stop()}
     * @param areas client areas, asked in turn, one or more
     * @param rules rules to ask by; empty means the active ones, as the nodes list them
     * @param connections clients at the same time, 1 to {@link #CONNECTIONS_AT_MOST}; each keeps one connection to each
     *     node and endpoint
     */
    public record Plan(
            List<URI> nodes, double rate, Duration time, List<String> areas, List<String> rules, int connections) {

        public Plan {
            nodes = List.copyOf(nodes);
            areas = List.copyOf(areas);
            rules = List.copyOf(rules);
            if (nodes.isEmpty()) {
                throw new IllegalArgumentException("nodes: none (expected: one or more)");
            }
            if (areas.isEmpty()) {
                throw new IllegalArgumentException("areas: none (expected: one or more)");
            }
            if (!(rate > 0 && rate <= RATE_AT_MOST)) {
                throw new IllegalArgumentException(
                        "rate: " + rate + " (expected: above 0, at most " + RATE_AT_MOST + " requests/s)");
            }
            if (connections < 1 || connections > CONNECTIONS_AT_MOST) {
                throw new IllegalArgumentException(
                        "connections: " + connections + " (expected: 1 to " + CONNECTIONS_AT_MOST + ")");
            }
            if (time.isNegative()) {
                throw new IllegalArgumentException("seconds: " + time.toSeconds() + " (expected: 0 or more)");
            }
        }
    }

    private final Plan plan;
    private final Consumer<String> lines;
    private final Tally tally = new Tally();
    private final NodeWatch nodes;
    private final AtomicLong next = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile List<String> rules;
    private volatile long dueFrom;

    /**
     * @param lines told one line of state every 5 s
     */
    public Traffic(Plan plan, Consumer<String> lines) {
        this.plan = plan;
        this.lines = lines;
        this.nodes = new NodeWatch(plan.nodes().size());
        this.rules = plan.rules();
    }

    /** Asks until the time is over or {@link #stop()}; returns what came of all of it. */
    public Tally.Summary run() throws InterruptedException {
        long start = System.nanoTime();
        learnRules();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < plan.connections(); i++) {
            Thread client = new Thread(() -> client(), "client-" + i);
            client.setDaemon(true);
            clients.add(client);
        }
        long first = System.nanoTime();
        dueFrom = first;
        clients.forEach(Thread::start);
        long learned = first;
        long left = plan.time().isZero() ? Long.MAX_VALUE : plan.time().toNanos();
        while (left > 0 && !stopped.await(Math.min(left, STATUS_EVERY.toNanos()), TimeUnit.NANOSECONDS)) {
            lines.accept(tally.since() + (rules.isEmpty() ? ", no node lists an active rule" : ""));
            if (System.nanoTime() - learned >= RULES_EVERY_NANOS || rules.isEmpty()) {
                learnRules();
                learned = System.nanoTime();
            }
            left = plan.time().isZero() ? Long.MAX_VALUE : plan.time().toNanos() - (System.nanoTime() - first);
        }
        stopped.countDown();
        for (Thread client : clients) {
            client.join(TimeUnit.SECONDS.toMillis(5));
        }
        return tally.total(Duration.ofNanos(System.nanoTime() - start));
    }

    private void learnRules() {
        if (!plan.rules().isEmpty()) {
            return;
        }
        for (URI node : plan.nodes()) {
            try (HttpLink link = HttpLink.to(node, Duration.ofSeconds(2))) {
                if (link.exchange(link.request("GET", "/api/v1/rules", null)) == 200) {
                    List<String> found = new ArrayList<>();
                    for (JsonNode rule : JSON.readTree(link.body()).path("rules")) {
                        if (rule.path("status").asText("active").equals("active")) {
                            found.add(rule.path("rule_id").asText());
                        }
                    }
                    rules = List.copyOf(found);
                    return;
                }
            } catch (IOException e) {
                // The next node may know; when none does, the rules known before are asked by.
            }
        }
    }

    private void client() {
        try (TrafficClient client = new TrafficClient(plan.nodes(), nodes, tally)) {
            long nanosEach = (long) (1e9 / plan.rate());
            while (!over()) {
                long number = next.getAndIncrement();
                long due = dueFrom + (long) (number * (1e9 / plan.rate()));
                boolean beyond =
                        !plan.time().isZero() && due - dueFrom >= plan.time().toNanos();
                if (beyond || !waitUntil(due)) {
                    return;
                }
                List<String> now = rules;
                if (now.isEmpty()) {
                    LockSupport.parkNanos(Math.max(nanosEach, 1_000_000));
                } else if (System.nanoTime() - due > LATE_AT_MOST_NANOS) {
                    tally.skipped();
                } else {
                    int turn = (int) (number % Integer.MAX_VALUE);
                    client.ask(
                            turn,
                            plan.areas()
                                    .get(turn
                                            / plan.nodes().size()
                                            % plan.areas().size()),
                            now.get(turn / 7 % now.size()),
                            due);
                }
            }
        }
    }

    private boolean over() {
        return stopped.getCount() == 0;
    }

    private boolean waitUntil(long due) {
        long left = due - System.nanoTime();
        while (left > 0) {
            if (over()) {
                return false;
            }
            // At most a tenth of a second at once, so that a slow rate does not hold up the end.
            LockSupport.parkNanos(Math.min(left, 100_000_000));
            left = due - System.nanoTime();
        }
        return !over();
    }

    /** Lets the requests under way end, and asks no more. */
    public void stop() {
        stopped.countDown();
    }

    /** Which nodes are left alone for now, because they did not answer. */
    static final class NodeWatch {

        private static final long LEFT_ALONE_NANOS = TimeUnit.SECONDS.toNanos(1);

        private final AtomicLong[] until;

        NodeWatch(int nodes) {
            this.until = new AtomicLong[nodes];
            for (int i = 0; i < nodes; i++) {
                until[i] = new AtomicLong(System.nanoTime());
            }
        }

        void failed(int node) {
            until[node].set(System.nanoTime() + LEFT_ALONE_NANOS);
        }

        /** The node whose turn it is, or the first after it that is not left alone; its own turn when all are. */
        int choose(int turn, @Nullable Integer not) {
            int count = until.length;
            int own = Math.floorMod(turn, count);
            for (int i = 0; i < count; i++) {
                int node = (own + i) % count;
                boolean tried = not != null && not == node;
                if (!tried && System.nanoTime() - until[node].get() >= 0) {
                    return node;
                }
            }
            return own;
        }
    }
}
