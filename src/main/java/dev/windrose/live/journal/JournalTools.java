package dev.windrose.live.journal;

import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Offline operations on a node's journal: check, copy, replay, repair. Blocks. */
public final class JournalTools {

    /** Events read and inserted at once. */
    private static final int BATCH = 2_000;

    /** Receives the progress of long work. */
    public interface Progress {
        void at(long done, long all);
    }

    /**
     * The result of a copy.
     *
     * @param hash of the resulting state
     */
    public record Copied(long events, int definitions, String hash, double seconds) {

        private Copied in(long nanos) {
            return new Copied(events, definitions, hash, nanos / 1e9);
        }
    }

    private final ReplicatedEvents events;
    private final String self;

    /** @param system with the serializers of events */
    public JournalTools(ActorSystem<?> system, String self) {
        this.events = new ReplicatedEvents(system);
        this.self = self;
    }

    /** Checks every event. */
    public JournalCheck.Report verify(Database journal, Progress progress) throws SQLException {
        return new JournalCheck(events, journal).run(progress);
    }

    /** Checks every event, and repairs what can be repaired; {@code kept} receives the original rows. */
    public JournalRepair.Mended repair(Database journal, Path kept, boolean dry, Progress progress)
            throws SQLException, IOException {
        return new JournalRepair(events, journal, self).run(kept, dry, progress);
    }

    /** Writes all events to a file. */
    public Copied export(Database journal, Path file, Progress progress) throws SQLException, IOException {
        try (EventFile.Writer out = new EventFile.Writer(file)) {
            Copied copied = copied(pages(journal), new JournalReader(journal.dataSource()).count(), progress, batch -> {
                for (StoredEvent event : batch) {
                    out.add(event);
                }
            });
            out.finish();
            return copied;
        }
    }

    /** Imports the events of a file into an empty journal. */
    public Copied importInto(Path file, Database fresh, Progress progress) throws SQLException, IOException {
        try (EventFile.Reader in = new EventFile.Reader(file)) {
            return into(fresh, () -> page(in), 0, progress);
        }
    }

    /** Copies the events of a journal into an empty one, and applies them on the way. */
    public Copied replay(Database journal, Database fresh, Progress progress) throws SQLException, IOException {
        return into(fresh, pages(journal), new JournalReader(journal.dataSource()).count(), progress);
    }

    /** The next events in order; none at the end. */
    private interface Pages {
        List<StoredEvent> next() throws SQLException, IOException;
    }

    private interface Sink {
        void take(List<StoredEvent> events) throws SQLException, IOException;
    }

    private static Pages pages(Database journal) {
        JournalReader reader = new JournalReader(journal.dataSource());
        long[] after = {0};
        return () -> {
            List<StoredEvent> page = reader.page(after[0], BATCH);
            if (!page.isEmpty()) {
                after[0] = page.get(page.size() - 1).ordering();
            }
            return page;
        };
    }

    private static List<StoredEvent> page(EventFile.Reader in) throws IOException {
        List<StoredEvent> page = new ArrayList<>();
        while (page.size() < BATCH) {
            @Nullable StoredEvent event = in.next();
            if (event == null) {
                break;
            }
            page.add(event);
        }
        return page;
    }

    private Copied into(Database fresh, Pages from, long all, Progress progress) throws SQLException, IOException {
        if (new JournalReader(fresh.dataSource()).count() > 0) {
            throw new IOException("journal: has events already (expected: an empty database)");
        }
        long began = System.nanoTime();
        try (Connection connection = fresh.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            Copied copied = copied(from, all, progress, new RowWriter(connection)::take);
            connection.setAutoCommit(true);
            EventRows.continueAfterHead(connection);
            return copied.in(System.nanoTime() - began);
        }
    }

    private Copied copied(Pages from, long all, Progress progress, Sink sink) throws SQLException, IOException {
        long began = System.nanoTime();
        Replay replay = new Replay(events);
        long done = 0;
        for (List<StoredEvent> page = from.next(); !page.isEmpty(); page = from.next()) {
            for (StoredEvent event : page) {
                try {
                    replay.take(event);
                } catch (RuntimeException e) {
                    throw new IOException("event at position " + event.ordering()
                            + " cannot be read (expected: a journal that verifies)");
                }
            }
            sink.take(page);
            done += page.size();
            progress.at(done, all);
        }
        // Pending batches are written within the measured time.
        sink.take(List.of());
        return new Copied(done, replay.definitions(), replay.hash(), (System.nanoTime() - began) / 1e9);
    }
}
