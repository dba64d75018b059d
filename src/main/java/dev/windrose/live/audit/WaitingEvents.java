package dev.windrose.live.audit;

import dev.windrose.decide.audit.AuditEntry;
import dev.windrose.decide.audit.AuditEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of the events that wait for the database, one a line, from which a node that was killed meanwhile has them again. What
 * {@link #add} has returned from is forced to the disk. For one thread at a time; everything blocks.
 */
public final class WaitingEvents {

    private static final Logger LOG = LoggerFactory.getLogger(WaitingEvents.class);

    private final Path file;

    public WaitingEvents(Path file) {
        this.file = file;
    }

    /** Those in the file, the oldest first. A line that was cut off or damaged is told and passed over. */
    List<AuditEvent> read(int atMost) {
        List<AuditEvent> events = new ArrayList<>();
        if (!Files.exists(file)) {
            return events;
        }
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null && events.size() < atMost; line = lines.readLine()) {
                try {
                    events.add(AuditJson.entry(line).event());
                } catch (IllegalArgumentException e) {
                    LOG.warn("a line of [{}] is no event of the audit, cause [{}]", file, e.getMessage());
                }
            }
        } catch (IOException e) {
            LOG.warn("events of the audit in [{}] cannot be read, cause [{}]", file, e.toString());
        }
        return events;
    }

    /** Adds events at its end. */
    void add(List<AuditEvent> events) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (AuditEvent event : events) {
            lines.append(AuditJson.line(new AuditEntry("", 0, event, "", ""))).append('\n');
        }
        Files.writeString(
                file,
                lines,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.DSYNC);
    }

    /** The database has them all. */
    void clear() throws IOException {
        Files.deleteIfExists(file);
    }
}
