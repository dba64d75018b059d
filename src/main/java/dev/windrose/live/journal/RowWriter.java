package dev.windrose.live.journal;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Writes events into an empty database in a thread of its own, while the next ones are read and applied. At most {@link
 * #WAITING} batches wait; the faster side waits for the other.
 */
final class RowWriter {

    private static final int WAITING = 4;

    /**
     * Events per transaction. Events of different definitions are in different index pages, and every transaction
     * writes whole pages: small ones would write each page many times.
     */
    private static final int TRANSACTION = 40_000;

    private final Connection connection;
    private final BlockingQueue<List<StoredEvent>> batches = new ArrayBlockingQueue<>(WAITING);
    private final BlockingQueue<Boolean> ended = new ArrayBlockingQueue<>(1);
    private volatile @Nullable SQLException failure = null;

    /** @param connection on which each transaction is committed */
    RowWriter(Connection connection) {
        this.connection = connection;
        Thread thread = new Thread(this::write, "journal-rows");
        thread.setDaemon(true);
        thread.start();
    }

    /** Submits the next events; none to finish, which returns when all are committed. */
    void take(List<StoredEvent> events) throws SQLException, IOException {
        try {
            batches.put(List.copyOf(events));
            if (events.isEmpty()) {
                ended.take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
        SQLException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    /** After a failure the rest is taken and discarded, so that no producer stays blocked. */
    private void write() {
        String writer = UUID.randomUUID().toString();
        int open = 0;
        try {
            for (List<StoredEvent> batch = batches.take(); !batch.isEmpty(); batch = batches.take()) {
                open += batch.size();
                open = attempt(batch, writer, open);
            }
            attempt(List.of(), writer, TRANSACTION);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = new SQLException("interrupted");
        }
        ended.add(true);
    }

    /** Number of events in the current transaction. */
    private int attempt(List<StoredEvent> batch, String writer, int open) {
        if (failure != null) {
            return 0;
        }
        try {
            if (!batch.isEmpty()) {
                EventRows.insert(connection, batch, writer);
            }
            if (open >= TRANSACTION) {
                connection.commit();
                return 0;
            }
            return open;
        } catch (SQLException e) {
            failure = e;
            return 0;
        }
    }
}
