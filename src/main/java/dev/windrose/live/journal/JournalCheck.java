package dev.windrose.live.journal;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.DefinitionState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks every event of a journal: whether it can be read, whether each definition's sequence numbers are contiguous
 * and in journal order, and whether the snapshots match the events.
 */
public final class JournalCheck {

    private static final int TOLD_AT_MOST = 100;

    /** The kind of fault. */
    public enum Fault {
        /** The event, or something that belongs to it, is unreadable. */
        UNREADABLE,
        /** A number is missing. */
        GAP,
        /** A number precedes a lower one in journal order. */
        ORDER,
        /** A snapshot does not match the events before it, or is unreadable. */
        SNAPSHOT
    }

    /** One fault. */
    public record Finding(Fault fault, String persistenceId, long sequenceNumber, long ordering, String detail) {}

    /**
     * The result.
     *
     * @param holes positions without an event, from rolled-back writes; not a fault
     * @param later events of an unknown kind of a later version; they change nothing here
     * @param faults their number; {@code findings} lists the first of them
     */
    public record Report(
            long events,
            int definitions,
            long holes,
            long later,
            int snapshots,
            long faults,
            List<Finding> findings,
            String hash,
            double seconds) {

        public Report {
            findings = List.copyOf(findings);
        }

        public boolean sound() {
            return faults == 0;
        }
    }

    private final ReplicatedEvents events;
    private final JournalReader reader;
    private final SnapshotRows snapshots;
    private final Replay replay;
    private final Map<String, Long> numbers = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private long faults = 0;
    private long later = 0;

    JournalCheck(ReplicatedEvents events, Database journal) {
        this.events = events;
        this.reader = new JournalReader(journal.dataSource());
        this.snapshots = new SnapshotRows(journal.dataSource());
        this.replay = new Replay(events);
    }

    Report run(JournalTools.Progress progress) throws SQLException {
        long began = System.nanoTime();
        Map<String, Map<Long, SnapshotRows.Row>> bySnapshot = snapshots.all();
        long all = reader.count();
        long done = 0;
        long holes = 0;
        long after = 0;
        int compared = 0;
        for (List<StoredEvent> page = reader.page(0); !page.isEmpty(); page = reader.page(after)) {
            for (StoredEvent event : page) {
                holes += event.ordering() - after - 1;
                after = event.ordering();
                look(event);
                SnapshotRows.Row snapshot =
                        bySnapshot.getOrDefault(event.persistenceId(), Map.of()).get(event.sequenceNumber());
                if (snapshot != null) {
                    compared++;
                    compare(event, snapshot);
                }
            }
            done += page.size();
            progress.at(done, all);
        }
        return new Report(
                done,
                replay.definitions(),
                holes,
                later,
                compared,
                faults,
                findings,
                replay.hash(),
                (System.nanoTime() - began) / 1e9);
    }

    private void look(StoredEvent event) {
        long last = numbers.getOrDefault(event.persistenceId(), 0L);
        if (event.sequenceNumber() <= last) {
            add(Fault.ORDER, event, "follows number " + last);
        } else if (event.sequenceNumber() > last + 1) {
            add(Fault.GAP, event, "numbers " + (last + 1) + " to " + (event.sequenceNumber() - 1) + " are missing");
        }
        numbers.merge(event.persistenceId(), event.sequenceNumber(), Math::max);
        try {
            Change change = events.change(event);
            later += change.kind() == null ? 1 : 0;
            events.origin(event);
            replay.take(event);
        } catch (RuntimeException e) {
            add(Fault.UNREADABLE, event, e.getClass().getSimpleName());
        }
    }

    private void compare(StoredEvent event, SnapshotRows.Row row) {
        try {
            DefinitionState said = events.state(row);
            if (!said.equals(replay.state(ReplicatedEvents.entity(event)))) {
                add(Fault.SNAPSHOT, event, "differs from the state that results from the events before it");
            }
        } catch (RuntimeException e) {
            add(Fault.SNAPSHOT, event, "cannot be read");
        }
    }

    private void add(Fault fault, StoredEvent event, String detail) {
        faults++;
        if (findings.size() < TOLD_AT_MOST) {
            findings.add(new Finding(fault, event.persistenceId(), event.sequenceNumber(), event.ordering(), detail));
        }
    }
}
