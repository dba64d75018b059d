package dev.windrose.live.journal;

import dev.windrose.decide.definition.Change;
import dev.windrose.decide.definition.Stamp;
import dev.windrose.live.jdbc.Statements;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Makes a journal readable again without reusing any sequence number: an unreadable event becomes one that changes
 * nothing, a missing number gets such an event, and snapshots of those definitions are removed. The other regions then
 * supply what a definition lacks, through the periodic comparison of states.
 */
public final class JournalRepair {

    /*
     * Rows or definitions are not deleted, because other regions know the numbers of a region's own events, and would
     * drop a reused number as known. An event that changes nothing keeps every number where it was.
     */

    /**
     * What was done, or would be in a dry run.
     *
     * @param replaced events that could not be read
     * @param filled numbers that were missing
     * @param snapshots that were deleted
     * @param left faults that cannot be repaired here
     */
    public record Mended(int replaced, int filled, int snapshots, List<JournalCheck.Finding> left) {

        public Mended {
            left = List.copyOf(left);
        }
    }

    private final ReplicatedEvents events;
    private final Database journal;
    private final JournalReader reader;
    private final String self;

    JournalRepair(ReplicatedEvents events, Database journal, String self) {
        this.events = events;
        this.journal = journal;
        this.reader = new JournalReader(journal.dataSource());
        this.self = self;
    }

    Mended run(Path kept, boolean dry, JournalTools.Progress progress) throws SQLException, IOException {
        JournalCheck.Report report = new JournalCheck(events, journal).run(progress);
        List<JournalCheck.Finding> left = new ArrayList<>();
        List<StoredEvent> unreadable = new ArrayList<>();
        List<StoredEvent> fillers = new ArrayList<>();
        Set<String> stale = new HashSet<>();
        Map<String, List<StoredEvent>> rows = new HashMap<>();
        for (JournalCheck.Finding finding : report.findings()) {
            List<StoredEvent> definition = rows.get(finding.persistenceId());
            if (definition == null) {
                definition = definition(finding.persistenceId());
                rows.put(finding.persistenceId(), definition);
            }
            switch (finding.fault()) {
                case UNREADABLE -> unreadable.add(row(definition, finding.sequenceNumber()));
                case GAP -> {
                    if (!fill(definition, finding, fillers)) {
                        left.add(finding);
                        continue;
                    }
                }
                case SNAPSHOT -> {}
                case ORDER -> {
                    left.add(finding);
                    continue;
                }
            }
            stale.add(finding.persistenceId());
        }
        int snapshots = dry ? 0 : write(kept, unreadable, fillers, stale);
        return new Mended(unreadable.size(), fillers.size(), snapshots, left);
    }

    private List<StoredEvent> definition(String persistenceId) throws SQLException {
        List<StoredEvent> all = new ArrayList<>();
        long after = 0;
        for (List<StoredEvent> page = reader.page(persistenceId, 0);
                !page.isEmpty();
                page = reader.page(persistenceId, after)) {
            all.addAll(page);
            after = page.get(page.size() - 1).ordering();
        }
        return all;
    }

    private static StoredEvent row(List<StoredEvent> definition, long sequenceNumber) {
        return definition.stream()
                .filter(event -> event.sequenceNumber() == sequenceNumber)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("number " + sequenceNumber + ": removed in the meantime"));
    }

    /** Creates events for the numbers before that one, at free positions; false when there are too few. */
    private boolean fill(List<StoredEvent> definition, JournalCheck.Finding finding, List<StoredEvent> fillers)
            throws SQLException {
        long from = 0;
        long number = 0;
        for (StoredEvent event : definition) {
            if (event.sequenceNumber() < finding.sequenceNumber() && event.sequenceNumber() > number) {
                number = event.sequenceNumber();
                from = event.ordering();
            }
        }
        Set<Long> taken = new HashSet<>(reader.orderings(from));
        fillers.forEach(filler -> taken.add(filler.ordering()));
        List<StoredEvent> made = new ArrayList<>();
        long place = from + 1;
        for (long missing = number + 1; missing < finding.sequenceNumber(); missing++) {
            while (taken.contains(place)) {
                place++;
            }
            if (place >= finding.ordering()) {
                return false;
            }
            made.add(events.stored(place++, finding.persistenceId(), missing, nothing(), self));
        }
        fillers.addAll(made);
        return true;
    }

    /** A change of nothing, older than everything. */
    private Change nothing() {
        return new Change(
                Change.Kind.CHANGED, Map.of(), new Stamp(0, self), "windrose journal repair", "could not be read");
    }

    private int write(Path kept, List<StoredEvent> unreadable, List<StoredEvent> fillers, Set<String> stale)
            throws SQLException, IOException {
        if (!unreadable.isEmpty()) {
            // Overwritten rows are backed up first.
            try (EventFile.Writer out = new EventFile.Writer(kept)) {
                for (StoredEvent event : unreadable) {
                    out.add(event);
                }
                out.finish();
            }
        }
        return Statements.transaction(journal.dataSource(), connection -> {
            for (StoredEvent event : unreadable) {
                EventRows.replace(
                        connection,
                        events.stored(
                                event.ordering(), event.persistenceId(), event.sequenceNumber(), nothing(), self));
            }
            for (StoredEvent filler : fillers) {
                // By the previous event's writer: Akka discards events of a writer that returns after another.
                String before = EventRows.writer(connection, filler.persistenceId(), filler.sequenceNumber() - 1);
                String writer = before.isEmpty() ? UUID.randomUUID().toString() : before;
                EventRows.insert(connection, List.of(filler), writer);
            }
            SnapshotRows rows = new SnapshotRows(journal.dataSource());
            int snapshots = 0;
            for (String persistenceId : stale) {
                snapshots += rows.delete(connection, persistenceId);
            }
            return snapshots;
        });
    }
}
