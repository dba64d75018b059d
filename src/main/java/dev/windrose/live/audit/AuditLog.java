package dev.windrose.live.audit;

import akka.Done;
import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.watch.AuditMeters;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps who did what and who was refused. Events are written in batches; while the database is away they wait in memory, as
 * many as there is room for, and how many found none is written afterwards.
 */
public final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private static final int WAITING_AT_MOST = 10_000;
    private static final int BATCH = 500;
    private static final int CHAINS_AT_MOST = 1000;
    private static final Duration FORGET_EVERY = Duration.ofHours(1);

    private static final class Waiting {
        private final AuditEvent event;
        private final CompletableFuture<Done> written;
        private long count;

        Waiting(AuditEvent event, CompletableFuture<Done> written) {
            this.event = event;
            this.written = written;
            this.count = event.count();
        }
    }

    private final String chain;
    private final AuditSettings settings;
    private final Supplier<@Nullable DataSource> database;
    private final Executor waiting;
    private final LongSupplier epochMs;
    private final AuditMeters meters;

    private final Object lock = new Object();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private final Map<String, Waiting> refusals = new HashMap<>();
    private long lost = 0;
    private boolean writing = false;
    private boolean failing = false;
    private long forgottenAtMs = 0;

    /**
     * @param chain names this node
     * @param database gives null while there is none
     * @param waiting runs what waits for the database
     */
    public AuditLog(
            String chain,
            AuditSettings settings,
            Supplier<@Nullable DataSource> database,
            Executor waiting,
            LongSupplier epochMs,
            AuditMeters meters) {
        this.chain = chain;
        this.settings = settings;
        this.database = database;
        this.waiting = waiting;
        this.epochMs = epochMs;
        this.meters = meters;
    }

    /** The name of this node's chain. */
    public String chain() {
        return chain;
    }

    /** Takes an event. The stage completes when it is written, and fails when there was no room for it. */
    public CompletionStage<Done> record(AuditEvent event) {
        CompletableFuture<Done> written = new CompletableFuture<>();
        boolean write;
        synchronized (lock) {
            String alike = event.status() >= 400
                    ? event.status() + " " + event.who() + " " + event.from() + " " + event.method() + " "
                            + event.path()
                    : "";
            Waiting known = alike.isEmpty() ? null : refusals.get(alike);
            if (known != null && known.event.isLike(event)) {
                known.count++;
                return known.written;
            }
            if (queue.size() >= WAITING_AT_MOST) {
                lost++;
                meters.lost();
                written.completeExceptionally(new IllegalStateException("audit: no room"));
                return written;
            }
            Waiting next = new Waiting(event, written);
            queue.add(next);
            if (!alike.isEmpty()) {
                refusals.put(alike, next);
            }
            write = event.status() < 400 && !writing;
            writing |= write;
        }
        if (write) {
            waiting.execute(this::write);
        }
        return written;
    }

    /** Writes what waits. Called again and again, so that refusals are written too, and what failed is tried again. */
    public CompletionStage<Done> flush() {
        synchronized (lock) {
            if (writing || (queue.isEmpty() && lost == 0)) {
                return CompletableFuture.completedFuture(Done.getInstance());
            }
            writing = true;
        }
        return CompletableFuture.runAsync(this::write, waiting).thenApply(ignored -> Done.getInstance());
    }

    private void write() {
        while (true) {
            List<Waiting> batch = new ArrayList<>();
            long missing;
            synchronized (lock) {
                while (batch.size() < BATCH && !queue.isEmpty()) {
                    batch.add(queue.remove());
                }
                refusals.values().removeAll(batch);
                missing = lost;
                lost = 0;
                if (batch.isEmpty() && missing == 0) {
                    writing = false;
                    return;
                }
            }
            try {
                append(batch, missing);
                batch.forEach(one -> one.written.complete(Done.getInstance()));
            } catch (SQLException | RuntimeException e) {
                failed(batch, missing, e);
                return;
            }
        }
    }

    private void append(List<Waiting> batch, long missing) throws SQLException {
        DataSource open = database.get();
        if (open == null) {
            throw new SQLException("there is no database now");
        }
        List<AuditEvent> events = new ArrayList<>();
        batch.forEach(one -> events.add(one.event.times(one.count)));
        long now = epochMs.getAsLong();
        if (missing > 0) {
            events.add(new AuditEvent(
                    now,
                    "windrose",
                    "",
                    "",
                    "",
                    "",
                    0,
                    "",
                    Map.of(),
                    Map.of(),
                    "calls that were not kept: no room",
                    missing));
        }
        AuditTable table = new AuditTable(open);
        table.append(chain, events);
        meters.written(events.size());
        if (now - forgottenAtMs >= FORGET_EVERY.toMillis()) {
            table.forget(chain, now - settings.keep().toMillis());
            forgottenAtMs = now;
        }
        if (failing) {
            LOG.info("audit is written again");
        }
        failing = false;
    }

    private void failed(List<Waiting> batch, long missing, Exception cause) {
        if (!failing) {
            LOG.warn("audit cannot be written, it waits in memory, cause [{}]", cause.getMessage());
        }
        failing = true;
        synchronized (lock) {
            lost += missing;
            for (int i = batch.size() - 1; i >= 0; i--) {
                queue.addFirst(batch.get(i));
            }
            writing = false;
        }
    }

    /** Entries of a chain after a number; fails when the database does not answer. */
    public CompletionStage<List<AuditEntry>> read(String of, long after, int atMost) {
        return ask(table -> table.read(of, after, atMost));
    }

    /** The newest number of each chain of this region. */
    public CompletionStage<Map<String, Long>> chains() {
        return ask(table -> table.chains(CHAINS_AT_MOST));
    }

    private interface Question<T> {
        T of(AuditTable table) throws SQLException;
    }

    private <T> CompletionStage<T> ask(Question<T> question) {
        return CompletableFuture.supplyAsync(
                () -> {
                    DataSource open = database.get();
                    if (open == null) {
                        throw new CompletionException(new SQLException("there is no database now"));
                    }
                    try {
                        return question.of(new AuditTable(open));
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                waiting);
    }
}
