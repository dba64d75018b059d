package dev.windrose.live.audit;

import akka.Done;
import dev.windrose.decide.audit.AuditEvent;
import dev.windrose.watch.AuditMeters;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps who did what and who was refused. Events are written in batches; while the database is away they wait in memory and in a
 * file, as many as there is room for, and how many found none is written afterwards.
 */
public final class AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private static final int WAITING_AT_MOST = 10_000;
    private static final int BATCH = 500;
    private static final Duration CLOSING_LOOK = Duration.ofMillis(5);

    /** What the database has not taken for so long is kept in the file, before whoever waits for it is answered. */
    private static final long LATE_NANOS = Duration.ofMillis(300).toNanos();

    private final String chain;
    private final WaitingEvents file;
    private final ChainWriter writer;
    private final AuditReader reader;
    private final Executor waiting;
    private final AuditMeters meters;

    private final Object lock = new Object();
    private final Deque<WaitingEvent> queue = new ArrayDeque<>();
    /** Those that the database is given now; older than those of the queue. */
    private List<WaitingEvent> given = List.of();

    private final Map<String, WaitingEvent> refusals = new HashMap<>();
    private long lost = 0;
    /** Events that a process before has left: the database may have some of them. */
    private int left;

    private boolean writing = false;
    private boolean keeping = false;
    private boolean failing = false;

    /**
     * @param chain names this node
     * @param file of events that wait; what a process before has left there is written first
     * @param database gives null while there is none
     * @param waiting runs what writes
     * @param reading runs what reads, which callers may ask for often
     */
    public AuditLog(
            String chain,
            AuditSettings settings,
            WaitingEvents file,
            Supplier<@Nullable DataSource> database,
            Executor waiting,
            Executor reading,
            LongSupplier epochMs,
            AuditMeters meters) {
        this.chain = chain;
        this.file = file;
        this.writer = new ChainWriter(chain, settings.keep(), database, epochMs);
        this.reader = new AuditReader(database, reading);
        this.waiting = waiting;
        this.meters = meters;
        for (AuditEvent event : file.read(WAITING_AT_MOST + BATCH)) {
            queue.add(new WaitingEvent(event, new CompletableFuture<>(), true));
        }
        this.left = queue.size();
    }

    /** The name of this node's chain. */
    public String chain() {
        return chain;
    }

    /** Reads what all nodes of the region wrote. */
    public AuditReader reader() {
        return reader;
    }

    /**
     * Takes an event. The stage completes when it is in the database, or in the file because the database is late, and fails when there was
     * no room for it.
     */
    public CompletionStage<Done> record(AuditEvent event) {
        CompletableFuture<Done> written = new CompletableFuture<>();
        boolean write;
        synchronized (lock) {
            String alike = event.status() >= 400
                    ? event.status() + " " + event.who() + " " + event.from() + " " + event.method() + " "
                            + event.path()
                    : "";
            WaitingEvent known = alike.isEmpty() ? null : refusals.get(alike);
            if (known != null && known.event.isLike(event)) {
                known.count++;
                return known.written;
            }
            if (queue.size() >= WAITING_AT_MOST) {
                lost++;
                meters.lost();
                written.completeExceptionally(new IllegalStateException("audit: buffer full"));
                return written;
            }
            WaitingEvent next = new WaitingEvent(event, written, false);
            queue.add(next);
            if (!alike.isEmpty()) {
                refusals.put(alike, next);
            }
            write = event.status() < 400 && !writing;
            writing |= write;
        }
        if (write) {
            try {
                waiting.execute(this::write);
            } catch (RejectedExecutionException e) {
                // It waits for the next flush.
                stopped(false);
            }
        }
        return written;
    }

    /**
     * What was not written into the database.
     *
     * @param inFile entries that are in the file of what waits
     * @param lost entries that are nowhere
     */
    public record Left(int inFile, int lost) {}

    /**
     * Writes what waits, and puts what cannot be written by then into the file. The stage ends soon after {@code atMost}, and
     * says what was left where.
     */
    public CompletionStage<Left> close(Duration atMost) {
        CompletableFuture<Left> closed = new CompletableFuture<>();
        long until = System.nanoTime() + atMost.toNanos() * 3 / 4;
        try {
            waiting.execute(() -> close(until, closed));
        } catch (RejectedExecutionException e) {
            closed.completeExceptionally(e);
        }
        return closed;
    }

    private void close(long untilNanos, CompletableFuture<Left> closed) {
        try {
            boolean mine = false;
            boolean empty = false;
            while (!mine && !empty && System.nanoTime() - untilNanos < 0) {
                synchronized (lock) {
                    empty = queue.isEmpty() && lost == 0 && !writing;
                    mine = !empty && !writing;
                    writing |= mine;
                }
                if (!mine && !empty) {
                    // A batch is on its way to the database.
                    LockSupport.parkNanos(CLOSING_LOOK.toNanos());
                }
            }
            if (mine) {
                write();
            }
            keep();
            synchronized (lock) {
                List<WaitingEvent> all = new ArrayList<>(given);
                all.addAll(queue);
                int inFile = (int) all.stream().filter(one -> one.inFile).count();
                closed.complete(new Left(inFile, all.size() - inFile + (int) lost));
            }
        } catch (RuntimeException e) {
            closed.completeExceptionally(e);
        }
    }

    /** Writes what waits. Called again and again, so that refusals are written too, and what failed is tried again. */
    public CompletionStage<Done> flush() {
        boolean late;
        synchronized (lock) {
            if (!writing && queue.isEmpty() && lost == 0) {
                return CompletableFuture.completedFuture(Done.getInstance());
            }
            late = writing;
            if (late && (keeping || !late())) {
                return CompletableFuture.completedFuture(Done.getInstance());
            }
            keeping |= late;
            writing = true;
        }
        try {
            return CompletableFuture.runAsync(late ? this::keepLate : this::write, waiting)
                    .thenApply(ignored -> Done.getInstance());
        } catch (RejectedExecutionException e) {
            stopped(late);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Nothing writes, or keeps, any more: the next may. */
    private void stopped(boolean kept) {
        synchronized (lock) {
            if (kept) {
                keeping = false;
            } else {
                writing = false;
            }
        }
    }

    /** Whether something waits for the database for long that the file does not have. */
    private boolean late() {
        WaitingEvent newest = queue.peekLast();
        WaitingEvent oldest = given.isEmpty() ? queue.peek() : given.get(0);
        boolean allKept = newest == null ? given.stream().allMatch(one -> one.inFile) : newest.inFile;
        return oldest != null && !allKept && System.nanoTime() - oldest.sinceNanos > LATE_NANOS;
    }

    private void keepLate() {
        try {
            keep();
        } finally {
            stopped(true);
        }
    }

    private void write() {
        while (true) {
            List<WaitingEvent> batch = new ArrayList<>();
            long missing;
            synchronized (lock) {
                while (batch.size() < BATCH && !queue.isEmpty()) {
                    batch.add(queue.remove());
                }
                refusals.values().removeAll(batch);
                given = batch;
                missing = lost;
                lost = 0;
                if (batch.isEmpty() && missing == 0) {
                    writing = false;
                    return;
                }
            }
            try {
                append(batch, missing);
                emptied(batch);
                batch.forEach(one -> one.written.complete(Done.getInstance()));
            } catch (SQLException | RuntimeException | Error e) {
                failed(batch, missing, e);
                return;
            }
        }
    }

    private void append(List<WaitingEvent> batch, long missing) throws SQLException {
        List<AuditEvent> events = new ArrayList<>();
        batch.forEach(one -> events.add(one.counted()));
        // A process that was killed may have left in the file what the database had already.
        meters.written(writer.append(events, missing, left == 0 ? 0 : left + BATCH));
        if (failing) {
            LOG.info("audit can be written again");
        }
        failing = false;
        try {
            writer.forget();
        } catch (SQLException e) {
            // The entries are there: written again, they would be there twice.
            LOG.warn("old audit entries cannot be dropped, cause [{}]", e.getMessage());
        }
    }

    private void failed(List<WaitingEvent> batch, long missing, Throwable cause) {
        if (!failing) {
            LOG.warn("audit cannot be written, entries wait in memory, cause [{}]", cause.getMessage());
        }
        failing = true;
        synchronized (lock) {
            lost += missing;
            given = List.of();
            for (int i = batch.size() - 1; i >= 0; i--) {
                queue.addFirst(batch.get(i));
            }
        }
        try {
            keep();
        } finally {
            stopped(false);
        }
    }

    /** Writes into the file what waits and is not in it. Those in it are the oldest. */
    private void keep() {
        synchronized (file) {
            List<WaitingEvent> fresh = new ArrayList<>();
            List<AuditEvent> events = new ArrayList<>();
            synchronized (lock) {
                // More of the same are entries of their own, or the file would have the wrong number of them.
                refusals.clear();
                Stream.concat(given.stream(), queue.stream())
                        .filter(one -> !one.inFile)
                        .forEach(one -> {
                            one.inFile = true;
                            fresh.add(one);
                            events.add(one.counted());
                        });
            }
            if (fresh.isEmpty()) {
                return;
            }
            try {
                file.add(events);
                fresh.forEach(one -> one.written.complete(Done.getInstance()));
            } catch (IOException e) {
                synchronized (lock) {
                    fresh.forEach(one -> one.inFile = false);
                }
                LOG.warn("audit cannot be written to a file either, entries wait in memory, cause [{}]", e.toString());
            }
            shorten();
        }
    }

    /** The database is slow and never has them all: the file would grow for ever. */
    private void shorten() {
        if (file.lines() > 2 * WAITING_AT_MOST) {
            try {
                file.replace(waitingInFile());
            } catch (IOException e) {
                LOG.warn("file of waiting audit entries cannot be shortened, cause [{}]", e.toString());
            }
        }
    }

    private List<AuditEvent> waitingInFile() {
        synchronized (lock) {
            return Stream.concat(given.stream(), queue.stream())
                    .filter(one -> one.inFile)
                    .map(WaitingEvent::counted)
                    .toList();
        }
    }

    /** The database has these: removes the file when it has all that is in it. */
    private void emptied(List<WaitingEvent> written) {
        synchronized (file) {
            boolean more;
            synchronized (lock) {
                given = List.of();
                WaitingEvent next = queue.peek();
                more = next != null && next.inFile;
            }
            if (more || written.stream().noneMatch(one -> one.inFile)) {
                return;
            }
            left = 0;
            try {
                file.clear();
            } catch (IOException e) {
                LOG.warn("file of waiting audit entries cannot be removed, cause [{}]", e.toString());
            }
        }
    }
}
